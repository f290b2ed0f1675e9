"""The reference: a page for every public module of the package, and ``{modules}``, which lists them.

The pages are written when a build begins and are not kept in the repository: a new module gets its own by itself.
"""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.docutils import SphinxDirective

import dlmath

OVERVIEW = "chapters/appendix/api.md"
PAGE = "# `{0}`\n\n```{{eval-rst}}\n.. automodule:: {0}\n```\n"
MODULES = sorted(module.name for module in pkgutil.iter_modules(dlmath.__path__) if not module.name.startswith("_"))


def setup(app: Sphinx) -> dict[str, bool]:
    app.add_directive("modules", Modules)
    app.connect("config-inited", write_pages)
    app.connect("viewcode-follow-imported", module_of_alias)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def write_pages(app: Sphinx, config: Config) -> None:
    """Write the pages that are missing or differ, and delete those of modules that are gone."""
    overview = Path(app.srcdir, OVERVIEW)
    if not overview.exists():  # a book without the reference
        return
    folder = overview.with_suffix("")
    folder.mkdir(exist_ok=True)
    for page in folder.glob("*.md"):
        if page.stem not in MODULES:
            page.unlink()
    for module in MODULES:
        page, text = folder / f"{module}.md", PAGE.format(f"dlmath.{module}")
        if not page.exists() or page.read_text(encoding="utf-8") != text:
            page.write_text(text, encoding="utf-8")


def module_of_alias(app: Sphinx, module: str, name: str) -> str | None:
    """For an alias such as ``Parameters`` the module that says it, not the one of ``list``, which has no page."""
    value = getattr(importlib.import_module(module), name.partition(".")[0], None)
    return module if getattr(value, "__module__", None) == "builtins" else None


class Modules(SphinxDirective):
    """The modules that need NumPy alone, which ``import dlmath`` loads, or the others, with their first sentences."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        kind = directives.choice(self.arguments[0], ("numerical", "others"))
        chosen = [module for module in MODULES if (module in dlmath.__all__) == (kind == "numerical")]
        lines = "\n".join(f"   dlmath.{module}" for module in chosen)
        return self.parse_text_to_nodes(f"```{{eval-rst}}\n.. autosummary::\n\n{lines}\n```")
