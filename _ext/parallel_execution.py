"""Execute the chapters in parallel before Sphinx reads them, and let no page be older than what it shows.

Jupyter Book executes notebooks one after another, and its cache is keyed on a notebook's code, not on what that code
imports. This extension runs each chapter that has no result of its present code, package and exercises in a thread of
its own, with its kernel, and then emits ``chapters-executed`` with all of them. A page is read again when the file
changes that it recalled something from, and written again when anything changes that it may show of another page. A
build that did not come to a clean end leaves nothing to the next one but the results of the chapters that ran.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import functools
import hashlib
import importlib.metadata
import importlib.util
import json
import logging
import os
import platform
import re
import shutil
import signal
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
from docutils import nodes
from forking import ForkServer
from jupyter_cache import get_cache
from jupyter_cache.base import CacheBundleIn, JupyterCacheAbstract
from myst_nb.sphinx_ext import OUTPUT_FOLDER as IMAGES
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.ext.viewcode import OUTPUT_DIRNAME as SOURCES
from sphinx.util.logging import getLogger
from sphinx_external_toc.api import GlobItem
from sphinx_external_toc.parsing import parse_toc_yaml

COMPUTED_WITH = ("numpy", "sympy", "matplotlib", "ipywidgets")
MORE_TIME = "A slow or busy machine needs more: make book CELL_SECONDS=600 (the usual limit is timeout in _config.yml)."

logger = getLogger(__name__)


class Chapter(NamedTuple):
    """A chapter as it is written, as it was executed, and when."""

    docname: str
    source: nbformat.NotebookNode
    executed: nbformat.NotebookNode
    date: str

    @property
    def title(self) -> str:
        """The first heading. A link in a heading needs it: the contents repeat the heading, but not as a link."""
        text = "\n".join(cell.source for cell in self.source.cells if cell.cell_type == "markdown")
        heading = re.search(r"^# (.+)$", text, flags=re.MULTILINE)
        return heading[1] if heading else "Untitled"


def setup(app: Sphinx) -> dict[str, bool]:
    # The kernels inherit these: figures know that they are computed for the book, and kernels do not fight for cores.
    os.environ["DLMATH_BOOK"] = "1"
    for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(variable, "1")
    warned: list[logging.LogRecord] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = warned.append  # type: ignore[method-assign, assignment]
    logging.getLogger("sphinx").addHandler(handler)
    app.add_config_value("built_with", "", rebuild="env", types=(str,))
    app.add_event("chapters-executed")
    app.connect("config-inited", begin)
    app.connect("builder-inited", name_forgotten_pages)
    app.connect("builder-inited", execute_chapters)
    app.connect("doctree-read", note_what_it_is_made_of, priority=900)  # when its dependencies are known
    app.connect("env-get-outdated", made_of_something_else)
    app.connect("env-before-read-docs", read_again)
    app.connect("build-finished", lambda app, error: finish(app, clean=error is None and not warned), priority=1000)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


# A build begins, and comes to an end or not


def begin(app: Sphinx, config: Config) -> None:
    """Discard what an unfinished build left, except its results: it may be of any time, and cut off anywhere."""
    build = Path(app.outdir).parent
    if unfinished(app).exists():
        for folder in (app.doctreedir, build / IMAGES):
            shutil.rmtree(folder, ignore_errors=True)
    unfinished(app).touch()
    config.nb_execution_cache_path = str(build / ".jupyter_cache")
    # Sphinx reads all pages again when this differs from what it was: it knows nothing of these files itself.
    folders = [package("dlmath"), Path(__file__).parent, *(Path(app.confdir, name) for name in config.html_static_path)]
    extensions = sorted(f"{extension.name} {extension.version}" for extension in app.extensions.values())
    config.built_with = digest(*folders) + "\n" + "\n".join(extensions)


def unfinished(app: Sphinx) -> Path:
    """The file that is there from the beginning of a build to its clean end."""
    return Path(app.outdir).parent / "unfinished"


def finish(app: Sphinx, clean: bool) -> None:
    """Delete the pages of chapters that are gone. After a warning the build stays unfinished, for the next one would
    read nothing, warn of nothing and pass."""
    if not clean:
        return
    for folder, suffix in (("chapters", ".html"), ("_sources/chapters", ".ipynb"), ("_sources/chapters", ".md")):
        for page in Path(app.outdir, folder).rglob(f"*{suffix}"):
            chapter = page.relative_to(Path(app.outdir, folder).parent).with_suffix("").as_posix()
            if chapter not in app.env.found_docs:
                page.unlink()
    unfinished(app).unlink()


def name_forgotten_pages(app: Sphinx) -> None:
    """Warn of pages that are in no part of the table of contents: Jupyter Book leaves them out without a word."""
    listed = set(in_order(app))
    for path in sorted(Path(app.srcdir, "chapters").rglob("*")):
        page = path.relative_to(app.srcdir).with_suffix("").as_posix()
        if path.suffix in (".ipynb", ".md") and "/." not in page and page not in listed:
            logger.warning("%s%s is not in the table of contents, _toc.yml", page, path.suffix)


def in_order(app: Sphinx) -> Iterator[str]:
    """The pages in the order of the table of contents."""
    site_map = parse_toc_yaml(Path(app.srcdir, app.config.external_toc_path))

    def pages(document: Any) -> Iterator[str]:
        yield document.docname
        for subtree in document.subtrees:
            for item in subtree.items:
                if item in site_map:
                    yield from pages(site_map[item])
                elif isinstance(item, GlobItem):
                    found = sorted(Path(app.srcdir).glob(f"{item}.md"))
                    yield from (path.relative_to(app.srcdir).with_suffix("").as_posix() for path in found)

    return pages(site_map.root)


# What pages show of other pages


def remember(app: Sphinx, name: str, value: Any) -> None:
    """Keep what pages show in a file, which stays as it is if the value is the same as before."""
    file, text = Path(app.doctreedir, f"{name}.json"), json.dumps(value, sort_keys=True)
    if not file.exists() or file.read_text(encoding="utf-8") != text:
        file.write_text(text, encoding="utf-8")


def recall(env: BuildEnvironment, name: str) -> Any:
    """What was remembered. The page that is being read depends on it from now on."""
    file = Path(env.doctreedir, f"{name}.json")
    if env.temp_data.get("docname"):
        env.note_dependency(str(file))
    return json.loads(file.read_text(encoding="utf-8"))


def note_what_it_is_made_of(app: Sphinx, doctree: nodes.document) -> None:
    app.env.metadata[app.env.docname]["made_of"] = made_of(app.env, app.env.docname)


def made_of_something_else(app: Sphinx, env: BuildEnvironment, *changes: set[str]) -> list[str]:
    """Pages whose files are others than before. Sphinx looks at times: a file may be another one, and older."""
    return [page for page in env.found_docs if env.metadata[page].get("made_of") != made_of(env, page)]


def made_of(env: BuildEnvironment, docname: str) -> str:
    """A fingerprint of the page's file and of those that it depends on."""
    files = (Path(env.srcdir, name) for name in sorted(env.dependencies[docname]))
    return digest(Path(env.doc2path(docname)), *files)


def read_again(app: Sphinx, env: BuildEnvironment, docnames: list[str]) -> None:
    """Before pages are read: forget what they said, and note what all pages may show of one another."""
    if not docnames:
        return
    before = inventory(env)
    app.connect("env-get-updated", lambda app, env: stale_pages(app, before), priority=900)  # when all is numbered
    for docname in docnames:  # all at once: what moves from one page to another is not on both in between
        app.emit("env-purge-doc", env, docname)
        env.clear_doc(docname)
    # A page names the version of a style sheet only if that is there already: have no more than in a first build.
    shutil.rmtree(Path(app.outdir, "_static"), ignore_errors=True)
    if env.found_docs <= set(docnames):  # the sources of the package name that version too
        shutil.rmtree(Path(app.outdir, SOURCES), ignore_errors=True)


def inventory(env: BuildEnvironment) -> Any:
    """Whatever a page may show of another one: labels, terms, functions, equations, sources, titles, numbers."""
    objects = [sorted(map(str, domain.get_objects())) for domain in env.domains.values()]
    publications: Any = env.domains["cite"]
    citations = sorted(
        (source.key, source.citation_id, str(source.entry), source.formatted_entry.label)
        for source in publications.citations
    )
    titles = {docname: str(title) for docname, title in env.titles.items()}
    navigation = [env.toctree_includes, env.toc_secnumbers, env.toc_fignumbers, env.domains["math"].equations]
    return copy.deepcopy([objects, citations, titles, navigation])


def stale_pages(app: Sphinx, before: Any) -> list[str]:
    """The pages to write again, though only others were read: none, or all that there are."""
    if inventory(app.env) == before:
        return []
    shutil.rmtree(Path(app.outdir, SOURCES), ignore_errors=True)  # the sources of the package, with the sidebar
    return sorted(app.env.found_docs)


# Executing


def execute_chapters(app: Sphinx) -> None:
    """Bring the cache up to date, and tell Sphinx which pages show other results than before."""
    cache = opened(Path(app.config.nb_execution_cache_path))
    sources, failures = {}, []
    for docname in in_order(app):
        path = Path(app.srcdir, f"{docname}.ipynb")
        if path.exists():
            try:
                sources[docname] = read(path)
            except ValueError as error:
                failures.append(f"{docname}:\n{error}")
    alike = with_the_same_code(cache, sources)
    results = {docname: result(cache, docname, source, alike[docname]) for docname, source in sources.items()}
    stale = {docname: source for docname, source in sources.items() if results[docname] is None}
    if stale:
        failures += execute(app, cache, stale, alike)
    if failures:
        # Not an exception of Sphinx: that would bury the message under a traceback of the builder.
        raise SystemExit("\nchapters that failed:\n\n" + "\n\n".join(failures))
    app.connect("env-get-outdated", lambda *arguments: list(stale))
    results |= {docname: result(cache, docname, source, alike[docname]) for docname, source in stale.items()}
    app.emit("chapters-executed", list(results.values()))


def with_the_same_code(
    cache: JupyterCacheAbstract, sources: dict[str, nbformat.NotebookNode]
) -> dict[str, tuple[str, ...]]:
    """Of every chapter, those whose code is the same, itself included: the cache has one result for them all."""
    alike = defaultdict(list)
    for docname, source in sources.items():
        alike[cache.create_hashed_notebook(source)[1]].append(docname)
    return {docname: tuple(docnames) for docnames in alike.values() for docname in docnames}


def execute(
    app: Sphinx,
    cache: JupyterCacheAbstract,
    stale: dict[str, nbformat.NotebookNode],
    alike: dict[str, tuple[str, ...]],
) -> list[str]:
    """Execute notebooks, put those that ran into the cache, and return what the others failed of."""
    stale = {docname: source for docname, source in stale.items() if docname == alike[docname][0]}
    workers = max(2, os.cpu_count() or 1)
    print(f"executing {len(stale)} chapters, {min(workers, len(stale))} at a time", flush=True)
    start, failures, done = time.perf_counter(), [], 0
    timeout = int(os.environ.get("CELL_SECONDS") or app.config.nb_execution_timeout)
    # Only Linux has libraries of which all survive a fork. For a kernel or two there is nothing to be gained.
    forking = ForkServer() if sys.platform == "linux" and len(stale) > workers else None
    executions = Executions(timeout, forking)
    with ThreadPoolExecutor(workers) as pool, contextlib.closing(forking) if forking else contextlib.nullcontext():
        paths = {docname: Path(app.srcdir, f"{docname}.ipynb") for docname in stale}
        futures = {pool.submit(executions.run, stale[docname], paths[docname]): docname for docname in stale}
        try:
            for future in as_completed(futures):
                docname, done = futures[future], done + 1
                seconds, error = future.result()
                verdict = f"{seconds:5.1f} s" if error is None else "FAILED"
                print(f"[{done:{len(str(len(stale)))}}/{len(stale)}] {docname:<44} {verdict}", flush=True)
                if error is None:
                    data = {"execution_seconds": seconds, "computed_with": computed_with(*alike[docname])}
                    bundle = CacheBundleIn(stale[docname], str(paths[docname]), data=data)
                    cache.cache_notebook_bundle(bundle, check_validity=False, overwrite=True)
                else:
                    failures.append(f"{docname}:\n{error}")
        except KeyboardInterrupt:
            executions.stop(futures)
            raise SystemExit("interrupted") from None
    if not failures:
        print(f"executed {len(stale)} chapters in {time.perf_counter() - start:.1f} s", flush=True)
    return failures


class Executions:
    """Notebooks that are being executed, each by a kernel of its own, and the way to stop them."""

    def __init__(self, timeout: int, forking: ForkServer | None = None) -> None:
        self.timeout = timeout
        self.forking = forking
        self.running: set[NotebookClient] = set()
        self.stopped = threading.Event()

    def run(self, notebook: nbformat.NotebookNode, path: Path) -> tuple[float, str | None]:
        """Execute a notebook in place; return the seconds it took, and its error if it failed."""
        start = time.perf_counter()
        try:
            try:
                self.execute(notebook, path)
            except RuntimeError as failure:
                if "died before replying" not in str(failure):
                    raise
                self.execute(notebook, path)  # once more: another program may have taken a port before the kernel
            error = on_stderr(notebook)
        except CellTimeoutError as failure:
            error = f"{failure}\n{MORE_TIME}"
        except Exception as failure:  # a cell that raises, a kernel that is missing or dies
            error = without_colour(f"{type(failure).__name__}: {failure}")
        return time.perf_counter() - start, error

    def execute(self, notebook: nbformat.NotebookNode, path: Path) -> None:
        client = NotebookClient(
            notebook,
            timeout=self.timeout,
            resources={"metadata": {"path": str(path.parent)}},
            on_cell_start=self.refuse_if_stopped,
            record_timing=False,  # times in the cells would change the key under which the cache finds them
            extra_arguments=["--log-level=ERROR"],  # a kernel on this machine need not warn of eavesdroppers
        )
        self.running.add(client)
        try:
            if self.forking is not None:
                self.forking.provide(client.create_kernel_manager())
            client.execute()
        finally:
            self.running.discard(client)

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
                ended: Any = client.km.signal_kernel(getattr(signal, "SIGKILL", signal.SIGTERM))
                asyncio.run(ended)


def read(path: Path) -> nbformat.NotebookNode:
    """A notebook, or an error that shows where the file is something else, such as at the mark of a merge conflict."""
    text = path.read_text(encoding="utf-8")
    try:
        json.loads(text)
    except json.JSONDecodeError as error:
        line = text.splitlines()[error.lineno - 1] if text else ""
        raise ValueError(f"not a notebook: line {error.lineno} of {path} is {line!r}") from None
    return nbformat.reads(text, as_version=4)


def on_stderr(notebook: nbformat.NotebookNode) -> str | None:
    """What cells wrote to stderr, which a page must not show."""
    return (
        "\n".join(
            f"a cell wrote to stderr:\n{output.text}\nThe cell is:\n{cell.source}"
            for cell in notebook.cells
            for output in cell.get("outputs", [])
            if output.output_type == "stream" and output.name == "stderr"
        )
        or None
    )


def without_colour(text: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


# The cache


def opened(path: Path) -> JupyterCacheAbstract:
    """The cache of executed notebooks; a new one if its database is damaged."""
    cache = get_cache(path)
    try:
        cache.change_cache_limit(100)  # results of old versions of the chapters
        cache.list_cache_records()
    except Exception:
        print("the cache of executed chapters is damaged: all are executed again", flush=True)
        shutil.rmtree(path)
        cache = get_cache(path)
        cache.list_cache_records()  # creates the tables
    return cache


def result(
    cache: JupyterCacheAbstract, docname: str, source: nbformat.NotebookNode, alike: tuple[str, ...]
) -> Chapter | None:
    """The chapter as it was executed, if the cache has that, whole and computed with what is here now."""
    try:
        record = cache.match_cache_notebook(source)
        if record.data.get("computed_with") != computed_with(*alike):
            return None
        executed = cache.get_cache_bundle(record.pk).nb
    except (KeyError, ValueError):  # not there, or no notebook
        return None
    return Chapter(docname, source, executed, f"{record.created:%Y-%m-%d}")


def computed_with(*docnames: str) -> str:
    """A fingerprint of the package, of the chapters' exercises, and of the versions they run on."""
    names = [docname.removeprefix("chapters/").replace("-", "_") for docname in docnames]
    exercises = [(package("exercises") / name).with_suffix(".py") for name in names]
    return "\n".join([digest(package("dlmath")), *map(digest, exercises), *versions()])


def versions() -> list[str]:
    """Of Python and of the libraries that the chapters compute with."""
    installed = [f"{name} {importlib.metadata.version(name)}" for name in COMPUTED_WITH]
    return [f"python {platform.python_version()}", *installed]


def package(name: str) -> Path:
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise ModuleNotFoundError(name)
    return Path(found.origin).parent


@functools.cache
def digest(*paths: Path) -> str:
    """A fingerprint of files and of all files in folders."""
    digest = hashlib.sha256()
    for path in paths:
        for file in [path, *sorted(path.rglob("*"))]:
            if file.is_file() and "__pycache__" not in file.parts:
                digest.update(str(file.relative_to(path)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
