#!/usr/bin/env bash
# usage: take_pictures.sh RASTER ENGINE_PYTHON FOLDER - pictures of the installed plugin in the real desktop, to look at
# Needs what tests/setup_qgis.sh installs, and: unzip xvfb openbox fonts-noto-cjk python3-pil
set -euo pipefail
here="$(cd "$(dirname "$0")" && pwd)"
root="$(cd "$here/../.." && pwd)"
raster="$1" engine="$2" pictures="$3"
work="$(mktemp -d "${TMPDIR:-/var/tmp}/rs-dino-pictures.XXXXXX")"
profile="$work/profiles/default"
mkdir -p "$profile/QGIS" "$profile/python/plugins" "$work/runtime" "$pictures"
chmod 700 "$work/runtime"
unzip -q "$root"/dist/rs_dino_plugin-*.zip -d "$profile/python/plugins"
locale="${LANGUAGE_OF_QGIS:-en}"
printf '[PythonPlugins]\nrs_dino_plugin=true\n\n[rsdino]\nengine_python=%s\n\n[locale]\noverrideFlag=true\nuserLocale=%s\n\n[qgis]\ncheckVersion=false\n' \
    "$engine" "$locale" > "$profile/QGIS/QGIS3.ini"
display=":$((90 + RANDOM % 100))"
Xvfb "$display" -screen 0 1500x950x24 -nolisten tcp & xvfb=$!
trap 'kill "${manager:-}" $xvfb 2>/dev/null || true; rm -rf "$work"' EXIT
sleep 1
export DISPLAY="$display" QT_QPA_PLATFORM=xcb LIBGL_ALWAYS_SOFTWARE=1 XDG_RUNTIME_DIR="$work/runtime"
openbox & manager=$!
RASTER="$raster" PICTURES="$pictures" timeout 240 qgis.bin --nologo --noversioncheck --profiles-path "$work" \
    --code "$here/take_pictures.py"
/usr/bin/python3 "$here/shrink_pictures.py" "$pictures"
