"""Exercises done in the page: Python in the browser, from disk and over http, and all that may go wrong."""

from __future__ import annotations

import base64
import gzip
import json
import pickle
import re
import runpy
import shutil
import zipfile
from types import SimpleNamespace

import examples
import pytest
import runtime
from answered import changed
from support import ROOT, bundle, serving, unpacked

from classroom import generate
from dlmath.exercises import engine, nearby
from dlmath.exercises import page as python
from dlmath.exercises.definition import Coding, Derivation, chapters, exercises, find

PAGE = "chapters/equations/backpropagation.html"
STARTS, ANSWERS = 240_000, 30_000
"""Milliseconds until Python is there, and until it answers, on a machine that has much else to do."""

RIGHT = """def tanh_layer_backward(grad_A, A, A_below, W):
    delta = grad_A * (1 - A**2)
    return delta @ W, delta.T @ A_below, delta.sum(axis=0)
"""
HEAD = "def tanh_layer_backward(grad_A, A, A_below, W):\n"


@pytest.fixture(scope="session")
def bundled(html):
    """The book, if Python is in it."""
    if "public" in bundle(html):
        pytest.skip("the book was built without Pyodide: it could not be downloaded")
    return html


@pytest.fixture
def visit(browser):
    """Open a page in a context of its own, which reports what the page asks for and complains of."""
    contexts = []

    def open_page(address, **options):
        context = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | options))
        context.set_offline(address.startswith("file:"))
        context.set_default_timeout(ANSWERS)
        contexts.append(context)
        tab = context.new_page()
        tab.requests, tab.complaints = [], []
        tab.on("request", lambda request: tab.requests.append(request.url))
        tab.on("console", lambda message: tab.complaints.append(message.text) if message.type == "error" else None)
        tab.on("pageerror", lambda error: tab.complaints.append(str(error)))
        tab.goto(address)
        return tab

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture(params=["disk", "server"])
def address(request, bundled):
    if request.param == "disk":
        yield f"{bundled.as_uri()}/{PAGE}"
    else:
        with serving(bundled) as origin:
            yield f"{origin}/{PAGE}"


@pytest.fixture
def from_disk(bundled):
    return f"{bundled.as_uri()}/{PAGE}"


def exercise(tab, name):
    return tab.locator(f".dl-answer[data-exercise='{name}']")


def verdict(answer, code=None, timeout=STARTS):
    """Write the code into an exercise, check it, and return what is said, on one line."""
    if code is not None:
        answer.locator("textarea").fill(code)
    answer.locator(".dl-check").click()
    answer.locator(".dl-feedback").wait_for(timeout=timeout)
    return said(answer)


def said(answer):
    return " ".join(answer.locator(".dl-feedback").evaluate(TEXT).split())


TEXT = """box => { const copy = box.cloneNode(true);
  copy.querySelectorAll("mjx-assistive-mml").forEach(part => part.remove());
  return [...copy.querySelectorAll("p")].map(paragraph => paragraph.textContent).join(" "); }"""


def in_words(name, code):
    """What the notebook's checker says, without the marks of code and formulas."""
    python.prepared(name, code)  # as the page does it, so that importing SymPy takes nothing of the answer's time
    found = python.checked(name, code)
    text = {"open": "○", "wrong": "✗", "solved": "✓"}[found["state"]] + f" {name}: " + found["message"]
    return " ".join(of_no_version(text).replace("`", "").replace("**", "").split())


def of_no_version(text):
    """Newer versions of NumPy write the shape of a long array, and newer ones of Python this error in other words."""
    text = re.sub(r", shape=\([\d, ]+\)\)", ")", text)
    return text.replace("() arg is an empty sequence", "() iterable argument is empty")


def test_answers_of_all_kinds_and_a_second_exercise(visit, address):
    tab = visit(address)
    before = len(tab.requests)
    answer, name = exercise(tab, "tanh-layer-backward"), "tanh-layer-backward"
    for code in [
        find(name).stub,
        RIGHT,
        RIGHT.replace("* (1 - A**2)", ""),
        HEAD + "    return grad_A @ A",
        HEAD + "    return missing",
        HEAD + "    import there_is_none\n",
        HEAD + "    return input('W? ')",
        HEAD + "    exit()",
        HEAD + "    print('x' * 10**7)\n    return 1",
        "print('x' * 10**7)\n" + RIGHT,
        "import there_is_none\n" + RIGHT,
        "exit()",
        HEAD + "return 1",
        RIGHT.replace("tanh_layer", "another"),
        "",
    ]:
        formulas = find(name).mistakes[0].hint
        expected = in_words(name, code)
        spoken = verdict(answer, code)
        if formulas in expected:  # formulas are typeset, so only the words around them are compared
            expected, spoken = expected.split("$")[0].strip(), spoken[: len(expected.split("$")[0].strip())]
            assert answer.locator("mjx-container").count()
        assert spoken == expected
    derivation = exercise(tab, "first-of-two-weights")
    code = find("first-of-two-weights").solution_code
    assert verdict(derivation, code) == in_words("first-of-two-weights", code)
    assert tab.complaints == []
    asked = [url for url in tab.requests[before:] if not url.startswith(("data:", "blob:"))]
    assert all(url.startswith(address.removesuffix(PAGE)) for url in asked)
    assert not [url for url in asked if "matplotlib" in url]


@pytest.mark.parametrize(
    "forever",
    [
        "while True: pass",
        "sum(range(10**13))",
        "while True:\n        try:\n            while True: pass\n        except BaseException: pass",
    ],
    ids=["loop", "one call", "stubborn"],
)
def test_an_answer_that_never_ends_is_stopped(visit, address, forever):
    answer = exercise(visit(address), "tanh-layer-backward")
    assert "was still running after 5 seconds and was stopped" in verdict(answer, f"{HEAD}    {forever}")
    assert "solved" in verdict(answer, RIGHT), "the page goes on"


def test_stop_ends_it_at_once(visit, from_disk):
    answer = exercise(visit(from_disk), "tanh-layer-backward")
    verdict(answer, RIGHT)
    answer.locator("textarea").fill(f"{HEAD}    while True: pass")
    answer.locator(".dl-check").click()
    answer.get_by_text("Running").wait_for()
    answer.locator(".dl-stop").click()
    answer.get_by_text("Stopped.").wait_for(timeout=1000)
    assert "solved" in verdict(answer, RIGHT)


def test_two_checks_at_once_are_answered_in_turn(visit, from_disk):
    tab = visit(from_disk)
    one, other = exercise(tab, "tanh-layer-backward"), exercise(tab, "first-signal")
    one.locator(".dl-check").click()
    assert "not attempted yet" in verdict(other)
    assert "not attempted yet" in said(one)


def test_nothing_is_loaded_before_the_press(visit, address, root):
    tab = visit(address)
    tab.wait_for_load_state()
    loaded = [url for url in tab.requests if "/_static/python/" in url]
    assert {url.split("/")[-1].split("?")[0] for url in loaded} <= {
        path.name for path in (root / "_static/python").iterdir()
    }
    assert len(loaded) == len(set(loaded))


def test_the_scripts_of_a_page_are_small(root):
    sizes = [len(gzip.compress(path.read_bytes())) for path in (root / "_static/python").iterdir()]
    assert sum(sizes) <= 15_000


def test_what_is_copied_is_small(bundled):
    sizes = [path.stat().st_size for path in (bundled / "_static/python").iterdir()]
    assert sum(sizes) <= 30_000_000


def test_text_and_state_survive_a_reload(visit, from_disk):
    tab = visit(from_disk)
    answer = exercise(tab, "tanh-layer-backward")
    title = tab.locator("#exercise-tanh-layer-backward .admonition-title")
    assert title.get_attribute("data-state") == "open"
    verdict(answer, HEAD + "    return 1")
    assert title.get_attribute("data-state") == "tried"
    verdict(answer, RIGHT)
    tab.reload()
    assert title.get_attribute("data-state") == "solved"
    assert title.locator(".dl-tick").inner_text() == "✓"
    assert answer.locator("textarea").input_value() == RIGHT
    answer.locator(".dl-reset").click()
    assert answer.locator("textarea").input_value() == find("tanh-layer-backward").stub
    tab.reload()
    assert answer.locator("textarea").input_value() == find("tanh-layer-backward").stub
    assert title.get_attribute("data-state") == "solved", "what was solved stays solved"


def test_the_solution_opens_after_an_attempt(visit, from_disk):
    tab = visit(from_disk)
    answer = exercise(tab, "tanh-layer-backward")
    solution = tab.locator("div.cell:has(#exercise-tanh-layer-backward) ~ div.cell details").first
    solution.locator("summary").click()
    assert not solution.evaluate("details => details.open")
    answer.get_by_text("opens when you have checked").wait_for()
    verdict(answer)
    solution.locator("summary").click()
    assert not solution.evaluate("details => details.open"), "the stub is no attempt"
    verdict(answer, HEAD + "    return 1")
    solution.locator("summary").click()
    assert solution.evaluate("details => details.open")


def test_by_keyboard_alone(visit, from_disk):
    tab = visit(from_disk)
    answer = exercise(tab, "tanh-layer-backward")
    editor = answer.locator("textarea")
    editor.focus()
    tab.keyboard.press("Control+A")
    tab.keyboard.type("def tanh_layer_backward(grad_A, A, A_below, W):\ndelta = grad_A * (1 - A**2)\n")
    tab.keyboard.type("return delta @ W, delta.T @ A_below, delta.sum(axis=0)")
    assert editor.input_value() == RIGHT.rstrip()
    tab.keyboard.press("Tab")
    assert editor.input_value().startswith(RIGHT.rstrip())
    assert editor.evaluate("editor => editor === document.activeElement")
    tab.keyboard.press("Control+Enter")
    answer.locator(".dl-feedback").wait_for(timeout=STARTS)
    assert "solved" in said(answer)
    tab.keyboard.press("Escape")
    tab.keyboard.press("Tab")
    assert answer.locator(".dl-check").evaluate("button => button === document.activeElement")


def test_tab_moves_lines_and_shift_tab_moves_them_back(visit, from_disk):
    tab = visit(from_disk)
    editor = exercise(tab, "first-signal").locator("textarea")
    editor.fill("a\nb\nc")
    editor.evaluate("editor => { editor.focus(); editor.setSelectionRange(0, 3); }")
    tab.keyboard.press("Tab")
    assert editor.input_value() == "    a\n    b\nc"
    tab.keyboard.press("Shift+Tab")
    assert editor.input_value() == "a\nb\nc"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone(visit, from_disk, scheme):
    tab = visit(from_disk, viewport={"width": 390, "height": 800}, color_scheme=scheme)
    answer = exercise(tab, "tanh-layer-backward")
    verdict(answer, RIGHT.replace("delta.T", "delta"))
    for part in answer.locator("textarea, button, .dl-feedback, .dl-note").all():
        box = part.bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    for button in answer.locator("button").all():
        assert button.bounding_box()["height"] >= 24


def test_without_scripts_it_reads_as_a_book(visit, from_disk):
    tab = visit(from_disk, java_script_enabled=False)
    assert tab.locator(".dl-answer").count() == 0
    stub = tab.locator("div.cell_input", has_text="def tanh_layer_backward").first
    assert stub.is_visible()
    assert tab.get_by_text("not attempted yet").first.is_visible()


def test_where_the_browser_keeps_nothing(visit, from_disk):
    tab = visit("about:blank")
    tab.add_init_script("Object.defineProperty(window, 'localStorage', {get() { throw new Error('denied'); }})")
    tab.context.set_offline(True)
    tab.goto(from_disk)
    answer = exercise(tab, "tanh-layer-backward")
    assert "solved" in verdict(answer, RIGHT)
    assert "keeps nothing" in answer.locator(".dl-note").inner_text()


def test_where_workers_are_not_allowed(visit, address, html):
    tab = visit("about:blank")
    script = (html / "_static/python/runtime.js").read_text(encoding="utf-8")
    assert script.count("worker-src blob:") == 1
    forbidden = script.replace("worker-src blob:", "worker-src 'none'")
    tab.context.route("**/runtime.js*", lambda route: route.fulfill(body=forbidden, content_type="text/javascript"))
    tab.goto(address)
    assert "Python could not be started in this browser" in verdict(exercise(tab, "tanh-layer-backward"))


def copied(html, folder):
    """The page and what it needs, elsewhere."""
    for name in ("_static", PAGE):
        source, copy = html / name, folder / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, copy) if source.is_dir() else shutil.copyfile(source, copy)
    return folder


@pytest.fixture
def unbundled(bundled, tmp_path, monkeypatch):
    """The book as it is built where Pyodide is not to be had, and the files that its public distribution has."""
    html = copied(bundled, tmp_path / "_build/html")
    numpy = {runtime.LOCK["packages"]["numpy"]["file_name"]}
    distribution = {name: unpacked(html, name) for name in runtime.CORE.keys() | numpy}
    shutil.copytree(bundled.parent / "python", tmp_path / "_build/python")
    monkeypatch.delenv("PYODIDE", raising=False)
    shutil.rmtree(html / "_static/python")
    shutil.copytree(ROOT / "_static/python", html / "_static/python")
    builder = SimpleNamespace(format="html")
    runtime.lay_in(SimpleNamespace(builder=builder, outdir=html, srcdir=tmp_path), None)
    return html, distribution


def test_python_from_its_public_distribution(visit, unbundled):
    html, distribution = unbundled
    served = []

    def serve(route):
        name = route.request.url.split("/")[-1]
        served.append(name)
        route.fulfill(body=distribution[name], headers={"Access-Control-Allow-Origin": "*"})

    with serving(html) as origin:
        tab = visit(f"{origin}/{PAGE}")
        tab.context.route("https://cdn.jsdelivr.net/**", serve)
        answer = exercise(tab, "tanh-layer-backward")
        answer.locator("textarea").fill(RIGHT)
        answer.locator(".dl-check").click()
        question = answer.get_by_text("not part of this copy").inner_text().replace("\xa0", " ")
        assert "loaded from cdn.jsdelivr.net: 17 MB. Your code is not sent there." in question
        answer.locator(".dl-stop").click()
        assert answer.locator(".dl-verdict").inner_text() == ""
        assert served == []
        answer.locator(".dl-check").click()
        answer.get_by_role("button", name="Load it").click()
        answer.locator(".dl-feedback").wait_for(timeout=STARTS)
        assert said(answer) == in_words("tanh-layer-backward", RIGHT)
        assert "solved" in verdict(exercise(tab, "first-signal"), find("first-signal").solution_code), "without asking"
        assert len(served) == len(set(served))
        assert round(sum(len(distribution[name]) for name in served) / 1e6) == 17
        assert all(url.startswith((origin, "https://cdn.jsdelivr.net/", "data:", "blob:")) for url in tab.requests)


def test_a_public_distribution_with_other_files_is_refused(visit, unbundled):
    html, distribution = unbundled
    with serving(html) as origin:
        tab = visit(f"{origin}/{PAGE}")
        everywhere = {"Access-Control-Allow-Origin": "*"}
        tab.context.route(
            "https://cdn.jsdelivr.net/**",
            lambda route: route.fulfill(body=distribution[route.request.url.split("/")[-1]] + b" ", headers=everywhere),
        )
        answer = exercise(tab, "tanh-layer-backward")
        answer.locator(".dl-check").click()
        answer.get_by_role("button", name="Load it").click()
        answer.locator(".dl-feedback").wait_for(timeout=STARTS)
        assert "could not be loaded from cdn.jsdelivr.net" in said(answer)


def test_without_a_connection_it_is_said(visit, unbundled):
    html, _ = unbundled
    answer = exercise(visit(f"{html.as_uri()}/{PAGE}"), "tanh-layer-backward")
    answer.locator(".dl-check").click()
    answer.get_by_role("button", name="Load it").click()
    answer.locator(".dl-feedback").wait_for(timeout=STARTS)
    assert "Is there a connection?" in said(answer)


@pytest.mark.parametrize("missing", ["bundle.js", "pyodide.asm.wasm", "numpy", "dlmath"])
@pytest.mark.parametrize("place", ["disk", "server"])
def test_a_file_that_is_missing_is_named(visit, bundled, tmp_path, missing, place):
    copied(bundled, tmp_path)
    for file in (tmp_path / "_static/python").glob(f"{missing}*"):
        file.unlink()
    with serving(tmp_path) as origin:
        address = tmp_path.as_uri() if place == "disk" else origin
        text = verdict(exercise(visit(f"{address}/{PAGE}"), "tanh-layer-backward"))
    assert re.search(rf"{re.escape(missing)}.* of this book is missing .* Copy the whole folder", text), text


def test_an_answer_reaches_neither_page_nor_network_nor_storage(visit, address):
    tab = visit(address)
    answer = exercise(tab, "tanh-layer-backward")
    attempt = f"""import js
from pyodide.code import run_js
def tried(code):
    try:
        return str(run_js(code))
    except BaseException as error:
        return type(error).__name__
print(tried("new XMLHttpRequest().open('GET', 'https://example.org/', false)") or "?")
print(tried("const x = new XMLHttpRequest(); x.open('GET', '{address}', false); x.send(); x.responseText.length"))
print(tried("indexedDB.open('x'); 'opened'"))
print(tried("typeof document + typeof localStorage + typeof window"))
print(tried("origin"))
run_js("port.postMessage({{id: 1, result: {{state: 'solved', message: 'a <img src=x onerror=alert(1)> b'}}}})")
"""
    verdict(answer, attempt + RIGHT)
    printed = answer.locator("pre").all_inner_texts()
    lines = printed[0].splitlines() if printed else []
    if lines:
        assert lines[1:] == ["JsException", "JsException", "undefinedundefinedundefined", "null"]
    assert answer.locator("img").count() == 0
    outside = [url for url in tab.requests if "example.org" in url]
    assert outside == []


OWN = "chapters/appendix/my-work.html"


def test_own_work_is_ticked_saved_read_and_deleted(visit, bundled, from_disk, tmp_path):
    tab = visit(from_disk)
    count = len(chapters()["equations/backpropagation"].exercises)
    verdict(exercise(tab, "tanh-layer-backward"), RIGHT)
    exercise(tab, "first-signal").locator("textarea").fill("# begun")
    assert tab.locator(".bd-sidebar-primary .dl-tick").all_inner_texts() == [f"1/{count}"]
    tab.goto(f"{bundled.as_uri()}/index.html")
    assert set(tab.locator("article .dl-tick").all_inner_texts()) == {f"1/{count}"}

    tab.goto(f"{bundled.as_uri()}/{OWN}")
    state = tab.locator(".dl-state[data-exercise='tanh-layer-backward']")
    state.get_by_text("solved").wait_for()
    with tab.expect_download() as download:
        tab.get_by_role("button", name="the notebook equations-backpropagation.ipynb").click()
    download.value.save_as(tmp_path / "handed-in.ipynb")
    sources = sources_by_place(json.loads((tmp_path / "handed-in.ipynb").read_text(encoding="utf-8")))
    assert sources["tanh-layer-backward-answer"] == RIGHT
    assert sources["first-signal-answer"] == "# begun"
    assert sources["first-of-two-weights-answer"] == find("first-of-two-weights").stub
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Save to a file").click()
    download.value.save_as(tmp_path / "answers.json")

    tab.on("dialog", lambda dialog: dialog.accept())
    tab.get_by_role("button", name="Delete all").click()
    assert state.inner_text() == "open"
    assert tab.locator(".dl-tick").count() == 0

    elsewhere = visit(f"{bundled.as_uri()}/{OWN}")
    elsewhere.locator("input[type=file]").set_input_files(tmp_path / "answers.json")
    elsewhere.get_by_text("2 answers were taken").wait_for()
    assert elsewhere.locator(".dl-state[data-state='solved']").count() == 1
    elsewhere.goto(from_disk)
    assert exercise(elsewhere, "first-signal").locator("textarea").input_value() == "# begun"


@pytest.mark.parametrize(
    "content", ["", "[]", '{"format": "dlmath answers 1"}', '{"format": "dlmath answers 1", "answers": {"x": null}}']
)
def test_a_file_of_something_else_changes_nothing(visit, bundled, tmp_path, content):
    (tmp_path / "other.json").write_text(content, encoding="utf-8")
    tab = visit(f"{bundled.as_uri()}/{OWN}")
    tab.locator("input[type=file]").set_input_files(tmp_path / "other.json")
    tab.get_by_text("This is no file of answers").wait_for()
    assert tab.locator(".dl-state:not([data-state='open'])").count() == 0


def sources_by_place(notebook):
    return {cell["metadata"]["nbgrader"]["grade_id"]: cell["source"] for cell in notebook["cells"]}


def test_the_notebook_is_the_assignment(bundled):
    """What is handed in has the cells of what was handed out, with the same marks."""
    text = (bundled / OWN).read_text(encoding="utf-8")
    (data,) = re.findall(r'id="dl-assignments">(.*?)</script>', text, flags=re.S)
    for assignment in json.loads(data):
        chapter = chapters()[assignment["page"].removeprefix("chapters/")]
        handed_out = generate.notebook(chapter, {each.name: each.points for each in chapter.exercises})
        marks = [cell.metadata.nbgrader for cell in handed_out.cells]
        assert [cell["metadata"]["nbgrader"] for cell in assignment["notebook"]["cells"]] == marks
        assert "SOLUTION" not in json.dumps(assignment)
        assert "HIDDEN" not in json.dumps(assignment)


def test_a_cell_of_ones_own(visit, from_disk):
    tab = visit(from_disk)
    cell = tab.locator(".dl-scratch")

    def run(code):
        cell.locator("textarea").fill(code)
        cell.locator(".dl-check").click()
        cell.locator(".dl-verdict > *").first.wait_for(timeout=STARTS)
        return cell.locator(".dl-verdict").inner_text().strip()

    assert run("x = 7 * 6\nprint('so far')\nx").split() == ["so", "far", "42"]
    assert run("str(x)") == "'42'", "what one run defines is there in the next"
    assert "ZeroDivisionError" in run("1 / 0")
    assert run("import sympy\nsympy.diff(sympy.Symbol('z')**3)") == "3*z**2"
    assert "4.0" in run("losses.mse([[1.0]], [[3.0]])")
    run("import matplotlib.pyplot as plt\nplt.plot([1, 2])\nNone")
    assert cell.locator("img").evaluate("image => image.decode().then(() => image.naturalWidth)") > 100


def test_a_check_is_repeated_with_new_numbers(visit, from_disk):
    tab = visit(from_disk)
    box = tab.locator("div.cell:has(#equation-backprop-recursion)")

    def repeated():
        box.get_by_role("button", name="run this check here").click()
        box.locator(".dl-feedback").wait_for(timeout=STARTS)
        text = said(box)
        assert "✓ SymPy's derivative = formula = dlmath.layers.affine_backward = complex step" in text
        return re.search(r"from seed (\d+)", text)[1]

    assert repeated() != repeated()


ASK_SCRATCH = """code => dlPython.ask("scratch", [code],
    {prepare: "scratch_prepared", tell() {}, signal: new AbortController().signal})"""


def test_a_cell_and_a_check_can_be_stopped(visit, from_disk):
    tab = visit(from_disk)
    cell = tab.locator(".dl-scratch")
    cell.locator("textarea").fill("while True: pass")
    cell.locator(".dl-check").click()
    cell.get_by_text("Running").wait_for(timeout=STARTS)
    cell.get_by_role("button", name="Stop").click()
    cell.get_by_text("Stopped. What was defined is lost.").wait_for()
    line = tab.locator("div.cell:has(#equation-backprop-recursion) .dl-recheck")
    stop = line.get_by_role("button", name="Stop")
    assert not stop.is_visible()
    line.get_by_role("button", name="run this check here").click()
    stop.click()
    line.get_by_text("Stopped.").wait_for()
    assert not stop.is_visible()


RECORDED = runpy.run_path(str(ROOT / "tests/exercises/test_answers.py"))


ODD = {
    Coding: [
        "None",
        "lambda *arguments: None",
        "lambda *arguments: 'text'",
        "lambda *arguments: arguments",
        "lambda *arguments: np.full((7, 7), np.nan)",
    ],
    Derivation: ["None", "'text'", "[1, 2]", "sp.nan", "sp.Symbol('another')", "lambda: 0"],
}
"""What answers may be besides right and wrong."""


def answers():
    """The reference of every exercise, its stub, all recorded wrong answers and odd ones, as they would be typed."""
    for name, found in exercises().items():
        yield name, found.solution_code
        yield name, found.stub
        yield from ((name, written(found, source)) for source in ODD.get(type(found), ["None", "'text'"]))
    for name, source, *_ in RECORDED["WRONG"]:
        code = written(find(name), changed(*source) if isinstance(source, tuple) else source)
        if "np.random" not in code:  # which answers differently each time
            yield name, code


def written(exercise, source):
    """The code of an answer whose source is a function or a value."""
    if source.startswith("def"):
        return source
    given = f"{exercise.given}\n\n" if isinstance(exercise, Derivation) else ""
    return f"{given}{exercise.answer} = ({source})"


COUNTED = """
import itertools
from dlmath.exercises import nearby
nearby.SECONDS, nearby.clock = 100, itertools.count().__next__
"""
"""The versions of a solution that are tried are counted, so that the same are tried on any machine."""


def test_the_verdicts_are_those_of_the_notebook(visit, from_disk, monkeypatch):
    tab = visit(from_disk)
    ask = """([name, code]) => dlPython.ask("checked", [name, code],
        {prepare: "prepared", tell() {}, signal: new AbortController().signal})"""
    assert tab.evaluate(ASK_SCRATCH, COUNTED)["error"] == ""
    for attribute in ("SECONDS", "clock"):
        monkeypatch.setattr(nearby, attribute, None)  # so that they are put back
    monkeypatch.setattr(nearby, "_found", {})
    exec(COUNTED)
    engine._said.clear()  # in the new worker nothing was said before, either
    different = []
    for name, code in answers():
        python.prepared(name, code)
        here, there = python.checked(name, code), tab.evaluate(ask, [name, code])
        told = [of_no_version(each.get("message", "")).split("It was called with")[0] for each in (here, there)]
        # The warning of a single number: NumPy gives none in the browser, where arrays alone can be watched.
        same = told[0] == told[1] or "encountered in scalar" in told[0]
        if not same or here["state"] != there.get("state"):
            different.append((name, code, here, there))
    assert not different, f"{len(different)} differ, such as {different[:3]}"


COMPARE = """
import base64, pickle
def compare(name, expected):
    there = [Result(*each) for each in pickle.loads(base64.b64decode(expected))]
    print(*differences(results(name), there), sep="\\n", end="")
"""


def test_every_public_function_computes_what_it_computes_here(visit, from_disk):
    """Its example, and numbers of every size: some 15,000 calls, each within 1e-12 of its largest number."""
    tab = visit(from_disk)

    def run(code):
        result = tab.evaluate(ASK_SCRATCH, code)
        assert result.get("error") == "", result
        return result["printed"]

    def different(name):
        expected = base64.b64encode(pickle.dumps([tuple(result) for result in examples.results(name)])).decode()
        return run(f"compare({name!r}, {expected!r})")

    run((ROOT / "tests/examples.py").read_text(encoding="utf-8") + COMPARE)
    assert {name: text for name in examples.CALLS if (text := different(name))} == {}
    run(
        "import functools\ntrue = dlmath.losses.mse\n"
        "dlmath.losses.mse = functools.wraps(true)(lambda *arguments: true(*arguments) * (1 + 1e-11))"
    )
    assert different("losses.mse"), "the comparison notices what is wrong in the eleventh digit"


def test_the_search_for_a_slip_has_a_clock(visit, from_disk):
    """Without one it goes through all versions of a solution, which takes minutes."""
    tab = visit(from_disk)
    code = (
        "from dlmath.exercises import nearby\nbegin = nearby.clock()\nsum(range(10**6))\nnearby.clock() - begin > 0.001"
    )
    result = tab.evaluate(ASK_SCRATCH, code)
    assert result["printed"] == "True\n"


def test_the_wheel_in_the_book_is_of_this_tree(bundled, root):
    (wheel,) = (bundled.parent / "python").glob("dlmath-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        assert archive.read("dlmath/exercises/page.py") == (root / "dlmath/exercises/page.py").read_bytes()
