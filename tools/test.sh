#!/bin/sh
# Lint, strict types, every test. Called by `make test`, and so by CI.
# Three workers on two cores: much of a test is waiting for a process to answer.
set -eu
bin=.venv/bin

"$bin/ruff" check .
"$bin/ruff" format --check .
"$bin/mypy"
"$bin/python" -m pytest -n "${WORKERS:-3}" --dist loadfile --no-loadscope-reorder -q -rs "$@"
