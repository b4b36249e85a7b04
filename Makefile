# Everything here needs Python >= 3.10 and make, and nothing else: each target first sets up .venv.

PYTHON ?= python3
BIN := .venv/bin
TORCHVISION := 0.28.0
SOURCES := build/torchvision-$(TORCHVISION)

.PHONY: demo test proof mutate integrations conformance bench docs man dist format lint types clean

demo: .venv/ready $(SOURCES)/ready
	@echo; echo "== rflint check fixtures/networks"
	@$(BIN)/rflint check fixtures/networks || test $$? -eq 1
	@echo; echo "== rflint check $(SOURCES)/torchvision/models"
	@$(BIN)/rflint check $(SOURCES)/torchvision/models || test $$? -eq 1
	@echo; echo "== rflint show resnet.py::resnet18()"
	@$(BIN)/rflint show "$(SOURCES)/torchvision/models/resnet.py::resnet18()" --input 1,3,224,224

test: .venv/ready $(SOURCES)/ready
	$(BIN)/python -m pytest -q --numprocesses auto --dist loadfile

# Random networks against explicit sets of positions: a hundred of them in every test run, many here.
proof: .venv/ready
	RFLINT_NETWORKS=20000 $(BIN)/python -m pytest -q tests/test_random_networks.py

# Puts small faults into the checks and the geometry, or into FILES, and looks whether a test fails.  What is broken off
# goes on where it was; `make mutate REPORT=1` shows what is known so far.
mutate: .venv/mutation
	PYTHONHASHSEED=0 $(BIN)/python -m tests.mutation $(FILES) --jobs $(or $(JOBS),2) --budget $(or $(BUDGET),3) --every $(or $(EVERY),1) \
		$(if $(REPORT),--report) $(if $(WRITE),--write)

# Hooks, action and scripts, installed as users install them.
integrations: .venv/ready
	$(BIN)/python tests/try_integrations.py

conformance: .venv/ready $(SOURCES)/ready
	$(BIN)/python -m tests.conformance $(SOURCES)

bench: .venv/ready $(SOURCES)/ready
	$(BIN)/python -m tests.benchmark $(SOURCES)

# The documentation site, to build/site; every warning is an error.
docs: .venv/docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet --strict

# The manual page, to build/rflint.1, made of the parsers of the commands.
man: .venv/ready
	mkdir -p build
	$(BIN)/argparse-manpage --module rflint.commands.overview --function whole_parser --include docs/manual.include \
		--project-name rflint --manual-title rflint --author "The rflint authors" \
		--description "a static linter for PyTorch networks" --output build/rflint.1

# The wheel and the source distribution, to dist; each is installed into an empty environment and run.
dist: .venv/ready
	rm -rf dist
	$(BIN)/python -m build --outdir dist . >/dev/null
	$(BIN)/python -m tests.distribution dist

format: .venv/ready
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

lint: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/ready
	$(BIN)/mypy
	$(BIN)/mypy tests/typed_use.py

clean:
	rm -rf .venv build dist *.egg-info

.venv/ready: pyproject.toml
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[dev]"
	touch $@

.venv/docs: .venv/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[docs]"
	touch $@

.venv/mutation: .venv/ready
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable ".[mutation]"
	touch $@

# The wheel is unpacked and read; nothing of it is installed, imported or run.
$(SOURCES)/ready: | .venv/ready
	$(BIN)/python -m pip download --quiet --disable-pip-version-check --no-deps --only-binary=:all: \
		--python-version 3.11 --platform manylinux_2_28_x86_64 --dest build torchvision==$(TORCHVISION)
	$(BIN)/python -m zipfile -e build/torchvision-$(TORCHVISION)-*.whl $(SOURCES)
	touch $@
