#!/usr/bin/env bash
# usage: setup_venv.sh PYTHON FOLDER - a virtual environment, with what Debian splits off its Python
set -euo pipefail
python="$1" folder="$2"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 10))' || {
    echo "RS-DINO's development setup needs Python 3.10 or newer; $python is $("$python" -V 2>&1)." >&2
    exit 1
}
if ! "$python" -c 'import ensurepip' 2>/dev/null; then
    echo "== $python cannot make virtual environments yet: installing python3-venv"
    if [ "$(id -u)" = 0 ]; then
        apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv
    else
        echo "Please run: sudo apt-get install python3-venv" >&2
        exit 1
    fi
fi
echo "== making $folder with $("$python" -V)"
"$python" -m venv "$folder"
