"""JupyterLite in the built book: chapters run from top to bottom in the browser, and nothing comes from elsewhere."""

from __future__ import annotations

import hashlib
import json
import os

import lab
import lite as laid_out
import pytest

ONE_OF_EACH_PART = "math/loss equations/activation-functions forward/contrastive-loss"
CHAPTERS = os.environ.get("LITE_CHAPTERS", ONE_OF_EACH_PART).split()
MINUTES = 20  # on a busy machine; on a quiet one it takes two
RUN_ALL = """
async () => {
  const lab = window.jupyterapp, panel = lab.shell.currentWidget;
  await panel.context.ready;
  await panel.sessionContext.ready;
  window.finished = false;
  lab.commands.execute("notebook:run-all-cells").finally(() => { window.finished = true; });
}
"""
CELLS = "() => window.jupyterapp.shell.currentWidget.content.model.sharedModel.toJSON().cells"


@pytest.fixture
def lite(html, server):
    if not (html / "lite/lab/index.html").exists():
        pytest.skip("JupyterLite is not built; make lite builds it")
    return f"{server}/lite"


@pytest.fixture
def tab(browser, server):
    """A tab that can ask the application itself, and notes what is asked of other machines."""
    context = browser.new_context(viewport={"width": 1280, "height": 1000})
    tab = context.new_page()
    tab.elsewhere = []
    tab.on("request", lambda request: note(tab, server, request.url))
    tab.route("**/lite/jupyter-lite.json*", expose)
    yield tab
    context.close()


def note(tab, server, url):
    if not url.startswith((server, "data:", "blob:")):
        tab.elsewhere.append(url)


def expose(route):
    response = route.fetch()
    settings = response.json()
    settings["jupyter-config-data"]["exposeAppInBrowser"] = True
    route.fulfill(response=response, body=json.dumps(settings))


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_a_chapter_runs_from_top_to_bottom(tab, lite, chapter):
    tab.set_default_timeout(MINUTES * 60_000)
    tab.goto(f"{lite}/lab/index.html?path={chapter}.ipynb")
    tab.wait_for_selector(".jp-Notebook .jp-Cell")
    tab.wait_for_function("() => window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel")
    tab.evaluate(RUN_ALL)
    tab.wait_for_function("() => window.finished", polling=1000)
    code = [cell for cell in tab.evaluate(CELLS) if cell["cell_type"] == "code"]
    outputs = [output for cell in code for output in cell["outputs"]]
    errors = [output for output in outputs if output["output_type"] == "error"]
    assert not errors, f"{errors[0]['ename']}: {errors[0]['evalue']}"
    assert all(cell["execution_count"] for cell in code)
    kinds = [kind for output in outputs for kind in output.get("data", {})]
    assert "application/vnd.jupyter.widget-view+json" in kinds
    shown = "\n".join("".join(output.get("data", {}).get("text/html", "")) for output in outputs)
    assert 'class="certificate"' in shown
    move_the_first_figure(tab)
    assert tab.elsewhere == []


def move_the_first_figure(tab):
    """A slider of a live figure moves it, by mouse and by keyboard: the kernel computes what the sentence now says."""
    cell = tab.locator(".jp-Cell:has(.widget-slider .noUi-base)").first  # the first figure may have buttons alone
    track = cell.locator(".widget-slider .noUi-base").first
    track.scroll_into_view_if_needed()
    sentence = cell.locator(".dl-live-sentence")
    before = sentence.inner_text()
    box = track.bounding_box()
    tab.mouse.click(box["x"] + 0.8 * box["width"], box["y"] + box["height"] / 2)
    sentence.filter(has_not_text=before).wait_for()
    number = cell.locator(".widget-slider .widget-readout").first
    by_mouse = number.inner_text()
    tab.keyboard.press("Escape")
    track.locator(".noUi-handle").focus()
    for key, moves in (("ArrowLeft", True), ("ArrowUp", False), ("ArrowDown", True)):
        tab.keyboard.press(key)
        assert (number.inner_text() != by_mouse) == moves, key


def test_the_arrow_keys_are_taken_where_jupyterlab_takes_them(html, lite):
    schemas = json.loads((html / "lite/build/schemas/all.json").read_text(encoding="utf-8"))
    bound = [each for schema in schemas for each in schema["schema"].get("jupyter.lab.shortcuts", [])]
    for key, command in lab.ARROWS.items():
        assert {"command": command, "keys": [key], "selector": lab.FOCUSED} in bound


def test_every_chapter_of_the_book_is_there(html, lite, pages):
    there = {
        file.relative_to(html / "lite/files").with_suffix("").as_posix()
        for file in (html / "lite/files").rglob("*.ipynb")
    }
    chapters = {page.removeprefix("chapters/") for page in pages if (html / "_sources" / f"{page}.ipynb").exists()}
    assert there == chapters - {"index"}


def test_every_chapter_has_a_link_to_it(html, lite, notebook):
    page = (html / notebook).with_suffix(".html").read_text(encoding="utf-8")
    path = notebook.removeprefix("chapters/")
    assert page.count(f"lite/lab/index.html?path={path}") == 2, "in the line and in the menu"


def test_from_disk_where_it_cannot_run_there_is_no_link(browser, html, lite):
    tab = browser.new_page()
    tab.goto(f"{html.resolve().as_uri()}/chapters/math/loss.html")
    assert "JupyterLite (from a web server)" in tab.locator(".dl-run").inner_text()
    assert tab.locator("a[href*='lite/lab']").count() == 0
    tab.close()


def test_it_is_not_larger_than_it_must_be(html, lite):
    size = sum(file.stat().st_size for file in (html / "lite").rglob("*") if file.is_file())
    assert size < 75e6


def test_what_a_package_needs_comes_with_it():
    packages = {"a": {"depends": ["B_c"]}, "b-c": {"depends": ["d"]}, "d": {"depends": []}, "e": {"depends": []}}
    assert set(dict(laid_out.needed(["a"], packages))) == {"a", "b-c", "d"}


@pytest.fixture
def distribution(tmp_path, monkeypatch):
    """A folder with what a distribution of Pyodide has, in small, and the hashes to go with it."""
    files = {name: name.encode() for name in [*laid_out.runtime.CORE, "pyodide.mjs", "numpy.whl", "scipy.whl"]}
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    packages = {
        name: {"file_name": f"{name}.whl", "sha256": hashes[f"{name}.whl"], "depends": []}
        for name in ("numpy", "scipy")
    }
    files["pyodide-lock.json"] = json.dumps({"packages": packages}).encode()
    place = tmp_path / "distribution"
    place.mkdir()
    for name, content in files.items():
        (place / name).write_bytes(content)
    monkeypatch.setenv("PYODIDE", str(place))
    monkeypatch.setattr(laid_out.runtime, "CORE", {name: hashes[name] for name in laid_out.runtime.CORE})
    monkeypatch.setattr(laid_out, "LOADED_FROM_PYODIDE", ("numpy",))
    return place


def test_only_what_is_needed_is_laid_out(distribution, tmp_path):
    laid_out.lay_out_pyodide(tmp_path / "out")
    names = {file.name for file in (tmp_path / "out").iterdir()}
    assert names == {*laid_out.runtime.CORE, "pyodide.mjs", "numpy.whl", "pyodide-lock.json"}
    assert set(json.loads((tmp_path / "out/pyodide-lock.json").read_text(encoding="utf-8"))["packages"]) == {"numpy"}


@pytest.mark.parametrize("name", ["numpy.whl", "pyodide.asm.wasm"])
def test_a_file_that_is_not_the_official_one_is_refused(distribution, tmp_path, name):
    (distribution / name).write_bytes(b"something else")
    with pytest.raises(SystemExit, match=f"{name} is not the file"):
        laid_out.lay_out_pyodide(tmp_path / "out")


def test_without_pyodide_it_says_where_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setenv("PYODIDE", str(tmp_path))
    with pytest.raises(SystemExit, match="make book downloads it"):
        laid_out.lay_out_pyodide(tmp_path / "out")
