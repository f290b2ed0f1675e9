"""A notebook with a live figure that ``nbconvert`` turned into a page shows the figure, and not an empty widget."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from collections import Counter

import matplotlib.pyplot as plt
import nbformat
import pytest

from dlmath.live import explore, explorer, integers


def exported(count: int = 1) -> str:
    """The page of a notebook that was saved with live figures in it."""
    nbconvert = pytest.importorskip("nbconvert")
    cells = []
    for _ in range(count):
        figure, axes = plt.subplots()
        (line,) = axes.plot([0, 1], [0, 1])

        def update(a, line=line):
            line.set_ydata([0, 1 / a])
            return line, f"The line ends at {1 / a:g}."

        seen = "A straight line from the origin that ends lower the larger the number is."
        bundle = explore(update, figure, description=seen, a=integers(1, 4))._repr_mimebundle_()
        output = nbformat.v4.new_output("execute_result", data=bundle, execution_count=1)
        cells.append(nbformat.v4.new_code_cell("explore(...)", outputs=[output]))
        plt.close(figure)
    page, _ = nbconvert.HTMLExporter().from_notebook_node(nbformat.v4.new_notebook(cells=cells))
    return page


@pytest.fixture(autouse=True)
def a_new_process(monkeypatch):
    monkeypatch.delenv("DLMATH_BOOK", raising=False)
    monkeypatch.setattr(explorer, "_names", Counter())


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
class TestExport:
    def test_run_in_a_notebook_it_is_the_picture_as_it_started(self):
        page = exported()
        assert "The line ends at 1." in page
        assert 'aria-label="A straight line' in page
        assert "application/vnd.jupyter.widget-view+json" not in page

    def test_run_as_the_book_is_it_is_live_in_the_browser(self, monkeypatch, browser, tmp_path):
        monkeypatch.setenv("DLMATH_BOOK", "1")
        (tmp_path / "page.html").write_text(exported(count=2), encoding="utf-8")
        context = browser.new_context()
        context.route("http**", lambda route: route.abort())  # MathJax and require.js, which nbconvert asks for
        tab = context.new_page()
        tab.goto((tmp_path / "page.html").as_uri())
        for i in range(2):
            tab.locator(".dl-live input").nth(i).fill("3")
            assert tab.locator(".dl-live-sentence").nth(i).inner_text().strip() == "The line ends at 0.25."
        context.close()

    def test_run_by_nbconvert_itself_it_is_the_picture_too(self, tmp_path):
        pytest.importorskip("nbconvert")
        source = """
            import matplotlib.pyplot as plt
            from dlmath.live import explore, integers

            figure, axes = plt.subplots()
            (line,) = axes.plot([0, 1], [0, 1])

            def update(a):
                line.set_ydata([0, 1 / a])
                return line, f"The line ends at {1 / a:g}."

            seen = "A straight line from the origin that ends lower the larger the number is."
            explore(update, figure, description=seen, a=integers(1, 4))
        """
        cells = [nbformat.v4.new_code_cell(textwrap.dedent(source))]
        nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "notebook.ipynb")
        command = [sys.executable, "-m", "nbconvert", "--to", "html", "--execute", "notebook.ipynb"]
        environment = {name: value for name, value in os.environ.items() if name != "DLMATH_BOOK"}
        subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True, timeout=300)
        page = (tmp_path / "notebook.html").read_text(encoding="utf-8")
        assert "<span>The line ends at 1.</span>" in page
        assert 'aria-label="A straight line' in page
        assert "application/vnd.jupyter.widget-view+json" not in page
