"""Whoever takes a wrong formula of the documents at its word is told so: each is among the mistakes of its chapter.

A mistake says with ``as_printed`` which certificate belongs to the formula it repeats; ``test_definitions`` tries that
it gets its own hint.
"""

import yaml
from support import ROOT

from dlmath.exercises.definition import chapters

LISTED = yaml.safe_load((ROOT / "chapters" / "appendix" / "documents.yml").read_text(encoding="utf-8"))

# Formulas that are no wrong answer to anything, by the certificate of the verified form, and why.
NO_ANSWER = {
    "network-expanded": "the same product of two columns as in the formula before, written out",
    "gradient-w0": "gradients that do not stack, and products that do not exist: an error, no number",
    "parameter-count": "a name of a function, and nothing to compute",
    "affine-sample": "right for one sample that is a column",
    "leaky-relu": "right for a slope of at most 1; for others the quiz asks",
    "forward-layer": "right for one sample that is a column",
    "binary-cross-entropy": "all that was summed is lost",
    "categorical-cross-entropy": "the logarithm is lost",
    "gradient-descent-one-curvature": "right if all parameters move at once",
    "mse": "the bars and squares are lost; in Part I the printed sum is recognised",
    "gradient-descent-step": "nothing is left of the step; in Part I the printed one is recognised",
    "momentum-step": "nothing is left of the step",
    "l2-penalty": "right with the Frobenius norm",
    "cross-correlation": "right, and no convolution: it is the name that is wrong",
    "rnn-state": "the section is empty",
    "transformer-feed-forward": "right for samples that are rows",
    "objective-value": "the loss of one sample, where a mean is meant",
    "contrastive-loss": "nothing is left but a sign",
}


def formulas():
    for document in LISTED:
        for section in document["sections"]:
            for formula in section["formulas"]:
                yield formula.get("chapter", section["chapter"]), formula


WRONG = [
    (chapter, set(formula["certificates"]))
    for chapter, formula in formulas()
    if formula["verdict"] in ("wrong", "incomplete", "damaged")
]
REPEATED = {
    (name, mistake.as_printed)
    for name, chapter in chapters().items()
    for exercise in chapter.exercises
    for mistake in getattr(exercise, "mistakes", ())
    if mistake.as_printed
}


def recognised(chapter, certificates):
    return any((chapter, certificate) in REPEATED for certificate in certificates)


def test_a_wrong_formula_is_recognised_in_its_chapter_or_is_no_answer():
    missing = [
        (chapter, sorted(certificates))
        for chapter, certificates in WRONG
        if not recognised(chapter, certificates) and not certificates & set(NO_ANSWER)
    ]
    assert not missing


def test_no_reason_is_given_in_vain():
    unrecognised = [certificates for chapter, certificates in WRONG if not recognised(chapter, certificates)]
    assert all(any(certificate in certificates for certificates in unrecognised) for certificate in NO_ANSWER)


def test_what_a_mistake_repeats_is_a_wrong_formula_of_its_chapter():
    for chapter, certificate in REPEATED:
        assert any(chapter == other and certificate in certificates for other, certificates in WRONG), certificate


def test_every_part_has_some():
    assert len(REPEATED) >= 14
    assert {chapter.split("/")[0] for chapter, _ in REPEATED} == {"math", "equations", "forward"}
