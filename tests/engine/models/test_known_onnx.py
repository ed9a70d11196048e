"""The cloud models of ukis-csmask, which carry no metadata, come out right on a real Sentinel-2 scene."""

from __future__ import annotations

import importlib.util
import warnings
from pathlib import Path

import numpy as np
import pytest
import torch

pytest.importorskip("onnxruntime")

from rs_dino_engine.models.library import find_model, import_model  # noqa: E402
from rs_dino_engine.models.load import load_model  # noqa: E402
from rs_dino_engine.models.onnx_spec import known_files  # noqa: E402

SCENE = Path(__file__).resolve().parents[4] / "shared" / "data" / "clouds" / "sentinel2.npz"
PACKAGE = importlib.util.find_spec("ukis_csmask")
BANDS = ["blue", "green", "red", "nir", "swir16", "swir22"]

needs_package = pytest.mark.skipif(PACKAGE is None, reason="the package ukis-csmask is not installed")
needs_scene = pytest.mark.skipif(not SCENE.is_file(), reason="../shared/data/clouds is not there")


def model_file(bands: int, level: str) -> Path:
    assert PACKAGE is not None and PACKAGE.origin is not None
    return Path(PACKAGE.origin).parent / f"model_{bands}b_{level}.onnx"


def normalised(scene: np.ndarray, mean: "list[float]", std: "list[float]") -> np.ndarray:
    return ((scene[..., : len(mean)] - np.float32(mean)) / np.float32(std)).astype(np.float32)


def test_every_known_file_has_a_sound_description() -> None:
    known = known_files()
    assert len(known) == 4
    for sha256, spec in known.items():
        assert spec.sha256 == sha256 and spec.runtime == "onnx" and spec.licence == "Apache-2.0"
        assert [band.name for band in spec.input.bands] == BANDS[: len(spec.input.bands)]


@needs_package
@needs_scene
def test_the_classes_agree_with_the_reference_mask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Quarter windows of the scene against its mask (0 shadow, 1 water, 3 land, 4 cloud)."""
    monkeypatch.setenv("RS_DINO_MODELS", str(tmp_path))
    found = import_model(str(model_file(6, "l1c")))
    assert found.notes[0].code == "onnx-known" and found.spec.name == "ukis-csmask-6b-l1c"
    data = np.load(str(SCENE))
    image = normalised(data["img"], found.spec.input.mean, found.spec.input.std).transpose(2, 0, 1)
    windows = np.stack([image[:, y : y + 256, x : x + 256] for y in (0, 256) for x in (0, 256)])
    found_labels = load_model(found)(torch.from_numpy(windows)).argmax(1).numpy()
    labels = found_labels.reshape(2, 2, 256, 256).transpose(0, 2, 1, 3).reshape(512, 512)
    reference = np.select([data["msk"][..., 0] == 4, data["msk"][..., 0] == 0], [1, 2], 0)
    assert (labels == reference).mean() > 0.88
    for number, least in ((0, 0.84), (1, 0.72), (2, 0.65)):
        both, either = (labels == number) & (reference == number), (labels == number) | (reference == number)
        assert both.sum() / either.sum() > least


@needs_package
@needs_scene
@pytest.mark.parametrize(("bands", "level"), [(6, "l1c"), (4, "l2a")])
def test_the_result_is_the_package_s_own(bands: int, level: str) -> None:
    """The same windows and the same blending as the package has, around our model: not one pixel differs."""
    pytest.importorskip("scipy")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from ukis_csmask.mask import CSmask
        from ukis_csmask.utils import tile_array, untile_array
    image = np.load(str(SCENE))["img"].astype(np.float32)
    theirs = CSmask(image[..., :bands].copy(), BANDS[:bands], level, intra_op_num_threads=1).csm[..., 0]
    found = find_model(str(model_file(bands, level)))
    model = load_model(found)
    values = normalised(image, found.spec.input.mean, found.spec.input.std)
    tiles = np.moveaxis(tile_array(values, xsize=256, ysize=256, overlap=0.2), -1, 1).astype(np.float32)
    shares = torch.cat([model(torch.from_numpy(tile[None])) for tile in tiles]).softmax(1).numpy()
    ours = untile_array(np.moveaxis(shares, 1, -1), (512, 512, 3), overlap=0.2, smooth_blending=True).argmax(2)
    assert np.array_equal(ours, theirs)
