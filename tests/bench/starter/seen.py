"""Write how the training pictures looked into the models that are shipped, without training again:
``python seen.py --work DIR [--models FOLDER]``, after ``canopy.py`` and ``cut.py`` have cut the chips."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from rs_dino_engine.datasets.chip_store import ChipStore
from rs_dino_engine.models.spec import ModelSpec, Seen
from rs_dino_engine.training.recipe import read_recipe
from rs_dino_engine.training.seen import seen_in

import canopy  # isort: skip
import ponds  # isort: skip
from sources import SOURCES  # isort: skip

HERE = Path(__file__).parent
MODELS = HERE.parents[2] / "resources" / "models"
LAND_COVER_GSD_M = 0.2


def of_canopy(work: Path) -> Seen:
    """What starter-canopy has seen."""
    recipe = read_recipe(str(HERE / "canopy.json"))
    recipe.sampling = dict(canopy.SAMPLING)
    return _known(seen_in(ChipStore(work / "canopy"), canopy.GSD_M, recipe))


def of_landcover(work: Path) -> Seen:
    """What starter-landcover has seen in its last round."""
    recipe = read_recipe(str(HERE / "round-7.json"))
    recipe.sampling = {**{name: s.weight for name, s in SOURCES.items()}, ponds.NAME: ponds.WEIGHT}
    return _known(seen_in(ChipStore(work / "chips"), LAND_COVER_GSD_M, recipe))


def _known(seen: "Seen | None") -> Seen:
    assert seen is not None
    return seen


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--models", type=Path, default=MODELS)
    given = parser.parse_args()
    for name, seen in (("starter-canopy", of_canopy(given.work)), ("starter-landcover", of_landcover(given.work))):
        folder = given.models / name
        spec = ModelSpec.model_validate(json.loads((folder / "model.json").read_text(encoding="utf-8")))
        spec.input.seen = seen
        spec.write(folder)
        assert seen.looks is not None
        print(f"{name}: farthest {seen.looks.farthest}, gain {seen.looks.gain}")


if __name__ == "__main__":
    main()
