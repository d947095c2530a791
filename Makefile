# Two commands: `make run` serves the campaign, `make test` tests it. Each does its own set-up, on a machine that has only
# git, make and Python 3.11 or newer with venv. Once set up, both work without a network.

JOBS ?= 2
TIER ?= quick
CATALOGUES := $(patsubst %.po,%.mo,$(wildcard translations/*/LC_MESSAGES/messages.po))
# The stamps carry the folder's name: a copied or moved checkout sets itself up anew, as a .venv cannot be moved.
HERE := $(shell pwd | cksum | cut -d ' ' -f 1)
PACKAGES := .venv/.packages-$(HERE)
TOOLS := .venv/.tools-$(HERE)
PROJECT := .venv/.project-$(HERE)
PIP := .venv/bin/python -m pip --disable-pip-version-check --no-input -qq

.PHONY: run server test setup lint lock bench lighthouse pictures mutations soak
.DELETE_ON_ERROR:

run: $(PROJECT) $(CATALOGUES)
	@exec .venv/bin/campaign serve $(ARGS)

# What a server needs: without the packages of tests and linters, which are larger than the rest.
server: $(PROJECT) $(CATALOGUES)

# TIER=full runs the slow tests too, and each on both databases: see tests/tiers.py.
test: setup
	@TIER=$(TIER) .venv/bin/python -m pytest -n $(JOBS) --dist worksteal $(ARGS)

setup: $(PROJECT) $(CATALOGUES) $(TOOLS)

lint: setup
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/djlint templates --lint --quiet

bench: setup
	@LONG=$(LONG) .venv/bin/python -m tests.bench $(ARGS)

lighthouse: setup
	@.venv/bin/python -m tests.lighthouse $(ARGS)

pictures: setup
	@.venv/bin/python -m tests.pictures $(ARGS)

# The long runs, some hours: a hundred rounds of backup and restore, two hundred kills under load, and every other test that does
# few rounds elsewhere.
soak: setup
	@TIER=soak ROUNDS=$(ROUNDS) .venv/bin/python -m pytest $(shell grep -rlE 'import rounds|import TIER' tests --include='test_*.py') $(ARGS)

mutations: setup
	@JOBS=$(JOBS) .venv/bin/python -m tests.mutations $(ARGS)

# Newest versions that pyproject.toml allows: names, versions and SHA-256 only, whatever registry or mirror a machine uses.
# What the tests and tools need has a lock of its own: a package of theirs must not keep anybody from running the site.
COMPILE = .venv/bin/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --upgrade \
	--no-config --no-header --no-annotate --quiet
lock: setup
	$(COMPILE) --group build --output-file requirements.lock
	$(COMPILE) --group dev --constraints requirements.lock --output-file tests/requirements.lock

# A stamp is the last thing that is written, so a set-up that was cut off is done again from the start.
$(PACKAGES): requirements.lock
	@for python in $(PYTHON) python3.11 python3.12 python3.13 python3.14 python3; do \
		if "$$python" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
			echo "Setting up .venv with $$python (once, a minute or so) ..."; exec "$$python" -m venv --clear .venv; \
		fi; \
	done; \
	echo "Python 3.11 or newer with venv is needed (on Debian: apt install python3 python3-venv)." >&2; exit 1
	@$(PIP) install --require-hashes --only-binary :all: -r requirements.lock
	@touch $@

$(TOOLS): tests/requirements.lock $(PACKAGES)
	@$(PIP) install --require-hashes --only-binary :all: -r tests/requirements.lock
	@touch $@

$(PROJECT): pyproject.toml hatch_build.py $(PACKAGES) | $(CATALOGUES)
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

%.mo: %.po hatch_build.py campaign/translation/catalogues.py | $(PACKAGES)
	@.venv/bin/python hatch_build.py
	@touch $@
