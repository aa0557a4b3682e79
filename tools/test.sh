#!/bin/sh
# Lint, strict types, every test. Called by `make test`, and so by CI.
set -eu
bin=.venv/bin

"$bin/ruff" check .
"$bin/ruff" format --check .
"$bin/mypy"
"$bin/python" -m pytest -n "${WORKERS:-2}" --dist loadfile -q -rs "$@"
