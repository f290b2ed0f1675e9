// How hits are ordered: as Sphinx does it, with a chapter that explains a thing before the pages that list it.
var Scorer = {
  score: ([page, title, anchor, description, score]) => (page.startsWith("chapters/appendix/") ? score / 2 : score),
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
