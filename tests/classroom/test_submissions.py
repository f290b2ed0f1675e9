"""Every submission without a mark is listed with its reason."""

import importlib.util
import json
import os
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def submissions():
    script = Path(__file__).parents[2] / "classroom" / "submissions.py"
    specification = importlib.util.spec_from_file_location("submissions", script)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


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
def test_the_reason(submissions, tmp_path, name, text, graded, words):
    handed_in = tmp_path / "submitted" / "ada" / "a" / name
    handed_in.parent.mkdir(parents=True)
    handed_in.write_text(text, encoding="utf-8")
    if graded:
        result = tmp_path / "autograded" / "ada" / "a" / "a.ipynb"
        result.parent.mkdir(parents=True)
        result.write_text("{}", encoding="utf-8")
    found = submissions.problems(tmp_path, "a")
    assert found == {} if words is None else words in found["ada"]


def test_what_was_handed_in_again_is_graded_again(submissions, tmp_path):
    for folder, when in (("submitted", 2000), ("autograded", 1000)):
        file = tmp_path / folder / "ada" / "a" / "a.ipynb"
        file.parent.mkdir(parents=True)
        file.write_text(GOOD, encoding="utf-8")
        os.utime(file, (when, when))
    assert "again after grading" in submissions.problems(tmp_path, "a")["ada"]
