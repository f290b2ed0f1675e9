"""What a page asks of Python, asked here: the words it gets, and what an answer leaves behind."""

import builtins
import subprocess
import sys
import types
import xml.etree.ElementTree as ET
import zipfile

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from support import chapter_files

import dlmath
from dlmath import verify
from dlmath.exercises import check, page, running
from dlmath.exercises.definition import Coding, Derivation, exercises
from dlmath.exercises.slicing import needed

CODING = "def mse_gradient(predictions, targets):\n    return 2 * (predictions - targets) / len(predictions)\n"


@pytest.mark.parametrize("name", exercises())
def test_every_reference_is_solved_and_every_stub_is_open(name):
    exercise = exercises()[name]
    solved = page.checked(name, exercise.solution_code)
    namespace = page.new_namespace()
    exec(exercise.solution_code, namespace)
    assert solved == {"state": "solved", "message": check(name, namespace[exercise.answer]).message, "printed": ""}
    assert page.checked(name, exercise.stub)["state"] == "open"


def test_what_is_printed_beside_the_function_is_shown():
    assert page.checked("mse-gradient", f"print('here')\n{CODING}")["printed"] == "here\n"
    much = page.checked("mse-gradient", f"print('x' * 10**7)\n{CODING}")["printed"]
    assert len(much) < 2 * page.MOST_PRINTED
    assert "characters more" in much


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("def mse_gradient(p, t:\n    return 1", "Python cannot read line 1, `def mse_gradient(p, t:`"),
        ("", "does not define `mse_gradient`"),
        (CODING.replace("mse_gradient", "other"), "does not define `mse_gradient`"),
        (f"{CODING}\nmissing", "Your code raised `NameError: name 'missing' is not defined` in the line `missing`"),
        (f"{CODING}\nexit()", "Your code raised `SystemExit"),
        (f"input('?')\n{CODING}", "nobody is there to answer"),
        ("mse_gradient = mse_gradient", "NameError"),
        ("x = 1\n  y = 2", "Python cannot read line 2, `y = 2`: unexpected indent."),
        ("\0", "Python cannot read"),
    ],
)
def test_code_that_does_not_get_to_its_end(code, words):
    found = page.checked("mse-gradient", code)
    assert found["state"] == "wrong"
    assert words in found["message"]


def test_an_answer_leaves_nothing_behind():
    code = "import builtins, numpy\nbuiltins.len = lambda x: 1\nbuiltins.new = 1\nnumpy.sum = None\n"
    assert page.checked("mse-gradient", code + CODING)["state"] in ("solved", "wrong")
    assert len([1, 2]) == 2
    assert not hasattr(builtins, "new")
    assert np.sum([1, 2]) == 3
    assert page.checked("mse-gradient", CODING)["state"] == "solved"


def test_a_coding_exercise_loads_one_chapter_and_no_sympy():
    code = (
        "import sys; from dlmath.exercises import page; page.prepared('mse-gradient', ''); "
        f"assert page.checked('mse-gradient', {CODING!r})['state'] == 'solved'; "
        "print([m for m in sys.modules if m in ('sympy', 'matplotlib', 'IPython')], "
        "[m for m in sys.modules if m.startswith('exercises.') and m.count('.') == 2])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8")
    assert done.stdout.strip() == "[] ['exercises.math.loss']", done.stderr


def test_the_time_is_up_in_the_words_of_the_checker():
    """The page ends Python itself; what it says then is what the checker would have said."""

    def never(predictions, targets):
        while True:
            pass

    late = page.prepared("mse-gradient", "")
    assert late["late"] == check("mse-gradient", never, seconds=0.2).message.replace("0.2", f"{late['seconds']:g}")
    (derivation, *_) = [each.name for each in exercises().values() if isinstance(each, Derivation)]
    assert "could not be computed in 10 seconds" in page.prepared(derivation, "")["late"]
    assert isinstance(exercises()["mse-gradient"], Coding)


def test_a_library_is_unpacked_when_it_is_imported(tmp_path, monkeypatch):
    with zipfile.ZipFile(tmp_path / "packed.whl", "w") as archive:
        archive.writestr("packed_library/__init__.py", "from packed_library.inside import value")
        archive.writestr("packed_library/inside.py", "value = 42")
    monkeypatch.syspath_prepend(tmp_path / "site")
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    page.unpack_when_imported({"packed_library": str(tmp_path / "packed.whl")}, str(tmp_path / "site"))
    assert not (tmp_path / "site").exists()
    assert page.run("import packed_library; packed_library.value", {}) == ("42\n", None)
    assert (tmp_path / "site/packed_library").is_dir()


def test_the_page_counts_the_time_of_the_answer_alone(monkeypatch):
    """Without threads, as in a browser: whatever is inside of what counts is not counted again."""
    told = []
    monkeypatch.setattr(running, "CAN_FORK", False)
    monkeypatch.setattr(running.threading.Thread, "start", lambda thread: (_ for _ in ()).throw(RuntimeError("none")))
    monkeypatch.setattr(running, "time_counts", told.append)
    assert running.within(1.0, lambda: running.within(1.0, lambda: 6 * 7)) == 42
    assert told == [True, False]
    with pytest.raises(ZeroDivisionError):
        running.within(1.0, lambda: 1 / 0)
    assert told == 2 * [True, False]
    told.clear()
    assert page.checked("mse-gradient", CODING)["state"] == "solved"
    assert told == 2 * [True, False], "once for the cell, once for the function"


@pytest.mark.parametrize(
    ("cells", "code", "expected"),
    [
        (["x = 1", "x = 2", "print(x)"], "x", "x = 2"),
        (["x = [1]", "x[0] = 5", "y = 1"], "x", "x = [1]\nx[0] = 5"),
        (["x = 1", "x += 1"], "x", "x = 1\nx += 1"),
        (["import a, b", "from c import d, e as f"], "b + f", "import b\nfrom c import e as f"),
        (["%time 1", "x = 1"], "x", "x = 1"),
        (["x = 1", "y = [x for x in range(3)]"], "y", "y = [x for x in range(3)]"),
        (
            ["def f():\n    return g()", "def g():\n    return 1"],
            "f()",
            "def f():\n    return g()\ndef g():\n    return 1",
        ),
        (["x = 0", "for i in range(3):\n    x = x + i"], "x", "x = 0\nfor i in range(3):\n    x = x + i"),
        (["x, y = (1, 2)", "z = lambda: y"], "z()", "x, y = (1, 2)\nz = lambda: y"),
        (["x = 1"], "y", ""),
    ],
)
def test_what_is_needed_of_other_cells(cells, code, expected):
    assert needed(cells, code) == expected


@pytest.mark.parametrize("file", chapter_files(), ids=lambda file: file.stem)
def test_the_first_certificate_of_every_chapter_is_repeated_alone(file):
    cells = [cell.source for cell in nbformat.read(file, 4).cells if cell.cell_type == "code"]
    at = next((index for index, code in enumerate(cells) if code.startswith("certify(")), None)
    if at is None:
        return
    one, other = (page.certified(cells[:at], cells[at]) for _ in range(2))
    assert one["state"] == other["state"] == "solved", one["message"]
    assert "✓" in one["message"]
    assert one["message"] != other["message"], "with other random numbers"


def test_a_wrong_formula_does_not_pass():
    file = next(file for file in chapter_files() if file.stem == "loss")
    cells = [cell.source for cell in nbformat.read(file, 4).cells if cell.cell_type == "code"]
    at = next(index for index, code in enumerate(cells) if code.startswith("certify(") and "2 /" in code)
    found = page.certified(cells[:at], cells[at].replace("2 /", "3 /"))
    assert found["state"] == "wrong"
    assert "does not hold" in found["message"]


@pytest.fixture
def scratch(monkeypatch):
    monkeypatch.setattr(page, "SCRATCH", {})
    plt.close("all")
    return page.scratch


def test_a_cell_of_the_reader_s_own_shows_what_it_prints_its_error_and_its_figures(scratch):
    assert scratch("print('here')\n1 + 1") == {"printed": "here\n2\n", "error": "", "figures": []}
    failed = scratch("print('so far')\n1 / 0")
    assert failed["printed"] == "so far\n"
    assert failed["error"].startswith("Your code raised `ZeroDivisionError: division by zero` in the line `1 / 0`.")
    two = "import matplotlib.pyplot as plt\nfor c in ('red', 'lime'):\n    plt.figure(facecolor=c)\n"
    for code, error in ((two, ""), (two + "missing", "NameError")):
        shown = scratch(code)
        assert error in shown["error"]
        assert bool(error) == bool(shown["error"])
        for figure, colour in zip(shown["figures"], ("#ff0000", "#00ff00"), strict=True):
            assert ET.fromstring(figure).tag == "{http://www.w3.org/2000/svg}svg"
            assert colour in figure
        assert scratch("plt.get_fignums()") == {"printed": "[]\n", "error": "", "figures": []}


def test_what_a_cell_of_the_reader_s_own_defines_is_kept(scratch):
    assert scratch("x = np.arange(3)\nnp = None")["error"] == ""
    assert scratch("len(x), np, dlmath.losses is losses")["printed"] == "(3, None, True)\n"
    assert scratch("__name__")["printed"] == "'__main__'\n"


def test_the_page_tells_how_long_code_may_run(scratch, monkeypatch):
    told = page.scratch_prepared("")
    assert told == {
        "seconds": 60,
        "late": "Your code was still running after 60 seconds and was stopped. What it defined is lost.",
    }
    assert page.certificate_prepared([], "") == {
        "seconds": 120,
        "late": "The check was still running after 120 seconds and was stopped.",
    }
    monkeypatch.setattr(page, "SCRATCH_SECONDS", 0.3)
    assert "after 0.3 seconds" in scratch("while True:\n    pass")["error"]
    assert "after 0.2 seconds" in page.run("while True:\n    pass", {}, 0.2)[1]
    lasting = "import time\ntime.sleep(1)\n1"
    monkeypatch.setattr(page, "SCRATCH_SECONDS", 60)
    assert scratch(lasting)["printed"] == "1\n"


def test_a_value_in_the_last_line_is_printed():
    for code, printed in (
        ("3", "3\n"),
        ("'a'", "'a'\n"),
        ("None", ""),
        ("...", ""),
        ("", ""),
        ("x = 3", ""),
        ("0", "0\n"),
    ):
        assert page.run(code, {}) == (printed, None)
    assert page.run("import sys\nprint('a')\nprint('b', file=sys.stderr)\n'c'", {}) == ("a\nb\n'c'\n", None)


def test_only_so_much_is_shown_of_what_is_printed():
    most = page.MOST_PRINTED
    assert page.run(f"print('x' * {most - 1})", {}) == ("x" * (most - 1) + "\n", None)
    assert page.run(f"print('x' * {most}, end='')", {}) == ("x" * most, None)
    for code in (
        f"print('x' * {most + 3000}, end='')",
        f"for i in range({most // 1000 + 3}):\n    print('x' * 1000, end='')",
    ):
        assert page.run(code, {}) == ("x" * most + "\n… and 3,000 characters more", None)
    assert page.run("import sys\nsys.stdout.write('x' * 10**5)", {})[0].endswith("characters more")


def test_how_deep_a_function_may_call_itself_is_afterwards_as_it_was():
    depth = sys.getrecursionlimit()
    assert page.run(f"import sys\nsys.setrecursionlimit({depth + 500})\nsys.getrecursionlimit()", {}) == (
        f"{depth + 500}\n",
        None,
    )
    assert sys.getrecursionlimit() == depth


def test_what_code_has_without_importing_it():
    names = page.new_namespace()
    assert names["np"] is np
    assert names["dlmath"] is dlmath
    assert names["losses"] is dlmath.losses
    assert names["__name__"] == "__main__"
    assert names is not page.new_namespace()


def test_an_unknown_exercise_is_named():
    with pytest.raises(ValueError, match="name must be that of an exercise, got 'mse'"):
        page.checked("mse", "")


class TestCertified:
    """What the page makes of a certificate, whatever the certificate is of."""

    @pytest.fixture
    def seeds(self, monkeypatch):
        seeds = []

        def says_nothing(silent, seed=0):
            seeds.append(seed)
            if len(seeds) <= silent:
                raise ValueError(f"draw {len(seeds)} says nothing.")
            return types.SimpleNamespace(summary=lambda: "✓ holds", details=lambda: "In detail.")

        monkeypatch.setattr(verify, "certify", says_nothing)
        return seeds

    CODE = "from dlmath.verify import certify\ncertify(silent)"

    def test_draws_that_say_nothing_are_drawn_again(self, seeds):
        found = page.certified(["silent = 4"], self.CODE)
        assert found == {"state": "solved", "message": f"✓ holds\n\nIn detail. Drawn anew, from seed {seeds[-1]}."}
        assert len(set(seeds)) == len(seeds) == 5

    def test_if_no_draw_says_anything_it_is_told(self, seeds):
        found = page.certified(["silent = 100"], self.CODE)
        assert found["state"] == "wrong"
        assert found["message"].startswith("The check did not pass here. ")
        assert "draw 5 says nothing" in found["message"]
        assert len(seeds) == page.DRAWN_AGAIN

    def test_several_certificates_are_told_one_after_the_other(self, seeds):
        found = page.certified(["silent = 0"], f"{self.CODE}; certify(silent)")
        told = [f"✓ holds\n\nIn detail. Drawn anew, from seed {seed}." for seed in seeds]
        assert found == {"state": "solved", "message": "\n\n".join(told)}
        assert len(told) == 2

    def test_the_function_is_afterwards_as_it_was(self, seeds):
        before = verify.certify
        page.certified([], "1 / 0")
        page.certified(["silent = 0"], self.CODE)
        assert verify.certify is before
