"""Notebooks get back the names that browsers took, and every submission without a mark is listed with its reason."""

import json
import os

import pytest

from classroom import submissions

GOOD = json.dumps({"cells": [{"metadata": {"nbgrader": {"grade_id": "mse-answer"}}}]})


@pytest.mark.parametrize(
    ("name", "text", "graded", "words"),
    [
        ("a.ipynb", GOOD, True, None),
        ("b.ipynb", GOOD, True, "there is no a.ipynb, but b.ipynb"),
        ("a.ipynb", "{", True, "is no notebook"),
        ("a.ipynb", "[]", True, "is no notebook"),
        ("a.ipynb", '{"cells": [{"metadata": {}}]}', True, "has lost what nbgrader marks"),
        ("a.ipynb", GOOD, False, "was not graded"),
    ],
)
def test_the_reason(tmp_path, name, text, graded, words):
    handed_in = tmp_path / "submitted" / "ada" / "a" / name
    handed_in.parent.mkdir(parents=True)
    handed_in.write_text(text, encoding="utf-8")
    if graded:
        result = tmp_path / "autograded" / "ada" / "a" / "a.ipynb"
        result.parent.mkdir(parents=True)
        result.write_text("{}", encoding="utf-8")
    found = submissions.problems(tmp_path, "a")
    assert found == {} if words is None else words in found["ada"]


def test_what_was_handed_in_again_is_graded_again(tmp_path):
    for folder, when in (("submitted", 2000), ("autograded", 1000)):
        file = tmp_path / folder / "ada" / "a" / "a.ipynb"
        file.parent.mkdir(parents=True)
        file.write_text(GOOD, encoding="utf-8")
        os.utime(file, (when, when))
    assert "again after grading" in submissions.problems(tmp_path, "a")["ada"]


@pytest.mark.parametrize(
    "name",
    [
        "a (1).ipynb",
        "a(2).ipynb",
        "a-1.ipynb",
        "a copy.ipynb",
        "a copy 2.ipynb",
        "a - Copy.ipynb",
        "a - Kopie (2).ipynb",
        "a.ipynb.txt",
        "a (1).ipynb.json",
        "A.IPYNB",
    ],
)
def test_the_names_that_browsers_and_systems_make(tmp_path, name):
    folder = tmp_path / "submitted" / "ada" / "a"
    folder.mkdir(parents=True)
    (folder / name).write_text(GOOD, encoding="utf-8")
    (folder / "._a.ipynb").write_text("of an archive from macOS", encoding="utf-8")
    assert submissions.rename(tmp_path, "a") == {"ada": name}
    assert (folder / "a.ipynb").read_text(encoding="utf-8") == GOOD
    assert submissions.rename(tmp_path, "a") == {}


@pytest.mark.parametrize(
    "names",
    [["b.ipynb"], ["ab.ipynb"], ["a.py"], ["a (1).ipynb", "a (2).ipynb"], ["a.ipynb", "a (1).ipynb"], []],
)
def test_nothing_is_renamed_where_it_is_not_clear_what_is_meant(tmp_path, names):
    folder = tmp_path / "submitted" / "ada" / "a"
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).write_text(name, encoding="utf-8")
    assert submissions.rename(tmp_path, "a") == {}
    assert {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()} == {name: name for name in names}
