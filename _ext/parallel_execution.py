"""Execute the chapters in parallel before Sphinx reads them, and never show a page that an older dlmath computed.

Jupyter Book executes notebooks one after another, and its cache is keyed on a notebook's code, not on the package that
the code imports. This extension runs every chapter that is not in the cache in a thread of its own, with its kernel,
and empties the cache when the package, Python or a library it computes with has changed. It also keeps a build that had
a warning from passing for a clean one the next time, and deletes the pages of chapters that are gone.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import importlib.util
import os
import platform
import re
import shutil
import threading
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path

import nbformat
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn, JupyterCacheAbstract
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from sphinx.application import ENV_PICKLE_FILENAME, Sphinx
from sphinx.environment import BuildEnvironment

COMPUTED_WITH = ("numpy", "sympy", "matplotlib", "ipywidgets")


def setup(app: Sphinx) -> dict[str, bool]:
    # The kernels inherit these: figures know that they are computed for the book, and kernels do not fight for cores.
    os.environ["DLMATH_BOOK"] = "1"
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    app.connect("env-get-outdated", execute_chapters)
    app.connect("env-updated", refresh_navigation)
    app.connect("build-finished", finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def execute_chapters(
    app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]
) -> list[str]:
    """Bring the cache up to date, and tell Sphinx which pages show other results than before."""
    cache = fresh_cache(Path(env.mystnb_config.execution_cache_path))
    paths = {docname: Path(env.doc2path(docname)) for docname in sorted(env.found_docs)}
    notebooks = {
        docname: nbformat.read(path, as_version=4) for docname, path in paths.items() if path.suffix == ".ipynb"
    }
    stale = {docname: notebook for docname, notebook in notebooks.items() if not is_cached(cache, notebook)}
    env.executed = sorted(stale)  # for the extensions that read the results
    if not stale:
        return []
    # If this build ends early, the next one must read all pages: what it finds in the cache is newer than they are.
    forget_environment(app)
    workers = max(2, os.cpu_count() or 1)
    print(f"executing {len(stale)} of {len(notebooks)} chapters, {min(workers, len(stale))} at a time", flush=True)
    start, failures, done = time.perf_counter(), [], 0
    executions = Executions(env.mystnb_config.execution_timeout)
    with ThreadPoolExecutor(workers) as pool:
        futures = {pool.submit(executions.run, stale[docname], paths[docname]): docname for docname in stale}
        try:
            for future in as_completed(futures):
                docname, done = futures[future], done + 1
                seconds, error = future.result()
                verdict = f"{seconds:5.1f} s" if error is None else "FAILED"
                print(f"[{done:{len(str(len(stale)))}}/{len(stale)}] {docname:<44} {verdict}", flush=True)
                if error is None:
                    bundle = CacheBundleIn(stale[docname], str(paths[docname]), data={"execution_seconds": seconds})
                    cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
                else:
                    failures.append(f"{docname}:\n{error}")
        except KeyboardInterrupt:
            executions.stop(futures)
            raise SystemExit("interrupted") from None
    if failures:
        # Not an exception of Sphinx: that would bury the message under a traceback of the builder.
        raise SystemExit("\nchapters that failed:\n\n" + "\n\n".join(failures))
    print(f"executed {len(stale)} chapters in {time.perf_counter() - start:.1f} s", flush=True)
    return sorted(stale)


class Executions:
    """Notebooks that are being executed, each by a kernel of its own, and the way to stop them."""

    def __init__(self, timeout: int) -> None:
        self.timeout = timeout
        self.running: set[NotebookClient] = set()
        self.stopped = threading.Event()

    def run(self, notebook: nbformat.NotebookNode, path: Path) -> tuple[float, str | None]:
        """Execute a notebook in place; return the seconds it took, and its error if it failed."""
        client = NotebookClient(
            notebook,
            timeout=self.timeout,
            resources={"metadata": {"path": str(path.parent)}},
            on_cell_start=self.refuse_if_stopped,
            record_timing=False,  # times in the cells would change the key under which the cache finds them
            extra_arguments=["--log-level=ERROR"],  # a kernel on this machine need not warn of eavesdroppers
        )
        start, error = time.perf_counter(), None
        self.running.add(client)
        try:
            client.execute()
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as failure:
            error = without_colour(str(failure))
        finally:
            self.running.discard(client)
        return time.perf_counter() - start, error

    def refuse_if_stopped(self, **cell: object) -> None:
        if self.stopped.is_set():
            raise DeadKernelError("stopped")

    def stop(self, futures: Iterable[Future]) -> None:
        """Let nothing start any more, and end the kernels that run: they do not hear Ctrl-C themselves."""
        self.stopped.set()
        for future in futures:
            future.cancel()
        for client in list(self.running):
            if client.km is not None and client.km.has_kernel:
                client.km.provisioner.process.kill()


def fresh_cache(path: Path) -> JupyterCacheAbstract:
    """Open the cache, emptied if what the chapters compute with has changed since it was filled."""
    cache = get_cache(path)
    cache.list_cache_records()  # creates the tables
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


def refresh_navigation(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Write all pages anew when a title has changed: every page shows it in its sidebar."""
    titles = {docname: title.astext() for docname, title in env.titles.items()}
    before, env.titles_in_navigation = getattr(env, "titles_in_navigation", titles), titles
    if titles == before:
        return []
    shutil.rmtree(Path(app.outdir, "_modules"), ignore_errors=True)  # the sources of the package, which have it too
    return sorted(env.found_docs)


def finish(app: Sphinx, error: Exception | None) -> None:
    """After a build that had warnings, read everything again the next time; after a clean one, delete what is gone."""
    if error is not None or app._warncount:
        forget_environment(app)  # else the next build would read nothing, warn of nothing and pass
        return
    for folder, suffix in (("chapters", ".html"), ("_sources/chapters", ".ipynb"), ("_sources/chapters", ".md")):
        for page in Path(app.outdir, folder).rglob(f"*{suffix}"):
            chapter = page.relative_to(Path(app.outdir, folder).parent).with_suffix("").as_posix()
            if chapter not in app.env.found_docs:
                page.unlink()


def forget_environment(app: Sphinx) -> None:
    Path(app.doctreedir, ENV_PICKLE_FILENAME).unlink(missing_ok=True)


def without_colour(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)
