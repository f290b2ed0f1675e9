// Makes a page ready for paper ("pdf") or for a reading device ("epub"): figures as they start, with their sentence;
// nothing to press; answers at the end of the chapter. Returns the title; window.editionXHTML has the article of an EPUB.
(kind) => {
  const article = document.querySelector("article.bd-article");
  const find = (selector, where = article) => [...where.querySelectorAll(selector)];
  const make = (name, attributes = {}, ...children) => {
    const node = document.createElement(name);
    Object.entries(attributes).forEach(([key, value]) => node.setAttribute(key, value));
    node.append(...children);
    return node;
  };
  const textOf = (node) => {
    const copy = node.cloneNode(true);
    copy.querySelectorAll(".headerlink, mjx-assistive-mml").forEach((part) => part.remove());
    return copy.textContent.replace(/\s+/g, " ").trim();
  };

  // What is pressed, what runs, and what a page says about an answer that nobody has given.
  find(".dl-feedback").forEach((feedback) => feedback.closest(".cell")?.remove());
  find("script, button, input, select, .headerlink, .dl-fold, .dl-live-controls, .dl-live-note, .dl-run, .sd-summary-state-marker, [hidden]")
    .forEach((part) => part.remove());
  find("style").filter((style) => kind === "epub" && !style.closest("svg")).forEach((style) => style.remove());
  find(".dl-live-sentence[data-longest]").forEach((sentence) => sentence.removeAttribute("data-longest"));
  find(".sd-btn").forEach((link) => link.closest("p, div")?.remove());

  // Answers, in the order of their questions.
  const answers = [];
  const keep = (title, target, content, place) => {
    const id = `answer-${answers.length + 1}`;
    const back = make("a", { href: `#${target}` }, title);
    answers.push(make("div", { id, class: "edition-answer" }, make("h3", {}, back), ...content));
    place.replaceWith(make("p", { class: "edition-to-answer" }, make("a", { href: `#${id}` }, "Answer at the end of the chapter")));
  };
  let heading, exercise;
  find("h1, h2, h3, .exercise, .dl-quiz, details.sd-dropdown").forEach((node) => {
    if (/^H\d$/.test(node.tagName)) {
      [heading, exercise] = [node, undefined];
    } else if (node.matches(".exercise")) {
      exercise = node;
    } else if (node.matches(".dl-quiz")) {
      const solved = make("ol");
      find(":scope > ol > li", node).forEach((question) => {
        const options = find("details", question);
        const right = options.find((option) => option.classList.contains("dl-right"));
        const list = make("div");
        const said = make("li");
        options.forEach((option) => {
          const [summary, ...reasons] = option.children;
          list.append(make("p", {}, ...find("b", summary).map((letter) => make("b", {}, `${letter.textContent}.`)),
            ...[...summary.childNodes].filter((part) => part.nodeName !== "B")));
          const letter = textOf(summary.querySelector("b") ?? summary);
          reasons.forEach((reason) => {
            reason.prepend(make("b", {}, `${letter} `));
            option === right ? said.prepend(reason) : said.append(reason);
          });
        });
        options[0].parentNode.replaceWith(list);
        solved.append(said);
      });
      const place = make("p");
      node.append(place);
      node.id ||= "edition-quiz";
      keep("Quiz", node.id, [solved], place);
    } else {
      const about = exercise ?? heading;
      const title = textOf(exercise ? exercise.querySelector(".admonition-title") : heading);
      about.id ||= `${about.closest("section")?.id || "edition"}-heading`;
      keep(title, about.id, [...node.children].filter((part) => part.tagName !== "SUMMARY"), node);
    }
  });
  if (answers.length) {
    article.querySelector("section").append(make("section", { id: "edition-answers" }, make("h2", {}, "Answers"), ...answers));
  }

  // What still folds lies open.
  find("details").forEach((fold) => {
    const [summary, ...rest] = fold.children;
    fold.replaceWith(make("div", {}, make("p", {}, make("b", {}, ...summary.childNodes)), ...rest));
  });
  find("[role='doc-biblioentry']").forEach((entry) => entry.removeAttribute("role"));
  const seen = new Set();
  find("[id]").forEach((node) => { seen.has(node.id) ? node.removeAttribute("id") : seen.add(node.id); });
  const title = textOf(article.querySelector("h1"));
  if (kind !== "epub") return title;

  // Formulas as MathML, with their TeX for who reads that.
  for (const item of window.MathJax?.startup?.document?.math ?? []) {
    if (!item.typesetRoot?.isConnected) continue;
    const math = new DOMParser().parseFromString(MathJax.startup.toMML(item.root), "application/xml").documentElement;
    [math, ...math.querySelectorAll("*")].forEach((node) => {
      [...node.attributes].filter(({ name }) => /^(data-|href$|class$|id$|style$)/.test(name)).forEach(({ name }) => node.removeAttribute(name));
    });
    math.setAttribute("alttext", item.math.trim());
    item.typesetRoot.replaceWith(document.importNode(math, true));
  }
  // Colours as numbers: not every device knows variables.
  const colours = getComputedStyle(document.documentElement);
  const resolved = (text) => text.replace(/var\((--[\w-]+)(?:,\s*((?:[^()]|\([^()]*\))*))?\)/g, (_, name, other) =>
    colours.getPropertyValue(name).trim() || (other ? resolved(other) : "currentColor"));
  find("*").forEach((node) => [...node.attributes].filter(({ value }) => value.includes("var(--"))
    .forEach((attribute) => { attribute.value = resolved(attribute.value); }));
  find("svg style").forEach((style) => { style.textContent = resolved(style.textContent); });
  window.editionXHTML = new XMLSerializer().serializeToString(article);
  return title;
}
