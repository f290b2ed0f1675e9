"""Execute the chapters in parallel before Sphinx reads them, and never show a page that an older dlmath computed.

Jupyter Book executes notebooks one after another, and its cache is keyed on a notebook's code, not on the package that the
code imports. This extension runs every chapter that is not in the cache in a thread of its own, with its kernel, and
empties the cache when the package, Python or a library it computes with has changed.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import platform
import re
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn, JupyterCacheAbstract
from jupyter_cache.executors.utils import ExecutionResult, single_nb_execution
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ExtensionError
from sphinx.util import logging

logger = logging.getLogger(__name__)

COMPUTED_WITH = ("numpy", "sympy", "matplotlib", "ipywidgets")


def setup(app: Sphinx) -> dict[str, bool]:
    # The kernels inherit these: figures know that they are computed for the book, and kernels do not fight for cores.
    os.environ["DLMATH_BOOK"] = "1"
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    app.connect("env-get-outdated", execute_chapters)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def execute_chapters(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Bring the cache up to date, and tell Sphinx which pages show other results than before."""
    cache = fresh_cache(Path(env.mystnb_config.execution_cache_path))
    chapters = {docname: Path(env.doc2path(docname)) for docname in sorted(env.found_docs)}
    notebooks = {
        docname: nbformat.read(path, as_version=4) for docname, path in chapters.items() if path.suffix == ".ipynb"
    }
    stale = {docname: notebook for docname, notebook in notebooks.items() if not is_cached(cache, notebook)}
    if not stale:
        return []
    logger.info("executing %d of %d chapters", len(stale), len(notebooks))
    start, failures = time.perf_counter(), []
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        futures = {
            pool.submit(execute, notebook, chapters[docname], env.mystnb_config.execution_timeout): docname
            for docname, notebook in stale.items()
        }
        for done, future in enumerate(as_completed(futures), start=1):
            docname, result = futures[future], future.result()
            logger.info("[%d/%d] %-44s %5.1f s%s", done, len(stale), docname, result.time, " FAILED" * bool(result.err))
            if result.err:
                failures.append(f"{docname}:\n{without_colour(str(result.err))}")
            else:
                bundle = CacheBundleIn(result.nb, str(chapters[docname]), data={"execution_seconds": result.time})
                cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
    if failures:
        raise ExtensionError("chapters that failed:\n\n" + "\n\n".join(failures))
    logger.info("executed %d chapters in %.1f s", len(stale), time.perf_counter() - start)
    return sorted(stale)


def fresh_cache(path: Path) -> JupyterCacheAbstract:
    """Open the cache, emptied if what the chapters compute with has changed since it was filled."""
    cache = get_cache(path)
    cache.list_cache_records()  # creates the tables, which threads must not race for
    stamp, fingerprint = path / "computed-with", computed_with()
    if not stamp.exists() or stamp.read_text() != fingerprint:
        cache.clear_cache()
        cache.list_cache_records()
        stamp.write_text(fingerprint)
    return cache


def computed_with() -> str:
    """A fingerprint of the package's source and of the versions it runs on."""
    package = Path(importlib.util.find_spec("dlmath").origin).parent
    digest = hashlib.sha256()
    for file in sorted(package.rglob("*")):
        if file.is_file() and "__pycache__" not in file.parts:
            digest.update(str(file.relative_to(package)).encode() + b"\0" + file.read_bytes())
    versions = [f"{name} {importlib.metadata.version(name)}" for name in COMPUTED_WITH]
    return "\n".join([digest.hexdigest(), f"python {platform.python_version()}", *versions])


def is_cached(cache: JupyterCacheAbstract, notebook: nbformat.NotebookNode) -> bool:
    try:
        cache.match_cache_notebook(notebook)
    except KeyError:
        return False
    return True


def execute(notebook: nbformat.NotebookNode, path: Path, timeout: int) -> ExecutionResult:
    return single_nb_execution(notebook, cwd=str(path.parent), timeout=timeout, allow_errors=False)


def without_colour(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
