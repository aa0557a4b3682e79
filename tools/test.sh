#!/bin/sh
# Lint, strict types, every test. Called by `make test`, and so by CI.
# Three workers on two cores: much of a test is waiting for a process to answer.
set -eu
bin=.venv/bin

# Databases of tests need not survive a power cut: in memory, where there is room for them.
if [ -w /dev/shm ] && [ "$(df -Pk /dev/shm | awk 'NR == 2 { print $4 }')" -gt 4000000 ]; then
    TMPDIR=$(mktemp -d /dev/shm/liaison.XXXXXX)
    export TMPDIR
    trap 'rm -rf "$TMPDIR"' EXIT
fi

"$bin/ruff" check .
"$bin/ruff" format --check .
"$bin/mypy"
"$bin/python" -m pytest -n "${WORKERS:-3}" --dist loadfile --no-loadscope-reorder --cache-clear -q -rs "$@" && exit 0

# Real processes share two cores here: up to three tests that failed among the others are looked at
# once more by themselves. One that then passes is named, because it has to be mended all the same.
failed=$("$bin/python" -c 'import json; print(len(json.load(open(".pytest_cache/v/cache/lastfailed"))))')
[ "$failed" -le 3 ] || exit 1
echo "Failed among the others, and looked at once more alone ($failed):" >&2
"$bin/python" -m pytest -n 0 --last-failed --last-failed-no-failures none -v -rs "$@"
