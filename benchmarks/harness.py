"""Compare the time of a computation with that of its peers, in one run, side by side.

Absolute times of a shared machine drift by half from one minute to the next; ratios of calls that were made in turn do
not. So every round times ours and each peer once, and what is reported is the median of the rounds' ratios. What is
timed is the time the processor spent on this process, which the wait for a busy processor does not lengthen. Before
anything is timed the results are compared: a fast wrong answer is no answer. Everything runs on one thread.
"""

from __future__ import annotations

import time
import tracemalloc
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
from threadpoolctl import threadpool_limits

Call = Callable[[], Any]
BEST = "the fastest peer"
"""Whichever peer was fastest in the round."""

FLOOR = "floor"
"""What a case is held to: the calls that no NumPy program can avoid, timed in the same rounds."""

LIMIT = 1.25
"""The largest ratio of ours to the floor."""


class Case(NamedTuple):
    """One line of work, ours and the peers', and the ratios that are to be reached."""

    item: str
    """The letter of the line in the table."""
    work: str
    """What is computed, with its sizes."""
    ours: Call
    peers: Mapping[str, Call]
    must: Mapping[str, float] = {}
    """The largest ratio to a peer, where there is one."""
    floor: Call | None = None
    """The calls that no NumPy program can avoid: the matrix products at these shapes, one pass of each ufunc.

    Where a call takes as long as what it computes, the plainest program instead, written out by hand.
    """
    check: Callable[[Any, Any], None] | None = None
    """Takes our result and a peer's and raises if they differ; ``assert_equal`` if it is ``None``."""
    memory: int | None = None
    """The most memory in bytes that one call of ours may have in use at once, beyond what it was given."""


class Measurement(NamedTuple):
    """What one comparison found."""

    ours: float
    """Median seconds of one call."""
    peers: dict[str, float]
    ratios: dict[str, float]
    """Median of the rounds' ratios ours / peer, by the name of the peer, and for ``BEST``."""


def compare(
    name: str,
    ours: Call,
    peers: Mapping[str, Call],
    check: Callable[[Any, Any], None] | None = None,
    *,
    floor: Call | None = None,
    rounds: int = 31,
    seconds: float = 0.005,
    at_most: float = 20.0,
) -> Measurement:
    """Time ours and the peers in turn, after their results have been found equal.

    Args:
        name: what is compared, for the message of a failure.
        ours: a call without arguments; it returns what can be compared.
        peers: the same of each peer.
        check: takes our result and a peer's and raises if they differ.
        floor: what is timed in the same rounds and compared with nothing.
        rounds: how often each is timed.
        seconds: how long one timing shall take at least; short calls are repeated within it.
        at_most: how long the comparison shall take; calls of a second get fewer rounds, but at least 5 (or ``rounds``).
    """
    with one_thread():
        expected = ours()
        for peer, call in peers.items():
            try:
                (check or assert_equal)(expected, call())
            except AssertionError as error:
                raise AssertionError(f"{name}: dlmath and {peer} computed different results\n{error}") from None
        calls = {"ours": ours, **peers, **({} if floor is None else {FLOOR: floor})}
        repeats = {who: _repeats(call, seconds) for who, call in calls.items()}
        times: dict[str, list[float]] = {who: [] for who in calls}
        start = time.perf_counter()
        for i in range(rounds):
            if i >= 5 and time.perf_counter() - start > at_most:
                break
            for who, call in calls.items():
                times[who].append(_seconds_of_one(call, repeats[who]))
    times = {who: np.array(values) for who, values in times.items()}
    fastest = np.min([times[peer] for peer in peers], axis=0)
    ratios = {who: float(np.median(times["ours"] / times[who])) for who in calls if who != "ours"}
    ratios[BEST] = float(np.median(times["ours"] / fastest))
    medians = {who: float(np.median(values)) for who, values in times.items()}
    return Measurement(medians.pop("ours"), medians, ratios)


def peak_memory(call: Call) -> int:
    """The most bytes in use at once during a call, beyond what was in use before it."""
    call()
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def assert_equal(ours: Any, theirs: Any, rtol: float = 1e-9, atol: float = 1e-11) -> None:
    """Compare two results, arrays or numbers or tuples of them, entry by entry."""
    if isinstance(ours, tuple | list):
        assert len(ours) == len(theirs)
        for one, other in zip(ours, theirs):
            assert_equal(one, other, rtol, atol)
    else:
        np.testing.assert_allclose(np.asarray(ours), np.asarray(theirs), rtol=rtol, atol=atol)


@contextmanager
def one_thread() -> Iterator[None]:
    """Keep NumPy, SciPy and PyTorch (if it is there) on one thread."""
    try:
        import torch
    except ImportError:
        torch = None
    before = torch.get_num_threads() if torch else None
    with threadpool_limits(limits=1):
        if torch:
            torch.set_num_threads(1)
        try:
            yield
        finally:
            if torch:
                torch.set_num_threads(before)


def table(rows: Sequence[Sequence[str]], header: Sequence[str]) -> str:
    """A Markdown table."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def _repeats(call: Call, seconds: float) -> int:
    call()
    once = min(_seconds_of_one(call, 1) for _ in range(3))
    return max(1, int(np.ceil(seconds / once)))


def _seconds_of_one(call: Call, repeats: int) -> float:
    start = time.process_time()
    for _ in range(repeats):
        call()
    return (time.process_time() - start) / repeats
