"""Clusters as a person meets them: textures told apart, the same numbers again, exact over windows."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import rasterio
from predict_cases import noise, rs_dino, textures, write_raster


def clusters_of(raster: Path, out: Path, model: Path, *more: object) -> np.ndarray:
    done = rs_dino("clusters", raster, "--model", model, "--output", out, *more)
    assert done.returncode == 0, done.stderr
    with rasterio.open(out / f"{raster.stem}_clusters.tif") as data:
        assert (data.nodata, data.dtypes) == (255, ("uint8",))
        return data.read(1)


def nearest(raster: Path, out: Path, model: Path, document: dict) -> "tuple[np.ndarray, np.ndarray]":
    """The nearest centre of the raw features, blended as features; and where another is about as near."""
    done = rs_dino("feature-map", raster, "--model", model, "--output", out, "--raw")
    assert done.returncode == 0, done.stderr
    with rasterio.open(out / f"{raster.stem}_features.tif") as data:
        raw = data.read()
    centres = np.array(document["centres"])
    distances = ((raw[None] - centres[:, :, None, None]) ** 2).sum(axis=1)
    ordered = np.sort(distances, axis=0)
    return distances.argmin(axis=0) + 1, ordered[1] - ordered[0] < 1e-3


def test_textures_are_told_apart(tmp_path: Path, backbone: Path) -> None:
    pixels = textures()
    pixels[:, :30, :40] = 0
    raster = write_raster(tmp_path / "r.tif", pixels, nodata=0)
    found = clusters_of(raster, tmp_path / "out", backbone, "--count", 4)
    invalid = (pixels == 0).all(0)
    assert (found[invalid] == 255).all() and set(np.unique(found[~invalid])) == {1, 2, 3, 4}
    inner = [found[r : r + 120, c : c + 120][~invalid[r : r + 120, c : c + 120]] for r in (20, 180) for c in (20, 180)]
    common = [np.bincount(part).argmax() for part in inner]
    assert sorted(common) == [1, 2, 3, 4]
    assert all(np.mean(part == number) > 0.95 for part, number in zip(inner, common))
    results = json.loads((tmp_path / "out" / "results.json").read_text())
    rows = results["classes"]["value"]
    assert [row["pixels"] for row in rows] == [int((found == i).sum()) for i in (1, 2, 3, 4)]
    # UTM at the middle of its zone: 0.9996^-2 of the grid's area
    assert [row["area_m2"] for row in rows] == pytest.approx(
        [row["pixels"] * 0.25 / 0.9996**2 for row in rows], rel=1e-3
    )
    with rasterio.open(tmp_path / "out" / "r_clusters.tif") as data:
        colors = data.colormap(1)
        assert ["#{:02x}{:02x}{:02x}".format(*colors[i][:3]) for i in (1, 2, 3, 4)] == [row["color"] for row in rows]
    assert (tmp_path / "out" / "r_clusters.qml").read_text().count("<paletteEntry") == 4


@pytest.mark.parametrize("foreground", [False, True])
def test_clusters_are_those_of_the_blended_features(tmp_path: Path, backbone: Path, foreground: bool) -> None:
    """Over many windows, though scores are blended and not features."""
    raster = write_raster(tmp_path / "r.tif", textures()[:, 90:290, 60:310])
    options = ("--output-grid", "model", "--count", "6", *(["--foreground"] if foreground else []))
    found = clusters_of(raster, tmp_path / "out", backbone, *options)
    document = json.loads((tmp_path / "out" / "cluster_centres.json").read_text())
    wanted, tied = nearest(raster, tmp_path / "raw", backbone, document)
    if foreground:
        with rasterio.open(tmp_path / "raw" / "r_features.tif") as data:
            score = np.tensordot(np.array(document["foreground"]["axis"]), data.read(), 1)
        score -= document["foreground"]["threshold"]
        tied |= np.abs(score) < 1e-3
        wanted[score <= 0] = 255
        assert 0.1 < (score > 0).mean() < 0.9
    assert tied.mean() < 0.05 and np.array_equal(found[~tied], wanted[~tied])


def test_centres_mean_the_same_in_every_run(tmp_path: Path, backbone: Path) -> None:
    """Two rasters of a request share centres; those taken from it give the same clusters, one raster at a time."""
    rasters = [write_raster(tmp_path / f"{i}.tif", noise(150, 130, seed=i)) for i in range(2)]
    done = rs_dino("clusters", *rasters, "--model", backbone, "--output", tmp_path / "both", "--count", 5)
    assert done.returncode == 0, done.stderr
    again = rs_dino("clusters", *rasters, "--model", backbone, "--output", tmp_path / "again", "--count", 5)
    assert again.returncode == 0, again.stderr
    centres = tmp_path / "both" / "cluster_centres.json"
    assert centres.read_bytes() == (tmp_path / "again" / "cluster_centres.json").read_bytes()
    for number, raster in enumerate(rasters):
        alone = clusters_of(raster, tmp_path / f"alone-{number}", backbone, "--centres", centres)
        with rasterio.open(tmp_path / "both" / f"{number}_clusters.tif") as data:
            assert np.array_equal(data.read(1), alone)
    table = json.loads((tmp_path / "both" / "results.json").read_text())["classes"]["value"]
    assert sum(row["pixels"] for row in table) == 2 * 150 * 130


def test_a_killed_run_goes_on_with_its_own_centres(tmp_path: Path, backbone: Path) -> None:
    raster = write_raster(tmp_path / "r.tif", textures())
    whole = clusters_of(raster, tmp_path / "whole", backbone)
    common = ("clusters", raster, "--model", backbone, "--output", tmp_path / "out")
    assert rs_dino(*common, RS_DINO_KILL_AFTER_COMMIT="1").returncode == 137
    done = rs_dino(*common, "--resume")
    assert done.returncode == 0 and "Looking for" not in done.stderr, done.stderr
    with rasterio.open(tmp_path / "out" / "r_clusters.tif") as data:
        assert np.array_equal(data.read(1), whole)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--count", "64"), "too few for 64 clusters"),
        (("--centres", "none.json"), "does not hold centres"),
        (("--centres", "other.json"), "another model"),
        (("--centres", "same.json", "--foreground"), "made without foreground only"),
    ],
)
def test_what_cannot_be_is_said(tmp_path: Path, backbone: Path, options: tuple, said: str) -> None:
    raster = write_raster(tmp_path / "r.tif", noise(60, 60))
    sha256 = "0"
    if "same.json" in options:
        clusters_of(raster, tmp_path / "first", backbone, "--count", 2)
        sha256 = json.loads((tmp_path / "first" / "cluster_centres.json").read_text())["model_sha256"]
    (tmp_path / "none.json").write_text('{"format": "rs-dino-pca-1"}')
    good = {"format": "rs-dino-clusters-1", "centres": np.eye(3, 64).tolist(), "shares": [0.4, 0.3, 0.3]}
    for name in ("other.json", "same.json"):
        (tmp_path / name).write_text(json.dumps({**good, "model_sha256": sha256}))
    options = tuple(tmp_path / word if word.endswith(".json") else word for word in options)
    done = rs_dino("clusters", raster, "--model", backbone, "--output", tmp_path / "out", *options)
    assert done.returncode == 2 and said in done.stderr, done.stderr


def test_only_checking_fits_nothing(tmp_path: Path, backbone: Path) -> None:
    raster = write_raster(tmp_path / "r.tif", noise(150, 130))
    done = rs_dino("clusters", raster, "--model", backbone, "--output", tmp_path / "out", "--preflight", "--foreground")
    assert done.returncode == 0, done.stderr
    assert not list((tmp_path / "out").glob("*.tif")) and not list((tmp_path / "out").glob("*centres*"))
