"""Names of SymPy in the exercises, which load it when they are first used: an exercise in NumPy does without it."""

from __future__ import annotations

import importlib
from typing import Any


class Later:
    """A module, or something in one, that is imported when it is first needed.

    Example:
        >>> sp = Later("sympy")
        >>> sp.sqrt(12)
        2*sqrt(3)
        >>> sigma = Later("dlmath.symbolic", "sigma")
        >>> sigma(sp.Symbol("z"))
        sigma(z)
    """

    def __init__(self, module: str, name: str | None = None) -> None:
        self._module, self._name = module, name

    def _found(self) -> Any:
        module = importlib.import_module(self._module)
        return module if self._name is None else getattr(module, self._name)

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("_"):  # copying and inspecting ask for these, and mean this object
            raise AttributeError(attribute)
        return getattr(self._found(), attribute)

    def __call__(self, *arguments: Any, **options: Any) -> Any:
        return self._found()(*arguments, **options)
