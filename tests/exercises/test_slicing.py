"""Of other cells exactly those statements are kept that define what the code uses, at once or when it is called."""

import pytest

from dlmath.exercises.slicing import needed


@pytest.mark.parametrize(
    ("cells", "code", "expected"),
    [
        (["x = 1\ny = 2"], "x", "x = 1"),
        (["x = 1", "x = 2"], "x", "x = 2"),
        (["x = 1", "x += 2"], "x", "x = 1\nx += 2"),
        (["x = [1]", "x[0] = 3"], "x", "x = [1]\nx[0] = 3"),
        (["x = f()", "x.a.b[0].c = 3"], "x", "x = f()\nx.a.b[0].c = 3"),
        (["x = 1", "f()[0] = x"], "x", "x = 1"),
        (["x = 1", "x: int = 2"], "x", "x = 1\nx: int = 2"),
        (["x = y = 1", "y = 2"], "x", "x = y = 1"),
        (["a = 1", "b = a", "a = 2"], "b", "a = 1\nb = a"),
        (["a = 1", "def f():\n    return a", "a = 2"], "f()", "def f():\n    return a\na = 2"),
        (["a = 1", "b = [a for _ in range(3)]", "a = 2"], "b", "a = 1\nb = [a for _ in range(3)]"),
        (["a = 1", "b = {a: {c for c in d} for d in (a for _ in ())}"], "b", None),
        (["a = 1", "b = [a for a in range(3)]"], "a, b", None),
        (["a = 1", "b = {a: {a for a in a} for a in c}"], "a, b", None),
        (["a = 1", "b = [a for a in range(3)]"], "b", "b = [a for a in range(3)]"),
        (["a = 1", "b = {a: a for a in c}", "c = a"], "b", "b = {a: a for a in c}"),
        (["a = 1"], "[a for a in range(3)]", ""),
        (["a = 1"], "[a for a in a]", "a = 1"),
        (["a = 1", "def f():\n    return {a for a in range(3)}"], "f()", "def f():\n    return {a for a in range(3)}"),
        (["a = 1", "f = lambda: [a for _ in ()]", "a = 2"], "f", "f = lambda: [a for _ in ()]\na = 2"),
        (["a = 1", "class C:\n    b = a"], "C()", "a = 1\nclass C:\n    b = a"),
        (["a = 1", "def f(x, a):\n    return a"], "f", "def f(x, a):\n    return a"),
        (["import a.b, c as d", "from e import f as g, h"], "a, d, g", "import a.b, c as d\nfrom e import f as g"),
        (["import a.b, c as d", "from e import f as g, h"], "c, b, f", ""),
        (["from e import f", "f = 1"], "f", "f = 1"),
        (["x = 1", "import x"], "x", "import x"),
        (["x = 1", "def x():\n    pass"], "x", "def x():\n    pass"),
        (["with open(p) as x:\n    y = x.read()", "p = 3"], "y", "with open(p) as x:\n    y = x.read()"),
        (["p = 3", "if p:\n    x = 1\nelse:\n    x = 2"], "x", "p = 3\nif p:\n    x = 1\nelse:\n    x = 2"),
        (["x = 0", "print(x)", "x"], "x", "x = 0"),
        (["(x, *y), z = t", "t = 1"], "y", "(x, *y), z = t"),
        (["%time x", "!ls", "x = 1"], "x", "x = 1"),
        (["x = 1"], "def f():\n    return x", "x = 1"),
        (["x = 1"], "def f(x):\n    return x", ""),
        (["x = x + 1"], "x", "x = x + 1"),
        (["def f():\n    return g()", "def g():\n    return f()"], "g", None),
    ],
)  # fmt: skip
def test_what_is_kept(cells, code, expected):
    everything = "\n".join(cells)
    assert needed(cells, code) == (everything if expected is None else expected)
