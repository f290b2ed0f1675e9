"""Numbers in sentences: powers of ten, minus signs, and nothing else changed."""

import pytest

from dlmath._written import written_numbers
from dlmath.display import answers, say


@pytest.mark.parametrize(
    ("plain", "written"),
    [
        ("2e-07", "2·10⁻⁷"), ("-3.5e+16 and 1e-18", "−3.5·10¹⁶ and 10⁻¹⁸"), ("1.0e-07", "1.0·10⁻⁷"), ("1e+00", "1"),
        ("-0.00 and -0.05", "0.00 and −0.05"), ("-0.0e+00", "0.0"),
        ("3.4e-01", "0.34"), ("1e-03", "0.001"), ("1.0e+02", "100"), ("2.5e+03", "2500"),
        ("1e+04", "10⁴"), ("2e-04", "2·10⁻⁴"),
        ("-0, -0.10", "0, −0.10"), ("(-1, 2)", "(−1, 2)"),
        ("x=-3", "x=−3"), ("-inf", "−∞"), ("+0.1", "+0.1"), ("5e-324.", "5·10⁻³²⁴."), ("-.5", "−.5"),
        ("−2e−3", "−2e−3"), ("±-2", "±−2"), ("", ""),
    ],
)  # fmt: skip
def test_numbers_are_written_as_people_write_them(plain, written):
    assert written_numbers(plain) == written


@pytest.mark.parametrize(
    "text", ["a 2-3-1 network", "10-12 steps", "Gauss-Newton", "sgd-2", "f(x)-1", "info", "1e5x", "v1e5", "one - two"]
)
def test_other_text_stays_as_it_is(text):
    assert written_numbers(text) == text


def test_writing_numbers_twice_changes_nothing(rng):
    for number in rng.standard_normal(200) * 10.0 ** rng.integers(-20, 20, 200):
        once = written_numbers(f"{number:.3g} and {number:.1e} and {number:.2f}")
        assert written_numbers(once) == once
        assert "e" not in once and "-" not in once  # noqa: PT018


def test_sentences_of_a_chapter_write_their_numbers_so_and_leave_code_alone():
    assert repr(say("It is 2e-07, and `x-1e-07` is code.")) == "It is 2·10⁻⁷, and `x-1e-07` is code."
    assert "1. −3 and 10⁻¹²" in repr(answers("-3 and 1e-12"))
