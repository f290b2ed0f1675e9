"""Settings for all tests: seeds that repeat, and no skipping where everything must be installed."""

import os
import shutil
import signal

# Where pytest was started in the background, Ctrl-C is ignored, and would be by the builds that tests interrupt.
signal.signal(signal.SIGINT, signal.default_int_handler)

# Before NumPy is imported: its matrix products here are small, and threads of theirs would wait for each other.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import matplotlib  # noqa: E402
import numpy as np  # noqa: E402
import pytest  # noqa: E402
from hypothesis import settings  # noqa: E402

matplotlib.use("agg")

collect_ignore = ["mutants.py"]  # a program, for which mutmut must be installed

# With two processes, what takes minutes must not begin when all the rest is done.
SLOW_FILES = (
    "book/test_pages.py",
    "book/test_pages_from_disk.py",
    "live/test_chapters.py",
    "exercises/test_answers.py",
    "book/test_python.py",
    "exercises/test_three_places.py",
    "exercises/test_mutants.py",
    "book/test_rebuild.py",
    "book/test_lite.py",
    "exercises/test_definitions.py",
    "book/test_live.py",
    "book/test_build.py",
    "exercises/test_unseen.py",
    "test_benchmarks.py",
    "test_sweep.py",
)

settings.register_profile("repeatable", derandomize=True, deadline=None, max_examples=50)
settings.load_profile("repeatable")


def pytest_collection_modifyitems(items):
    """Slow files first, in the order above; the rest as it is."""

    def place(item):
        file = item.path.as_posix()
        return next((i for i, slow in enumerate(SLOW_FILES) if file.endswith(f"tests/{slow}")), len(SLOW_FILES))

    items.sort(key=place)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.fixture(scope="session")
def browser():
    """One Chromium for all tests: Playwright cannot be started twice in a process."""
    from editions import CHROMIUM_FLAGS

    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if chromium is None:
        pytest.skip("no Chromium is installed")
    with playwright.sync_playwright() as api:
        browser = api.chromium.launch(executable_path=chromium, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    outcome = yield
    fail_if_skipped_in_ci(outcome.get_result())


@pytest.hookimpl(hookwrapper=True)
def pytest_make_collect_report(collector):
    outcome = yield
    fail_if_skipped_in_ci(outcome.get_result())


def fail_if_skipped_in_ci(report) -> None:
    """In continuous integration a skipped test is a failed one: nothing may be missing there."""
    if report.skipped and not hasattr(report, "wasxfail") and os.environ.get("CI") == "true":
        report.outcome = "failed"
        report.longrepr = f"skipped in CI: {report.longrepr[-1]}"
