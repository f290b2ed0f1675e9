# Two commands: `make book` builds the book, `make test` passes the tests. Each works from a bare clone.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
CLASSROOM := .venv-classroom
LOWEST := .venv-lowest
CHAPTERS_ON_LOWEST := $(addprefix chapters/,math/activation-function.ipynb math/weight-update.ipynb \
  equations/activation-functions.ipynb equations/convolution.ipynb equations/attention.ipynb)
PIP    := $(BIN)/python -m pip --quiet --disable-pip-version-check

.PHONY: help book test test-classroom test-lowest exercises assignments grades bench mutants lint lab serve format clean

help:
	@echo "make book            build the book into _build/html; make book CELL_SECONDS=600 lets a cell take ten minutes,"
	@echo "                     make book PYODIDE=folder takes Python for the pages from there"
	@echo "make test            check the style, build the book and run all tests"
	@echo "make lab             open the chapters in JupyterLab"
	@echo "make serve           build the book and serve it on http://localhost:8000"
	@echo "make exercises       write the exercises' cells into the chapters, from their definitions"
	@echo "make assignments     generate the exercises as assignments; CHAPTERS=\"math/loss\" EXERCISES=\"mse-gradient=3\" for some"
	@echo "make grades          grade what came back: make grades ASSIGNMENT=math-loss"
	@echo "make test-classroom  hand assignments out, in and back, and check the scores"
	@echo "make test-lowest     run the package's tests and some chapters on the oldest versions that are promised"
	@echo "make bench           time dlmath beside the frameworks, and print the table"
	@echo "make mutants         break the package in small ways and count what the tests notice"
	@echo "make format          format the code"
	@echo "make clean           delete what was built"

book: $(VENV)/installed $(if $(PYODIDE),,.pyodide/downloaded)
	@$(BIN)/jupyter-book build . -W -n --keep-going -q

test: lint book
	$(BIN)/python -m pytest --ignore=tests/classroom

test-classroom: $(VENV)/tests-installed $(CLASSROOM)/installed
	$(BIN)/python -m pytest tests/classroom

exercises: $(VENV)/installed
	$(BIN)/python -m classroom.chapters

# `make test` runs on the newest versions. Here PyTorch is missing, and old libraries warn of each other.
test-lowest: $(LOWEST)/installed
	CI=false $(LOWEST)/bin/python -m pytest -o filterwarnings=default --disable-warnings dlmath tests/live tests/exercises tests/test_*.py \
	  --ignore=tests/test_benchmarks.py --ignore=tests/live/test_benchmark.py -k "not browser"
	$(LOWEST)/bin/jupyter execute $(CHAPTERS_ON_LOWEST)

assignments: $(CLASSROOM)/installed
	@$(CLASSROOM)/bin/python -m classroom.generate $(CHAPTERS) $(if $(EXERCISES),--exercises $(EXERCISES))

grades: $(CLASSROOM)/installed
	@test -n "$(ASSIGNMENT)" || { echo "which assignment? For example: make grades ASSIGNMENT=math-loss" >&2; exit 1; }
	@$(CLASSROOM)/bin/python -m classroom.grade $(ASSIGNMENT)

bench: $(VENV)/tests-installed
	$(PIP) install "autograd>=1.7"
	$(BIN)/python -m benchmarks

mutants: $(VENV)/tests-installed
	$(PIP) install "mutmut>=3.8,<4"
	$(BIN)/python tests/mutants.py $(MODULES)

lint: $(VENV)/tests-installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

lab: $(VENV)/installed
	$(BIN)/jupyter lab chapters

serve: book
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html 8000

format: $(VENV)/tests-installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Nothing of a course is deleted: it has a folder of its own, and once it was here.
clean:
	@test ! -e _build/classroom || { echo "_build/classroom is a course: move it away first, to course/ perhaps" >&2; exit 1; }
	rm -rf _build

$(VENV)/installed: requirements.txt pyproject.toml
	@$(PYTHON) -c "import sys; sys.exit('Python 3.11 or newer is needed; try: make PYTHON=python3.12' if sys.version_info < (3, 11) else 0)"
	@echo "installing what the book needs into $(VENV); this takes a minute or two"
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || $(PYTHON) -m venv --clear $(VENV)
	@$(PIP) install -r requirements.txt
	@touch $@

# It outlives `make clean`, as the environment does. Without it the pages load Python from its public distribution.
.pyodide/downloaded: requirements-pyodide.txt | $(VENV)/installed
	@echo "downloading Python for the pages, 77 MB, once"
	@mkdir -p .pyodide
	@$(PIP) download --no-deps --retries 1 --timeout 20 --dest .pyodide -r $< && touch $@ \
	  || echo "Python for the pages could not be downloaded: the next build tries again"

# PyTorch is one of the references. Where it cannot be installed, the tests that need it are skipped and say so.
$(VENV)/tests-installed: requirements-test.txt $(VENV)/installed
	@echo "installing what the tests need"
	@$(PIP) install -r requirements-test.txt
	@$(BIN)/python -c "import torch" 2>/dev/null || $(PIP) install "torch==2.13.0" \
	  || echo "PyTorch could not be installed: tests that compare with it will be skipped"
	@touch $@

$(LOWEST)/installed: requirements-test.txt $(VENV)/tests-installed
	@echo "installing the oldest versions that the requirements admit into $(LOWEST)"
	@test -x $(LOWEST)/bin/python || $(PYTHON) -m venv $(LOWEST)
	@$(BIN)/uv pip install --quiet --python $(LOWEST)/bin/python --resolution lowest-direct -r requirements-test.txt
	@touch $@

# nbgrader brings a whole Jupyter server of its own version, so it has an environment of its own.
$(CLASSROOM)/installed: requirements-classroom.txt pyproject.toml
	@echo "installing nbgrader into $(CLASSROOM)"
	@test -x $(CLASSROOM)/bin/python || $(PYTHON) -m venv $(CLASSROOM)
	@$(CLASSROOM)/bin/python -m pip --quiet --disable-pip-version-check install -r requirements-classroom.txt
	@touch $@
