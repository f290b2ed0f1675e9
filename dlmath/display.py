"""What a chapter shows besides figures: formulas from SymPy objects, and the source of the package's functions."""

from __future__ import annotations

import ast
import inspect
import os
import re
import textwrap
from collections.abc import Callable
from typing import Any

from dlmath._markup import inline
from dlmath._shown import Shown
from dlmath._source import function_definition, without_checks
from dlmath._written import written_numbers
from dlmath.printing import gathered, latex


def formula(*expressions: Any) -> Shown:
    """Show SymPy expressions as displayed formulas, one below the other. Strings stand as they are, in LaTeX.

    Raises:
        ValueError: there is nothing to show.

    Example:
        >>> import sympy as sp
        >>> x = sp.Symbol("x")
        >>> formula(sp.Eq(sp.Symbol("y"), x**2))
        $$
        y = x^{2}
        $$
    """
    if not expressions:
        raise ValueError("formula needs an expression to show, got none")
    lines = [e if isinstance(e, str) else latex(e) for e in expressions]
    return _markdown(f"$$\n{gathered(lines)}\n$$")


def say(*paragraphs: str) -> Shown:
    """Show sentences whose numbers the cell has computed, one paragraph per argument, in Markdown.

    Raises:
        ValueError: there is nothing to say.

    Example:
        >>> say(f"The largest of them is {max(3, 5)}, the smallest {2e-7:.0e}.")
        The largest of them is 5, the smallest 2·10⁻⁷.
    """
    if not paragraphs:
        raise ValueError("say needs a sentence, got none")
    return _markdown(_written("\n\n".join(paragraphs)))


def answers(*texts: str) -> Shown:
    """Show the answers to numbered questions, folded: the reader looks first.

    Raises:
        ValueError: there is no answer.

    Example:
        >>> answers("At 2.", "Because the slope is 0 there.")
        ````{dropdown} Answers
        1. At 2.
        2. Because the slope is 0 there.
        ````
    """
    if not texts:
        raise ValueError("answers needs an answer, got none")
    written = [_written(text) for text in texts]
    lines = (f"{number}. {text}" for number, text in enumerate(written, start=1))
    markdown = "\n".join(["````{dropdown} Answers", *lines, "````"])
    items = "".join(f"<li>{inline(text)}</li>" for text in written)
    folded = f'<details class="mathjax_process"><summary>Answers</summary><ol>{items}</ol></details>'
    return Shown(markdown, folded, markdown)


def source(function: Callable[..., Any]) -> Shown:
    """Show the source of a function of the package, without its docstring and without the checks of its arguments.

    What is left is the mathematics: ``check.array("z", z)`` is shown as ``z``. The first line says that checks are
    left out, if any are. The book links a public function to its place in the reference.

    Example:
        >>> from dlmath import layers
        >>> source(layers.affine)
        ```python
        # dlmath.layers, without its checks
        def affine(X: np.ndarray, W: np.ndarray, b: np.ndarray) -> np.ndarray:
            return X @ W.T + b
        ```
    """
    lines = textwrap.dedent(inspect.getsource(function)).splitlines()
    definition = function_definition("\n".join(lines))
    first = definition.body[0]
    if ast.get_docstring(definition) is not None:
        del lines[first.lineno - 1 : first.end_lineno]
    whole = "\n".join(lines)
    code = without_checks(whole)
    left_out = ", without its checks" if code != whole else ""
    in_reference = os.environ.get("DLMATH_BOOK") == "1" and not function.__name__.startswith("_")
    name = f"{function.__module__}.{function.__name__}"
    link = f"\n\n```{{div}} source-link\n{{in-reference}}`{name}`\n```" if in_reference else ""
    return _markdown(f"```python\n# {function.__module__}{left_out}\n{code}\n```{link}")


def _markdown(text: str) -> Shown:
    return Shown(text, markdown=text)


def _written(text: str) -> str:
    """The text with its numbers as people write them; code between backticks stays as it is."""
    parts = re.split(r"(`+[^`]*`+)", text)
    return "".join(part if index % 2 else written_numbers(part) for index, part in enumerate(parts))
