"""What a build says while pages are read and written."""

import itertools

import progress


def test_a_line_now_and_then_and_not_one_for_each_page(monkeypatch, capsys):
    clock = itertools.count()  # a second passes each time that somebody looks
    monkeypatch.setattr(progress.time, "monotonic", lambda: next(clock))
    writing = progress.Progress("writing", 12)
    for _ in range(12):
        writing.step()
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "writing 12 pages"
    assert lines[1] == "[ 5/12] writing pages"
    assert 2 <= len(lines[1:]) <= 3
