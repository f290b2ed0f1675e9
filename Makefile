# Two commands: `make book` builds the book, `make test` passes the tests. Each works from a bare clone.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
CLASSROOM := .venv-classroom
LOWEST := .venv-lowest
LOWEST_PYTHON := 3.11
LITE   := .venv-lite
WORKERS := 2
CHAPTERS_ON_LOWEST := $(addprefix chapters/,math/activation-function.ipynb math/weight-update.ipynb \
  equations/activation-functions.ipynb equations/convolution.ipynb equations/attention.ipynb)
PIP    := $(BIN)/python -m pip --quiet --disable-pip-version-check
# The versions that are known to work together: `make constraints` renews them, and `make CONSTRAINTS= book` asks for the newest.
CONSTRAINTS := constraints.txt
CONSTRAINED := $(addprefix -c ,$(CONSTRAINTS))
# On Linux, PyTorch comes with CUDA's packages, which are larger than all else together: `make test UV_TORCH_BACKEND=cpu`
# does without them.
UV_TORCH_BACKEND ?=

.PHONY: help book test test-classroom test-lowest exercises assignments grades bench mutants lint lab lite serve format clean strip constraints pdf epub release

help:
	@echo "make book            build the book into _build/html; make book CELL_SECONDS=600 lets a cell take ten minutes,"
	@echo "                     make book REPOSITORY=https://github.com/owner/name says where it will be published,"
	@echo "                     make book PYODIDE=folder takes Python for the pages from there"
	@echo "make test            check the style, build the book and run all tests"
	@echo "make pdf             write the book as a PDF into _build/editions; needs Chromium"
	@echo "make epub            write the book as an EPUB with MathML into _build/editions; needs Chromium"
	@echo "make lab             open the chapters in JupyterLab"
	@echo "make lite            put JupyterLite into the built book: every chapter runs in the browser, over http"
	@echo "make serve           build the book and serve it, at an address that is printed; make serve PORT=9000"
	@echo "make exercises       write what follows from the exercises' definitions: their cells in the chapters, and the"
	@echo "                     table on the page for teachers"
	@echo "make assignments     generate the exercises as assignments; CHAPTERS=\"math/loss\" EXERCISES=\"mse-gradient=3\" for some"
	@echo "make grades          grade what came back: make grades ASSIGNMENT=math-loss"
	@echo "make test-classroom  hand assignments out, in and back, and check the scores"
	@echo "make test-lowest     run the package's tests and some chapters on the oldest versions that are promised"
	@echo "make bench           time dlmath beside the frameworks, and print the table"
	@echo "make mutants         break the package in small ways and count what the tests notice"
	@echo "make format          format the code"
	@echo "make strip           delete outputs and execution counts from the chapters"
	@echo "make constraints     renew the versions in constraints.txt and constraints-classroom.txt"
	@echo "make release         gather in _build/release what a release consists of; make release TAG=v1.0.0 checks the version"
	@echo "make clean           delete what was built"

book: $(VENV)/installed $(if $(PYODIDE),,.pyodide/downloaded)
	@$(BIN)/jupyter-book build . -W -n --keep-going -q
	@$(BIN)/python _ext/opening.py built

pdf epub: book $(VENV)/tests-installed
	@$(BIN)/python -m editions $@

release: pdf epub
	@test -z "$(TAG)" || $(BIN)/python -c "import dlmath, sys; sys.exit('$(TAG)' != 'v' + dlmath.__version__ and 'dlmath has version ' + dlmath.__version__)"
	rm -rf _build/release
	$(BIN)/uv build --quiet --out-dir _build/release
	cp _build/editions/mathematics-of-deep-learning.pdf _build/editions/mathematics-of-deep-learning.epub _build/release
	$(BIN)/python -c "import shutil; shutil.make_archive('_build/release/mathematics-of-deep-learning-site', 'zip', '_build/html')"

# A file is run by one process, so that what it prepares is prepared once; tests/conftest.py has the slow ones begin.
test: lint book
	$(BIN)/python -m pytest --ignore=tests/classroom --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder \
	  --durations=25

test-classroom: $(VENV)/tests-installed $(CLASSROOM)/installed
	$(BIN)/python -m pytest tests/classroom

exercises: $(VENV)/tests-installed
	$(BIN)/python -m classroom.chapters
	$(BIN)/python tests/exercises/test_mutants.py

# `make test` runs on the newest versions. Here PyTorch is missing, and old libraries warn of each other. What takes long and
# says more of the exercises and of the chapters than of the versions is left out.
test-lowest: $(LOWEST)/installed
	CI=false $(LOWEST)/bin/python -m pytest -o filterwarnings=default --disable-warnings -r s dlmath tests \
	  $(addprefix --ignore=tests/,book classroom test_benchmarks.py live/test_benchmark.py live/test_chapters.py) \
	  $(addprefix --ignore=tests/exercises/test_,answers.py cost.py grading.py mutants.py nearby.py three_places.py unseen.py) \
	  -k "not browser and not test_a_mistake_gets_its_own_hint" \
	  --numprocesses $(WORKERS) --dist loadfile --no-loadscope-reorder --durations=10
	printf '%s\n' $(CHAPTERS_ON_LOWEST) | xargs -n 1 -P $(WORKERS) $(LOWEST)/bin/jupyter execute

assignments: $(CLASSROOM)/installed
	@$(CLASSROOM)/bin/python -m classroom.generate $(CHAPTERS) $(if $(EXERCISES),--exercises $(EXERCISES))

grades: $(CLASSROOM)/installed
	@test -n "$(ASSIGNMENT)" || { echo "which assignment? For example: make grades ASSIGNMENT=math-loss" >&2; exit 1; }
	@$(CLASSROOM)/bin/python -m classroom.grade $(ASSIGNMENT)

bench: $(VENV)/tests-installed
	$(PIP) install "autograd>=1.7,<2"
	$(BIN)/python -m benchmarks

mutants: $(VENV)/tests-installed
	$(PIP) install "mutmut>=3.8,<4"
	$(BIN)/python tests/mutants.py $(MODULES)

lint: $(VENV)/tests-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lab: $(VENV)/lab-installed
	@$(BIN)/python _ext/opening.py lab
	@$(BIN)/jupyter lab chapters --ServerApp.log_level=WARN

# The pages are written again, for each chapter has a link to it now.
lite: book $(LITE)/installed
	@echo "putting JupyterLite into the book"
	@$(BIN)/python _ext/lite.py $(LITE)
	@$(BIN)/jupyter-book build . -W -n --keep-going -q
	@$(BIN)/python _ext/opening.py built

serve: book
	@$(BIN)/python _ext/opening.py serve $(PORT)

format: $(VENV)/tests-installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

strip: $(VENV)/tests-installed
	$(BIN)/jupyter nbconvert --clear-output --inplace --log-level=WARN index.ipynb chapters/*/*.ipynb

# One file for all Pythons and systems: where they need different versions, a line says for which it is.
constraints: $(BIN)/uv
	$(BIN)/uv pip compile $(COMPILE) requirements-test.txt $(wildcard requirements-lab.txt) --output-file constraints.txt
	$(BIN)/uv pip compile $(COMPILE) requirements-classroom.txt --output-file constraints-classroom.txt

COMPILE := --quiet --upgrade --universal --python-version 3.11 --no-emit-package dlmath --no-annotate \
  --no-emit-index-url --no-emit-find-links --custom-compile-command "make constraints"

# Nothing of a course is deleted: it has a folder of its own, and once it was here.
clean:
	@test ! -e _build/classroom || { echo "_build/classroom is a course: move it away first, to course/ perhaps" >&2; exit 1; }
	rm -rf _build chapters/appendix/api

$(VENV)/installed: requirements.txt pyproject.toml $(CONSTRAINTS)
	@$(PYTHON) -c "import sys; sys.exit('Python 3.11 or newer is needed; try: make PYTHON=python3.12' if sys.version_info < (3, 11) else 0)"
	@echo "installing what the book needs into $(VENV); this takes a minute or two"
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@$(PIP) install -r requirements.txt $(CONSTRAINED)
	@touch $@

$(BIN)/uv:
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) install uv

# It outlives `make clean`, as the environment does. Without it the pages load Python from its public distribution.
.pyodide/downloaded: requirements-pyodide.txt | $(VENV)/installed
	@echo "downloading Python for the pages, 77 MB, once"
	@mkdir -p .pyodide
	@$(PIP) download --no-deps --retries 1 --timeout 20 --dest .pyodide -r $< && touch $@ \
	  || echo "Python for the pages could not be downloaded: the next build tries again"

$(VENV)/lab-installed: requirements-lab.txt _ext/lab.py $(VENV)/installed
	@echo "adding JupyterLab to $(VENV)"
	@$(PIP) install -r requirements-lab.txt $(CONSTRAINED)
	@$(BIN)/python _ext/lab.py
	@touch $@

# It bundles every extension of JupyterLab that it finds, so it has an environment of its own.
$(LITE)/installed: requirements-lite.txt
	@echo "installing JupyterLite into $(LITE)"
	@test -x $(LITE)/bin/python || $(PYTHON) -m venv $(LITE)
	@$(LITE)/bin/python -m pip --quiet --disable-pip-version-check install -r requirements-lite.txt
	@touch $@

# PyTorch is one of the references. Where it cannot be installed, the tests that need it are skipped and say so.
$(VENV)/tests-installed: requirements-test.txt requirements-torch.txt $(VENV)/installed
	@echo "installing what the tests need"
	@$(PIP) install -r requirements-test.txt $(CONSTRAINED)
	@$(BIN)/python -c "import torch" 2>/dev/null || $(if $(UV_TORCH_BACKEND),$(BIN)/uv pip install --quiet \
	  --python $(BIN)/python --torch-backend $(UV_TORCH_BACKEND),$(PIP) install) -r requirements-torch.txt $(CONSTRAINED) \
	  || echo "PyTorch could not be installed: tests that compare with it will be skipped"
	@touch $@

# On the oldest Python too: the oldest versions of the libraries were made for no newer one.
$(LOWEST)/installed: requirements-test.txt requirements-lab.txt requirements.txt pyproject.toml | $(BIN)/uv
	@echo "installing the oldest versions that the requirements admit into $(LOWEST)"
	@test -x $(LOWEST)/bin/python || $(BIN)/uv venv --quiet --seed --python $(LOWEST_PYTHON) $(LOWEST)
	@$(BIN)/uv pip install --quiet --python $(LOWEST)/bin/python --resolution lowest-direct -r requirements-test.txt -e ".[book]"
	@touch $@

# nbgrader brings a whole Jupyter server of its own version, so it has an environment of its own.
$(CLASSROOM)/installed: requirements-classroom.txt constraints-classroom.txt pyproject.toml
	@echo "installing nbgrader into $(CLASSROOM)"
	@test -x $(CLASSROOM)/bin/python || $(PYTHON) -m venv $(CLASSROOM)
	@$(CLASSROOM)/bin/python -m pip --quiet --disable-pip-version-check install -r requirements-classroom.txt -c constraints-classroom.txt
	@touch $@
