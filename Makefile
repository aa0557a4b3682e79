# Everything runs in .venv, which setup makes. `make help` lists the targets.
PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python
PORT ?= 4433
STORIES ?= 500

.PHONY: help setup demo test check replay story promises bench bench-report bench-standup bench-quality chaos audit lock clean

help:                ## list the targets
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:[^#]*## /\t/' | expand -t 16

setup: $(VENV)/.ready ## make .venv with everything, and find a browser

$(VENV)/.ready: requirements-dev.lock tools/setup.sh
	PYTHON=$(PYTHON) sh tools/setup.sh $(VENV)
	@touch $@

demo: setup          ## the sandbox workspace with the real bot in it, at http://127.0.0.1:4433
	@$(RUN) -m sandbox.demo --port $(PORT)

test: setup          ## lint, strict types, all tests (SQLite, PostgreSQL, browser)
	@sh tools/test.sh

check: setup         ## what is missing or wrong in the settings
	@$(RUN) -m bot check

replay: setup        ## real leads through the whole loop in simulated time: make replay SET=sample|leadforge|olist
	@$(RUN) -m replay $(SET)

story: setup         ## two weeks of eight reps, and how many messages each of them got on which day
	@$(RUN) -m tests.two_weeks

chaos: setup         ## every promise of delivery, broken on purpose: make chaos ROW=kills, or all
	@$(RUN) -m chaos $(ROW) $(ARGS)

bench: setup         ## what the bot costs, as ratios; writes docs/performance.md: make bench ROW=tick, or all
	@$(RUN) -m bench $(ROW) $(ARGS)

bench-report: setup  ## how long /campaign takes over a million hand-offs, on both databases
	@$(RUN) -m bench.report

bench-standup: setup ## the same of /alignment-standup, and as it is typed, over the wire
	@$(RUN) -m bench.standup

promises: setup      ## made-up weeks against the rules never broken: make promises STORIES=500
	@STORIES=$(STORIES) $(RUN) -m pytest -q -n 0 tests/promises

audit: setup         ## known vulnerabilities of what is pinned, where an index answers
	@$(RUN) tools/audit.py

bench-quality: setup ## how fair and how quick campaign flags are, over simulated teams (some minutes)
	@$(RUN) -m bench.quality

lock:                ## pin all dependencies anew, with hashes
	$(VENV)/bin/uv pip compile -q --universal --generate-hashes --python-version 3.11 \
	    pyproject.toml -o requirements.lock
	$(VENV)/bin/uv pip compile -q --universal --generate-hashes --python-version 3.11 \
	    pyproject.toml --group dev -c requirements.lock -o requirements-dev.lock

clean:               ## remove .venv, every cache, and what bench keeps
	rm -rf build/bench $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
