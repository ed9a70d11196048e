"""The embedded land cover model: it is there, small enough, described, and sees what is plain in the samples."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from rs_dino_engine.models.library import find_model
from rs_dino_engine.models.load import load_model
from rs_dino_engine.predict.resample import Resampler
from rs_dino_engine.raster.source import open_raster

RESOURCES = Path(__file__).resolve().parents[3] / "resources"
MODEL = RESOURCES / "models" / "starter-landcover"


@pytest.fixture(scope="module")
def model():
    return load_model(find_model(str(MODEL)))


def _input(model, sample: str) -> torch.Tensor:
    """A whole sample at the model's GSD, normalised."""
    with open_raster(str(RESOURCES / "samples" / sample)) as source:
        pixels = source.read(0, source.height, 0, source.width).pixels.astype(np.float32) / 255
        side = round(source.height * source.gsd_m.row / model.spec.input.gsd_m)
    side -= side % model.spec.input.stride_px
    matrix = Resampler(pixels.shape[1], side, pixels.shape[1] / side).matrix(0, side, 0, pixels.shape[1])
    x = torch.from_numpy(matrix @ pixels @ matrix.T)[None]
    mean, std = (torch.tensor(v).reshape(1, 3, 1, 1) for v in (model.spec.input.mean, model.spec.input.std))
    return (x - mean) / std


def _labels(model, sample: str) -> np.ndarray:
    """Class names on a grid of 64 x 64 over a sample."""
    found = model(_input(model, sample))[0].argmax(0).numpy()
    names = np.array([c.name for c in model.spec.output.class_map.classes])
    step = (np.arange(64) + 0.5) * len(found) / 64
    return names[found][np.ix_(step.astype(int), step.astype(int))]


def test_it_fits_into_the_package():
    assert sum(p.stat().st_size for p in MODEL.iterdir()) <= 7e6
    assert sum(p.stat().st_size for p in (RESOURCES / "samples").iterdir()) <= 3e6


def test_it_says_what_a_person_must_know(model):
    spec = model.spec
    assert [c.id for c in spec.output.class_map.classes] == list(range(6))
    assert all(c.names.get("zh") for c in spec.output.class_map.classes)
    assert spec.licence
    assert spec.attribution
    assert spec.limits
    assert len(spec.data) >= 5
    assert spec.scores["data_sets"]
    card = (MODEL / "README.md").read_text(encoding="utf-8")
    for name, found in spec.scores["data_sets"].items():
        assert name in card
        assert f"{found['oa']:.3f}" in card
    json.dumps(spec.model_dump(mode="json"))


@pytest.mark.parametrize(
    ("sample", "share", "places"),
    [
        ("suburb.tif", 0.8, {"building": [(46, 28), (24, 53)], "road and paved": [(6, 52), (61, 46), (50, 42)],
                             "low vegetation": [(4, 14), (36, 14)], "tree": [(15, 11), (12, 24)]}),
        ("golf-course.tif", 0.8, {"water": [(50, 45), (44, 55), (58, 40)], "tree": [(15, 41), (5, 8)],
                                  "low vegetation": [(16, 55), (36, 11), (56, 22)]}),
    ],
)  # fmt: skip
def test_it_sees_what_is_plain_in_the_samples(model, sample, share, places):
    """Places (row, column of 64) were picked by eye in the middle of large objects."""
    found = _labels(model, sample)
    right = [str(found[place]) == name for name, chosen in places.items() for place in chosen]
    assert np.mean(right) >= share, {p: str(found[p]) for chosen in places.values() for p in chosen}


def test_a_turned_picture_gives_a_turned_map(model):
    """Within limits: the network has learnt from turned pictures, it is not built to be invariant."""
    agreed = []
    for sample in ("golf-course.tif", "suburb.tif"):
        x = _input(model, sample)
        one = model(x).argmax(1)
        for turns in range(4):
            for mirrored in (False, True):
                seen = torch.flip(torch.rot90(x, turns, (2, 3)), (3,)) if mirrored else torch.rot90(x, turns, (2, 3))
                other = model(seen).argmax(1)
                other = torch.rot90(torch.flip(other, (2,)) if mirrored else other, -turns, (1, 2))
                agreed.append((one == other).float().mean().item())
    assert agreed[0] == 1.0
    assert np.mean(agreed) > 0.8, agreed
