"""From a training's best checkpoint to the model folder that is shipped, scored on the held-out chips:
``python export.py --run DIR --work DIR --output DIR``."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from rs_dino_engine.models.spec import ClassInfo, ClassMap
from rs_dino_engine.training import checkpoint
from rs_dino_engine.training.export import class_output, model_spec, write
from rs_dino_engine.training.trainer import BEST

from card import write_card  # isort: skip
from check_samples import check  # isort: skip
from provenance import provenance  # isort: skip
from score import score  # isort: skip
from seen import LAND_COVER_GSD_M as GSD_M  # isort: skip
from seen import of_landcover  # isort: skip
from sources import CLASSES, SOURCES  # isort: skip
from train import BANDS, NETWORK, NORMALISATION  # isort: skip

SAMPLES = Path(__file__).parents[3] / "resources" / "samples"
WINDOW_PX = 768
"""Half of what a pixel depends on lies within 64 px, 96 % within 192: large windows, a quarter of them shared."""
LOOKS = {
    "building": ((205, 74, 62), "建筑物"),
    "road and paved": ((150, 150, 150), "道路与硬化地面"),
    "low vegetation": ((172, 214, 105), "低矮植被"),
    "tree": ((38, 115, 57), "树木"),
    "water": ((58, 123, 200), "水体"),
    "bare ground": ((205, 170, 125), "裸地"),
}
ABOUT = "Buildings, roads and paved ground, low vegetation, trees, water and bare ground from aerial RGB."
LIMITS = (
    "Red, green and blue, 0.1 to 1 m per pixel; made for 0.15 to 0.3 m. Trained on few places (Dubai, the "
    "Netherlands, the north-east of the USA, Nepal, forest plots in the USA, one French farm): expect errors "
    "elsewhere, in winter and dusk light, for dry grass against bare ground, flat roofs against paved ground, "
    "shadows against water. A first map to improve by fine-tuning, not a survey."
)


def classes() -> ClassMap:
    return ClassMap(
        classes=[ClassInfo(id=i, name=n, color=LOOKS[n][0], names={"zh": LOOKS[n][1]}) for i, n in enumerate(CLASSES)]
    )


def samples(model: str) -> dict:
    """Scores on the demo's samples, through the engine as anybody runs it."""
    with TemporaryDirectory() as folder:
        rasters = [str(p) for p in sorted(SAMPLES.glob("*.tif"))]
        command = ["segment", *rasters, "--model", model, "--output", folder, "--no-polygons"]
        subprocess.run([sys.executable, "-m", "rs_dino_engine", *command], check=True, stdout=subprocess.DEVNULL)
        found = check(Path(folder))["both"]
    iou = {n: c["iou"] for n, c in found["classes"].items() if c["iou"] is not None}
    return {
        "oa": found["oa"],
        "miou": found["miou"],
        "f1": found["f1"],
        "pixels": found["pixels"],
        "iou": iou,
        "agreement": found["oa"],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--output", type=Path, required=True)
    given = parser.parse_args()
    best = checkpoint.load(given.run / BEST)

    def put(scores: dict) -> None:
        said = provenance("Starter: land cover", ABOUT, SOURCES, scores, LIMITS)
        spec = model_spec(
            "starter-landcover",
            NETWORK,
            BANDS,
            NORMALISATION,
            GSD_M,
            class_output(classes()),
            32,
            None,
            said,
            WINDOW_PX,
            of_landcover(given.work),
        )
        write(given.output, spec, best.tensors)

    put({})
    found = {**score(str(given.output), given.work / "chips"), "samples": samples(str(given.output))}
    put({"split": "held-out parts of each source, not used in training; see README.md", "data_sets": found})
    write_card(given.output)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
