#!/usr/bin/env bash
# Resolves the engine's dependencies for every platform and Python that RS-DINO is written for, without running
# there: says whether a set of versions exists, with wheels for everything.
set -euo pipefail
cd "$(dirname "$0")/.."
uv="${UV:-.venv/bin/uv}"
[ -x "$uv" ] || .venv/bin/python -m pip install --quiet uv
# wheels for macOS 14 and newer count; uv assumes an older one otherwise
export MACOSX_DEPLOYMENT_TARGET=14.0
failed=0
for platform in x86_64-unknown-linux-gnu x86_64-pc-windows-msvc aarch64-apple-darwin; do
    for python in 3.10 3.11 3.12 3.13; do
        if found=$("$uv" pip compile --quiet --no-build --python-platform "$platform" --python-version "$python" \
                   --extra onnx --extra geoparquet --extra trees --extra timm engine/pyproject.toml 2>&1); then
            versions=$(echo "$found" | grep -E '^(torch|rasterio|onnxruntime|numpy)==' | tr '\n' ' ')
            printf '%-28s %-5s %s\n' "$platform" "$python" "$versions"
        else
            printf '%-28s %-5s FAILED\n%s\n' "$platform" "$python" "$found"
            failed=1
        fi
    done
done
exit $failed
