#!/bin/sh
# Makes the environment in $1 and finds a Chromium, or gets one. Safe to run again.
set -eu
venv=$1

"${PYTHON:-python3}" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || {
    echo "Liaison needs Python 3.11 or newer: set PYTHON to one, as in make setup PYTHON=python3.12." >&2
    exit 1
}
[ -x "$venv/bin/python" ] || "${PYTHON:-python3}" -m venv "$venv" || {
    echo "Python has no venv module here; on Debian: apt-get install python3-venv." >&2
    exit 1
}
echo "Installing into $venv …"
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes \
    -r requirements-dev.lock
# Where Python may not write bytecode, every start would compile anew and take seconds longer.
"$venv/bin/python" -m compileall -q "$venv/lib" >/dev/null 2>&1 || true

if "$venv/bin/python" tools/chromium.py >/dev/null; then
    exit 0
fi
echo "No Chromium found; getting one for the browser tests …"
"$venv/bin/python" -m playwright install chromium >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    apt-get update -qq && apt-get install -y -qq chromium >/dev/null 2>&1 && exit 0
fi
echo "No Chromium could be had: the browser tests will be skipped." >&2
