"""The benchmarks run, and what they compare agrees: in a smoke form, which says nothing about time."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

harness = pytest.importorskip("benchmarks.harness")


def test_every_comparison_runs_and_agrees():
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", "--smoke"], cwd=ROOT, capture_output=True, encoding="utf-8", timeout=600
    )
    assert done.returncode == 0, done.stderr
    for item in ("a", "b", "c", "g", "h"):
        assert f"\n| {item} | " in done.stdout, done.stdout


def spin(seconds):
    """Keep the processor busy: what is measured is its time."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
    return 1.0


def test_ratios_are_ours_by_theirs():
    measured = harness.compare(
        "spinning",
        lambda: spin(0.004),
        {"twice": lambda: spin(0.008), "half": lambda: spin(0.002)},
        rounds=7,
        seconds=0.0,
    )
    assert measured.ratios["twice"] == pytest.approx(0.5, rel=0.2)
    assert measured.ratios["half"] == pytest.approx(2.0, rel=0.2)
    assert measured.ratios[harness.BEST] == pytest.approx(2.0, rel=0.2)
    assert measured.ours == pytest.approx(0.004, rel=0.2)


def test_the_floor_is_timed_in_the_same_rounds_and_compared_with_nothing():
    measured = harness.compare(
        "spinning",
        lambda: spin(0.004),
        {"peer": lambda: spin(0.004)},
        floor=lambda: spin(0.002) * 5,
        rounds=7,
        seconds=0.0,
    )
    assert measured.ratios[harness.FLOOR] == pytest.approx(2.0, rel=0.2)
    assert measured.ratios[harness.BEST] == pytest.approx(1.0, rel=0.2)


def test_every_numerical_item_has_a_floor():
    main = pytest.importorskip("benchmarks.__main__")
    without = [case.item for case in main.cases() if case.floor is None and not case.item.startswith("live")]
    assert not without


def test_the_floor_of_a_step_makes_the_same_step():
    """A floor that left something out would be too low, one that did too much too high."""
    main = pytest.importorskip("benchmarks.__main__")
    cases = [case for case in main.cases() if case.item in ("a", "b", "c", "d1", "d2", "h")]
    assert len(cases) == 8
    for case in cases:
        (case.check or harness.assert_equal)(case.ours(), case.floor())


def test_results_that_differ_are_not_timed():
    with pytest.raises(AssertionError, match="sum: dlmath and peer computed different results"):
        harness.compare("sum", lambda: (1.0, [2.0]), {"peer": lambda: (1.0, [2.1])}, rounds=1)


def test_memory_is_the_peak_of_a_call():
    assert harness.peak_memory(lambda: bytearray(3_000_000)) == pytest.approx(3e6, rel=0.1)
