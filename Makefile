# Two commands: `make book` builds the book, `make test` passes the tests. Each works from a bare clone.

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin

.PHONY: book test lab serve lint format clean help

help:
	@echo "make book     build the book into _build/html"
	@echo "make test     lint, build the book and run all tests"
	@echo "make lab      open the chapters in JupyterLab"
	@echo "make serve    serve the built book on http://localhost:8000"
	@echo "make format   format the code"
	@echo "make clean    delete what was built"

book: $(VENV)/installed
	$(BIN)/jupyter-book build . -W -n --keep-going -q
	@echo "The book is built. Open $(CURDIR)/_build/html/index.html"

test: $(VENV)/tests-installed book
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m pytest

lab: $(VENV)/installed
	$(BIN)/jupyter lab chapters

serve: book
	$(BIN)/python -m http.server --bind 127.0.0.1 --directory _build/html 8000

lint: $(VENV)/tests-installed
	$(BIN)/ruff check .

format: $(VENV)/tests-installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf _build

$(VENV)/installed: requirements.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	touch $@

# PyTorch is one of the references. Where it cannot be installed, the tests that need it are skipped and say so.
$(VENV)/tests-installed: requirements-test.txt $(VENV)/installed
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-test.txt
	$(BIN)/python -c "import torch" 2>/dev/null \
	  || $(BIN)/python -m pip install --quiet --disable-pip-version-check "torch==2.13.0" \
	  || echo "PyTorch could not be installed: tests that compare with it will be skipped."
	touch $@
