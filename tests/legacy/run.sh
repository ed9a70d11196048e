#!/usr/bin/env bash
# The part of the engine that runs jobs, under torch 1.10 and Python 3.9: what an Enflame T20 offers, as near as
# Debian gets. Needs root, debootstrap and about 3 GB; the chroot is kept in .chroot/legacy for the next time.
set -euo pipefail
cd "$(dirname "$0")/../.."
root="$PWD/.chroot/legacy"
mirror=$(sed -n 's/^URIs: //p' /etc/apt/sources.list.d/debian.sources 2>/dev/null | head -1)
mirror=${mirror:-http://deb.debian.org/debian}

[ "$(id -u)" = 0 ] || { echo "make test-legacy builds a chroot and needs root." >&2; exit 1; }
command -v debootstrap >/dev/null || { apt-get update -qq; apt-get install -y -qq debootstrap; }

if [ ! -e "$root/.done" ]; then
    echo "== building a Debian 11 chroot (a minute or two)"
    rm -rf "$root"
    mkdir -p "$root"
    debootstrap --variant=minbase --include=python3,python3-pip,python3-venv,libexpat1,ca-certificates \
        bullseye "$root" "$mirror" >/dev/null
    # package clients inside the chroot trust what this machine trusts
    cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
    cp /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || true
    for conf in /etc/pip.conf "$HOME/.config/pip/pip.conf" "$HOME/.pip/pip.conf"; do
        [ -e "$conf" ] && cp "$conf" "$root/etc/pip.conf"
    done
    chroot "$root" python3 -m venv /v
    cp engine/constraints-py38.txt tests/legacy/requirements.txt "$root/v/"
    echo "== installing torch 1.10"
    env -u PIP_FIND_LINKS chroot "$root" /v/bin/pip install --quiet --upgrade "pip<25"
    env -u PIP_FIND_LINKS chroot "$root" /v/bin/pip install --quiet -c /v/constraints-py38.txt -r /v/requirements.txt
    touch "$root/.done"
fi

mountpoint -q "$root/proc" || mount -t proc proc "$root/proc"
trap 'umount "$root/proc"' EXIT
rm -rf "$root/w" && mkdir -p "$root/w"
cp -r engine tests pyproject.toml resources "$root/w/"
mkdir -p "$root/shared"
[ ! -d ../shared/data ] || cp -r ../shared/data "$root/shared/" 2>/dev/null || true

chroot "$root" env HOME=/root LC_ALL=C.UTF-8 PYTHONPATH=/w/engine OMP_WAIT_POLICY=PASSIVE \
    bash -c 'cd /w && /v/bin/python -c "import torch, sys; print(sys.version.split()[0], torch.__version__)" \
    && /v/bin/python -m pytest -p no:cacheprovider -W default tests/engine'
