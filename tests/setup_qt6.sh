#!/usr/bin/env bash
# usage: setup_qt6.sh PYTHON FOLDER - a virtual environment with Qt 6, which no QGIS of Debian's has yet
set -euo pipefail
python="$1" folder="$2"
bash "$(dirname "$0")/setup_venv.sh" "$python" "$folder"
"$folder/bin/python" -m pip install --quiet PyQt6==6.11.0 PyQt6-Qt6==6.11.2 numpy pytest==9.2.0 pytest-timeout==2.4.0
if ! "$folder/bin/python" -c 'import PyQt6.QtWidgets, PyQt6.QtNetwork' 2>/dev/null; then
    # the libraries of the system that Qt's own wheel expects
    packages=(libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libglib2.0-0 libgssapi-krb5-2)
    if [ "$(id -u)" != 0 ]; then
        echo "Please run: sudo apt-get install --no-install-recommends ${packages[*]}" >&2
        exit 1
    fi
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
    "$folder/bin/python" -c 'import PyQt6.QtWidgets, PyQt6.QtNetwork'
fi
