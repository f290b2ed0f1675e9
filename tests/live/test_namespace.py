"""A figure sees the names of its notebook as they were when it was made, however ``update`` comes to them."""

from __future__ import annotations

import functools
import textwrap

import matplotlib.pyplot as plt
import pytest

from dlmath.live.namespace import as_it_was, namespace_of

NOTEBOOK = """
    import functools
    import numpy as np
    import matplotlib.pyplot as plt
    from matplotlib.ticker import FuncFormatter
    from dlmath.live import explore as explore_it, integers
    seen = "One line that gets steeper the larger the number is."
    explore = functools.partial(explore_it, description=seen)

    x = np.linspace(0, 1, 5)
    scale = 2.0
    tables = {"double": lambda z: scale * z}

    def helper(z):
        return scale * z

    @functools.cache
    def remembered(a):
        return scale * a

    class Model:
        def predict(self, a):
            return scale * a

    class Callable:
        def __call__(self, a):
            line.set_ydata(scale * a * x)
            return line, f"says {scale * a:g}"

    model = Model()
    figure, axes = plt.subplots()
    (line,) = axes.plot(x, x)
    axes.set(xlim=(0, 1), ylim=(0, 9))
"""

UPDATES = {
    "itself": "scale * a",
    "a helper": "helper(a)",
    "a lambda in a dictionary": "tables['double'](a)",
    "a method": "model.predict(a)",
    "a comprehension": "[scale * each for each in [a]][0]",
    "a nested function": "(lambda: scale * a)()",
    "a cached function": "remembered(a)",
    "a default that is a function": "given(a)",
    "a builtin": "max([scale * a])",
    "a module": "float(np.multiply(scale, a))",
}

LATER = """
    scale = 100.0
    x = "gone"
    line = None
    np = None
    del Model

    def helper(z):
        raise RuntimeError("the helper of a later cell")

    def max(values):
        raise RuntimeError("no builtin any more")

    tables = model = remembered = None
"""


def run(cell: str, names: dict) -> None:
    exec(textwrap.dedent(cell), names)


@pytest.fixture(autouse=True)
def kernel(monkeypatch):
    monkeypatch.delenv("DLMATH_BOOK", raising=False)
    yield
    plt.close("all")


def moved(names: dict, place: int) -> str:
    """The HTML of the picture after its only control was moved."""
    row, picture, *_ = names["live"].widget.children
    row.children[0].index = place
    return picture.value


def shown_before_and_after(names: dict, cell: str) -> tuple[list[str], list[str]]:
    run(NOTEBOOK, names)
    run(cell, names)
    before = [moved(names, place) for place in (1, 2, 0)]
    live = names["live"]
    run(LATER, names)
    return before, [moved(names | {"live": live}, place) for place in (1, 2, 0)]


@pytest.mark.parametrize("expression", UPDATES.values(), ids=UPDATES)
def test_a_later_cell_may_use_the_names_for_other_things(expression):
    cell = f"""
    def update(a, given=helper):
        line.set_ydata(({expression}) * x)
        return line, f"says {{{expression}:g}}"
    live = explore(update, figure, a=integers(1, 3))
    """
    names: dict = {"__name__": "__main__"}
    before, after = shown_before_and_after(names, cell)
    assert "says 4" in before[0]
    assert after == before
    assert names["scale"] == 100.0, "the notebook keeps what its later cell made"
    assert names["line"] is None
    assert "Model" not in names


@pytest.mark.parametrize(
    "update", ["Callable()", "functools.partial(Callable().__call__)", "functools.partial(Callable())"]
)
def test_an_object_or_a_partial_function_as_update(update):
    before, after = shown_before_and_after({}, f"live = explore({update}, figure, a=integers(1, 3))")
    assert "says 4" in before[0]
    assert after == before


def test_what_matplotlib_calls_while_it_draws():
    cell = """
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, place: f"{scale * value:g}"))
    def update(a):
        line.set_ydata(a * x)
        return axes, f"says {a}"
    live = explore(update, figure, a=integers(1, 3))
    """
    before, after = shown_before_and_after({}, cell)
    assert after == before


def test_an_artist_that_update_replaces_by_a_global_name():
    cell = """
    area = axes.fill_between(x, x, color="blue")
    def update(a):
        global area
        area.remove()
        area = axes.fill_between(x, a * x, color="blue")
        return area, f"says {scale * a:g}"
    live = explore(update, figure, a=integers(1, 3))
    """
    names: dict = {}
    before, after = shown_before_and_after(names, cell)
    assert after == before
    assert names["area"] in names["axes"].collections, "what nobody rebound stays shared"


def test_two_figures_that_use_one_name():
    names: dict = {}
    run(NOTEBOOK, names)
    for number in (1, 2):
        run(
            f"""
            scale = {number}0.0
            figure, axes = plt.subplots()
            (line,) = axes.plot(x, x)
            def update(a):
                line.set_ydata(scale * a * x)
                return line, f"says {{scale * a:g}}"
            live = explore(update, figure, a=integers(1, 3))
            live_{number} = live
            """,
            names,
        )
    assert "says 20" in moved(names | {"live": names["live_1"]}, 1)
    assert "says 40" in moved(names | {"live": names["live_2"]}, 1)


def test_names_are_put_back_when_update_raises():
    names = {"a": 1}
    then = {"a": 0, "b": 2}

    def divide():
        with as_it_was(names, then):
            assert names == {"a": 0, "b": 2}
            return 1 / names["a"]

    with pytest.raises(ZeroDivisionError):
        divide()
    assert names == {"a": 1}
    assert then == {"a": 0, "b": 2}


def test_what_is_assigned_meanwhile_is_kept_and_shared_only_if_nobody_rebound_it():
    names, then = {"a": 1, "b": 5}, {"a": 0, "b": 5}
    with as_it_was(names, then):
        names["a"], names["b"], names["c"] = 7, 8, 9
    assert names == {"a": 1, "b": 8, "c": 9}
    assert then == {"a": 7, "b": 8, "c": 9}


def test_the_names_of_wrapped_functions():
    def plain():
        pass

    assert namespace_of(plain) is globals()
    assert namespace_of(functools.partial(functools.cache(plain))) is globals()
    assert namespace_of(max) is None
    assert namespace_of(Called()) is globals()
    assert namespace_of(functools.partial(Called())) is globals()


class Called:
    def __call__(self):
        pass


def test_names_that_stand_for_nothing_are_names():
    """None is a value as any other: a name that had it gets it back, and one that was made with it is kept."""
    names, then = {"other": 1}, {"given": None, "other": 2}
    with as_it_was(names, then):
        assert names == {"given": None, "other": 2}
        names["made"] = None
    assert names == {"other": 1, "made": None}
    assert then == {"given": None, "other": 2, "made": None}


def test_a_name_that_was_not_touched_is_not_shared():
    names, then = {"a": 1, "b": 2}, {"a": 0, "b": 2}
    with as_it_was(names, then):
        names["a"] = 3
    assert names == {"a": 1, "b": 2}
    assert then == {"a": 3, "b": 2}
