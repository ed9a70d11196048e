#!/usr/bin/env bash
# usage: setup_qgis.sh FOLDER - real QGIS from the system's packages, and a virtual environment that sees it
set -euo pipefail
folder="$1"
packages=()
command -v qgis_process.bin >/dev/null || packages+=(qgis python3-qgis)
/usr/bin/python3 -c 'import qgis.core' 2>/dev/null || packages+=(python3-qgis)
/usr/bin/python3 -c 'import ensurepip' 2>/dev/null || packages+=(python3-venv)
command -v lrelease >/dev/null || packages+=(qttools5-dev-tools)
command -v Xvfb >/dev/null || packages+=(xvfb)
if [ "${#packages[@]}" -gt 0 ]; then
    if [ "$(id -u)" != 0 ]; then
        echo "Please run: sudo apt-get install --no-install-recommends ${packages[*]}" >&2
        exit 1
    fi
    echo "== installing ${packages[*]} (about a minute, 1.5 GB)"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
fi
echo "== making $folder with $(/usr/bin/python3 -V)"
/usr/bin/python3 -m venv --system-site-packages "$folder"
"$folder/bin/python" -m pip install --quiet pytest==9.2.0 pytest-qgis==5.0.2 pytest-timeout==2.4.0 pytest-xdist==3.8.0 \
    flake8==7.5.0 bandit==1.9.4 detect-secrets==1.5.0 uv==0.13.9
