"""The chapters as they are stored: clean, valid, formatted, and all in the book."""

import subprocess
import sys

import nbformat
import pytest


def read(root, notebook):
    return nbformat.read(root / notebook, as_version=nbformat.NO_CONVERT)


def test_is_stored_without_outputs_and_execution_counts(root, notebook):
    cells = read(root, notebook).cells
    dirty = [
        f"cell {number} has {', '.join(what)}: {cell.source[:60]!r}"
        for number, cell in enumerate(cells)
        if cell.cell_type == "code"
        for what in [
            ["outputs"] * bool(cell.outputs)
            + ["an execution count"] * (cell.execution_count is not None)
            + ["execution times"] * ("execution" in cell.metadata)
        ]
        if what
    ]
    if dirty:
        pytest.fail(f"{notebook} is not stripped:\n" + "\n".join(dirty), pytrace=False)


def test_is_a_valid_notebook_of_the_python_kernel(root, notebook):
    content = read(root, notebook)
    nbformat.validate(content)
    assert content.metadata.kernelspec.name == "python3"
    assert "widgets" not in content.metadata
    ids = [cell.id for cell in content.cells]
    assert len(set(ids)) == len(ids)


def test_is_in_the_table_of_contents(notebook, pages):
    assert notebook.removesuffix(".ipynb") in pages, f"{notebook} is in no chapter of _toc.yml"


def test_is_deterministic(root, notebook):
    """Randomness comes from a generator with a seed."""
    for cell in read(root, notebook).cells:
        if cell.cell_type == "code":
            assert "default_rng()" not in cell.source, f"{notebook} draws without a seed:\n{cell.source}"
            assert "np.random.seed" not in cell.source, f"{notebook} seeds NumPy's global state:\n{cell.source}"


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=" ".join)
def test_cells_pass_ruff(root, command):
    result = subprocess.run(
        [sys.executable, "-m", "ruff", *command, "chapters"],
        cwd=root,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 0, f"ruff {' '.join(command)} chapters:\n{result.stdout}{result.stderr}"
