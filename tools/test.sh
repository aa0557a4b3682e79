#!/bin/sh
# Lint, strict types, every test. Called by `make test`, and so by CI.
# Three workers on two cores: much of a test is waiting for a process to answer.
set -eu
bin=.venv/bin

# The tests start a hundred processes; without bytecode each would compile everything anew.
unset PYTHONDONTWRITEBYTECODE

# Databases of tests need not survive a power cut: in memory, where there is room for them.
if [ -w /dev/shm ] && [ "$(df -Pk /dev/shm | awk 'NR == 2 { print $4 }')" -gt 4000000 ]; then
    TMPDIR=$(mktemp -d /dev/shm/liaison.XXXXXX)
    export TMPDIR
    trap 'rm -rf "$TMPDIR"' EXIT
fi

"$bin/ruff" check .
"$bin/ruff" format --check .
# Types are checked beside the tests, in the time these wait.
types=$(mktemp)
nice "$bin/mypy" >"$types" 2>&1 &
checker=$!
tests=0
"$bin/python" -m pytest -n "${WORKERS:-3}" --dist loadfile --no-loadscope-reorder -q -rs \
    -m "not alone" "$@" || tests=$?
typed=0
wait "$checker" || typed=$?
cat "$types"
rm "$types"
# Then those that hold a crowd against Slack's three seconds, with the machine to themselves.
alone=0
"$bin/python" -m pytest -n 0 -q -rs -m alone "$@" || alone=$?
nothing_chosen=5
[ "$tests" = $nothing_chosen ] && [ "$alone" != $nothing_chosen ] && tests=0
[ "$alone" = $nothing_chosen ] && alone=0
exit $((tests ? tests : typed ? typed : alone))
