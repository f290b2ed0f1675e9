"""What is imported later is not there before, and then behaves as if it had been imported at once."""

import copy
import math
import pickle
import sys

import pytest

from dlmath.exercises.later import Later


def test_a_module_is_imported_when_it_is_first_used(tmp_path, monkeypatch):
    (tmp_path / "loaded_late.py").write_text("def twice(x, *, plus=0):\n    return 2 * x + plus\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    module, function = Later("loaded_late"), Later("loaded_late", "twice")
    assert "loaded_late" not in sys.modules
    assert function(3, plus=1) == module.twice(3, plus=1) == 7
    assert sys.modules.pop("loaded_late")


def test_what_is_asked_for_is_that_of_the_module():
    assert Later("math").pi == math.pi
    assert Later("math", "sqrt")(9) == 3
    assert Later("os", "path").join("a", "b")
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        Later("math").nothing  # noqa: B018
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        Later("math", "nothing")(1)


def test_copying_and_inspecting_load_nothing():
    missing = Later("a_module_that_is_not_there", "name")
    for attribute in ("__wrapped__", "_private", "__deepcopy__"):
        with pytest.raises(AttributeError, match=f"^{attribute}$"):
            getattr(missing, attribute)
    assert type(copy.deepcopy(missing)) is Later
    assert pickle.loads(pickle.dumps(Later("math"))).pi == math.pi
    with pytest.raises(ModuleNotFoundError):
        missing.name  # noqa: B018
