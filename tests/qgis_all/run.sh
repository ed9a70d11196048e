#!/usr/bin/env bash
# usage: [TESTS=...] run.sh [VERSION ...] - the plugin's tests in newer versions of QGIS, each in a chroot of Debian's packages.
# Needs root, debootstrap, `make setup`, and about 3 GB a version; chroots are kept in .chroot for the next time.
# The engine is the one that `make setup` made: only QGIS differs, so that the tests and their result are the same.
set -euo pipefail
cd "$(dirname "$0")/../.."
here="$PWD"
versions=("$@")
[ "$#" -gt 0 ] || versions=(3.40 3.44)
mirror=$(sed -n 's/^URIs: //p' /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -1)
mirror=${mirror:-http://deb.debian.org/debian}

[ "$(id -u)" = 0 ] || { echo "make test-qgis-all builds chroots and needs root." >&2; exit 1; }
[ -x .venv/bin/python ] || { echo "Please run make setup first." >&2; exit 1; }
command -v debootstrap >/dev/null || { apt-get update -qq; apt-get install -y -qq debootstrap >/dev/null; }

debian_of() {
    case "$1" in
        3.40) echo bookworm ;;
        3.44) echo trixie ;;
        *) echo "Debian's packages are known for QGIS 3.40 and 3.44, not for $1." >&2; return 1 ;;
    esac
}

build() { # VERSION ROOT
    local suite root="$2"
    suite=$(debian_of "$1")
    echo "== building a Debian $suite chroot with QGIS $1 (two to four minutes)"
    rm -rf "$root"
    mkdir -p "$root"
    debootstrap --variant=minbase --include=ca-certificates "$suite" "$root" "$mirror" >/dev/null
    # package clients inside the chroot trust and ask what this machine does
    cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
    cp /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
    for conf in /etc/pip.conf "$HOME/.config/pip/pip.conf" "$HOME/.pip/pip.conf"; do
        [ ! -e "$conf" ] || cp "$conf" "$root/etc/pip.conf"
    done
    printf '#!/bin/sh\nexit 101\n' > "$root/usr/sbin/policy-rc.d"
    chmod +x "$root/usr/sbin/policy-rc.d"
    printf 'path-exclude /usr/share/doc/*\npath-exclude /usr/share/man/*\nforce-unsafe-io\n' \
        > "$root/etc/dpkg/dpkg.cfg.d/slim"
    echo "deb $mirror $suite-backports main" > "$root/etc/apt/sources.list.d/backports.list"
    printf 'Package: *\nPin: release n=%s-backports\nPin-Priority: 990\n' "$suite" > "$root/etc/apt/preferences.d/backports"
    mkdir -p "$root/setup"
    cp tests/setup_qgis.sh "$root/setup/"
    env -u PIP_FIND_LINKS chroot "$root" env HOME=/root LC_ALL=C.UTF-8 bash /setup/setup_qgis.sh /setup/venv
    rm -rf "$root"/var/cache/apt/archives/*.deb
    touch "$root/.done"
}

run() { # ROOT, in a mount namespace of its own: what is mounted is gone with it
    local root="$1" folder
    mount -t proc proc "$root/proc"
    mount --bind /dev "$root/dev"
    .venv/bin/python -c '
import pathlib, sys, rs_dino_engine
print(pathlib.Path(sys.prefix).resolve(), sys.base_prefix, pathlib.Path(rs_dino_engine.__file__).parents[1], sep="\n")' |
        while read -r folder; do
            mkdir -p "$root$folder"
            mount --bind -o ro "$folder" "$root$folder"
        done
    rm -rf "$root/w" && mkdir -p "$root/w"
    cp -r .gitignore CHANGELOG.md LICENSE Makefile README.md engine i18n metadata.txt pyproject.toml resources \
        rs_dino_plugin tests "$root/w/"
    chroot "$root" env -i HOME=/root PATH=/usr/local/bin:/usr/bin:/bin LC_ALL=C.UTF-8 PYTHONUTF8=1 \
        OMP_WAIT_POLICY=PASSIVE QT_QPA_PLATFORM=offscreen \
        RS_DINO_ENGINE_PYTHON="$(readlink -f .venv)/bin/python" TESTS="${TESTS:-tests/plugin tests/e2e tests/desktop}" \
        bash -c 'cd /w &&
            /setup/venv/bin/python -c "
import numpy, sys
from osgeo import gdal
from qgis.core import Qgis
from qgis.PyQt.QtCore import QT_VERSION_STR
print(\"== QGIS\", Qgis.QGIS_VERSION, \"Qt\", QT_VERSION_STR, \"Python\", sys.version.split()[0],
    \"GDAL\", gdal.__version__, \"numpy\", numpy.__version__)" &&
            /setup/venv/bin/python engine/staging/package.py &&
            exec /setup/venv/bin/python tests/run_in_qgis.py -p no:cacheprovider $TESTS'
}

main() { # bash reads a script while it runs it; this one may be edited meanwhile
    if [ "${1:-}" = --inside ]; then
        run "$2"
        exit
    fi
    local version root failed=()
    for version in "${versions[@]}"; do
        root="$here/.chroot/qgis-$version"
        [ -e "$root/.done" ] || build "$version" "$root"
        unshare --mount bash "$here/tests/qgis_all/run.sh" --inside "$root" || failed+=("$version")
    done
    [ "${#failed[@]}" = 0 ] || { echo "Failed in QGIS ${failed[*]}" >&2; exit 1; }
    exit
}

main "$@"
