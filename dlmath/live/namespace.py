"""The names of a notebook as they were when a figure was made, for as long as the figure draws.

Whatever ``update`` calls (a helper of the same notebook, a lambda in a dictionary, a method, a cached function, a tick
formatter while matplotlib draws) looks its names up in the one dictionary that is the notebook's namespace. So it is
the dictionary that is put back, and not the functions that are copied.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Namespace = dict[str, Any]
_NOTHING = object()


def namespace_of(function: Callable[..., Any]) -> Namespace | None:
    """The dictionary in which a function looks up its global names; None for one that is not written in Python."""
    while isinstance(function, functools.partial | functools.partialmethod):
        function = function.func
    function = inspect.unwrap(function)
    if not hasattr(function, "__globals__"):
        function = inspect.unwrap(type(function).__call__)  # an object that can be called
    return getattr(function, "__globals__", None)


@contextmanager
def as_it_was(namespace: Namespace, then: Namespace) -> Iterator[None]:
    """Give all names the values they had then, and afterwards those that they have now.

    What is assigned in between is kept in ``then``. The namespace gets it too, unless the name stands for something
    else by now.
    """
    now = dict(namespace)
    _become(namespace, then)
    try:
        yield
    finally:
        left = dict(namespace)
        assigned = {name: value for name, value in left.items() if then.get(name, _NOTHING) is not value}
        shared = {name for name in assigned if now.get(name, _NOTHING) is then.get(name, _NOTHING)}
        _become(namespace, now | {name: assigned[name] for name in shared})
        then.clear()
        then.update(left)


def _become(namespace: Namespace, wanted: Namespace) -> None:
    for name in namespace.keys() - wanted.keys():
        del namespace[name]
    for name, value in wanted.items():
        if namespace.get(name, _NOTHING) is not value:
            namespace[name] = value
