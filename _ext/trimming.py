"""What the theme and MathJax bring along and no page needs is not published.

The icons of the theme come from a font that its style sheet names; the script of a million and a half characters that
draws them once more is left out. Of MathJax a page loads one bundle, some extensions and its fonts.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from sphinx.application import Sphinx

NOT_NEEDED = ("scripts/fontawesome.js", "scripts/fontawesome.js.map")
OF_MATHJAX = ("tex-chtml.js", "input", "output")


def setup(app: Sphinx) -> dict[str, bool]:
    app.connect("html-page-context", without_icon_script)
    app.connect("build-finished", trim)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def without_icon_script(app: Sphinx, page: str, template: str, context: dict, doctree: object) -> None:
    """The theme's macro asks for a script by its path: give it none for this one."""
    path_to = context["pathto"]

    def pathto(name: str, *arguments: object, **options: object) -> str:
        if name == "_static/scripts/fontawesome.js":
            return "data:text/javascript,//"  # what the theme puts behind it, "?digest=…", is a comment then
        return path_to(name, *arguments, **options)

    context["pathto"] = pathto


def trim(app: Sphinx, error: Exception | None) -> None:
    if error is not None or app.builder.format != "html":
        return
    static = Path(app.outdir, "_static")
    for name in NOT_NEEDED:
        (static / name).unlink(missing_ok=True)
    mathjax = static / "mathjax"
    for path in mathjax.iterdir() if mathjax.exists() else ():
        if path.name not in OF_MATHJAX:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
