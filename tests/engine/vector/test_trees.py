"""Trees from a height map: the right number, place, height and crown; the same however it is cut into pieces."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Dict, List, Tuple

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin
from rs_dino_engine.errors import UserError
from rs_dino_engine.vector.trees import TreeResult, find_trees
from rs_dino_engine.vector.treetops import Piece, crown_radius_m, find_tops, grow_crowns

pytest.importorskip("skimage")
GSD = 0.5


def forest(shape: Tuple[int, int], trees: List[Tuple[float, float, float, float]]) -> np.ndarray:
    """Cones (row, col, height, radius in pixels) on bare ground."""
    rows, cols = np.mgrid[: shape[0], : shape[1]]
    heights = np.zeros(shape, np.float32)
    for row, col, top, radius in trees:
        away = np.hypot(rows - row, cols - col)
        heights = np.maximum(heights, np.where(away <= radius, top * (1 - 0.4 * away / radius), 0))
    return heights.astype(np.float32)


def random_forest(shape: Tuple[int, int], count: int, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    trees = [
        (float(r), float(c), float(h), float(max(3, crown_radius_m(np.array(h)) / GSD)))
        for r, c, h in zip(rng.uniform(0, shape[0], count), rng.uniform(0, shape[1], count), rng.uniform(3, 30, count))
    ]
    return forest(shape, trees) + rng.uniform(0, 0.01, shape).astype(np.float32)


def write(path: Path, heights: np.ndarray, **changes: Any) -> Path:
    profile: Dict[str, Any] = dict(
        driver="GTiff", count=1, dtype="float32", height=heights.shape[0], width=heights.shape[1], nodata=-9999,
        crs="EPSG:32633", transform=from_origin(500000, 5400000, GSD, GSD),
    )  # fmt: skip
    profile.update(changes)
    with rasterio.open(path, "w", **profile) as data:
        data.write(heights, 1)
    return path


def found(tmp_path: Path, heights: np.ndarray, core_px: int = 1024, **changes: Any) -> "tuple[TreeResult, dict, dict]":
    raster = write(tmp_path / "h.tif", heights, **changes)
    tops, crowns = tmp_path / f"tops-{core_px}.gpkg", tmp_path / f"crowns-{core_px}.gpkg"
    result = find_trees(raster, tops, crowns, 2.0, lambda share: None, lambda: None, core_px)
    return result, read(tops), read(crowns)


def read(path: Path) -> Dict[str, Any]:
    meta, _, wkb, columns = pyogrio.raw.read(str(path), layer=path.stem)
    return {"geometry": shapely.from_wkb(wkb), "crs": meta["crs"], **dict(zip(meta["fields"].tolist(), columns))}


def test_three_trees(tmp_path: Path) -> None:
    trees = [(20, 20, 18.0, 8), (20, 60, 9.0, 5), (60, 40, 25.0, 10)]
    result, tops, crowns = found(tmp_path, forest((80, 90), trees))
    assert result.count == 3 and result.tallest_m == 25.0
    assert sorted(tops["height_m"].tolist()) == [9.0, 18.0, 25.0]
    places = {(round((g.x - 500000) / GSD - 0.5), round((5400000 - g.y) / GSD - 0.5)) for g in tops["geometry"]}
    assert places == {(20, 20), (60, 20), (40, 60)}
    assert tops["crs"] == "EPSG:32633"
    for outline, point, area, height in zip(crowns["geometry"], tops["geometry"], crowns["crown_m2"], tops["height_m"]):
        assert outline.is_valid and outline.contains(point)
        assert outline.area == pytest.approx(area, rel=0.01)  # UTM's scale is not quite 1
        radius = {9.0: 5, 18.0: 8, 25.0: 10}[height] * GSD
        assert area == pytest.approx(np.pi * radius**2, rel=0.2)


def test_the_files_are_of_a_version_that_the_gdal_of_qgis_322_knows(tmp_path: Path) -> None:
    found(tmp_path, forest((80, 90), [(20, 20, 18.0, 8)]))
    for path in sorted(tmp_path.rglob("*.gpkg")):
        with closing(sqlite3.connect(str(path))) as db:
            assert db.execute("PRAGMA user_version").fetchone() == (10200,), path


def test_a_bump_inside_a_crown_is_no_tree() -> None:
    heights = forest((60, 60), [(30, 30, 20.0, 10)])
    heights[30, 34] += 1.0  # two metres from the top, and lower than it
    tops = find_tops(Piece(heights, (GSD, GSD)), 2.0)
    assert list(zip(tops.rows.tolist(), tops.cols.tolist())) == [(30, 30)]


def test_a_flat_top_counts_once() -> None:
    heights = np.zeros((40, 40), np.float32)
    heights[15:18, 15:20] = 12.0
    assert len(find_tops(Piece(heights, (GSD, GSD)), 2.0).rows) == 1


def test_touching_crowns_are_shared_between_their_tops() -> None:
    heights = forest((60, 80), [(30, 28, 20.0, 12), (30, 50, 20.0, 12)])
    piece = Piece(heights, (GSD, GSD))
    tops = find_tops(piece, 2.0)
    crowns = grow_crowns(piece, tops, 2.0)
    assert len(tops.rows) == 2
    left, right = (set(crowns[30, span].tolist()) - {0} for span in (slice(24, 37), slice(41, 54)))
    assert len(left) == len(right) == 1 and left != right


@pytest.mark.parametrize("core_px", [64, 100, 500])
def test_pieces_do_not_show(tmp_path: Path, core_px: int) -> None:
    heights = random_forest((260, 300), 160, seed=3)
    whole, tops, crowns = found(tmp_path, heights, 1024)
    parts, other_tops, other_crowns = found(tmp_path, heights, core_px)
    assert whole.count == parts.count > 60

    def by_place(points: dict, outlines: dict) -> dict:
        return {
            (p.x, p.y): (h, a, shapely.normalize(c).wkt)
            for p, h, a, c in zip(points["geometry"], points["height_m"], points["crown_m2"], outlines["geometry"])
        }

    assert by_place(tops, crowns) == by_place(other_tops, other_crowns)
    assert sorted(other_tops["id"].tolist()) == list(range(1, parts.count + 1))


def test_nodata_and_low_vegetation_are_no_trees(tmp_path: Path) -> None:
    heights = forest((80, 90), [(20, 20, 18.0, 8), (60, 60, 1.5, 8)])
    heights[:, 45:] = np.where(heights[:, 45:] > 0, heights[:, 45:], -9999)
    result, tops, _ = found(tmp_path, heights)
    assert result.count == 1 and tops["height_m"].tolist() == [18.0]


def test_bare_ground_gives_empty_layers(tmp_path: Path) -> None:
    result, tops, crowns = found(tmp_path, np.zeros((50, 50), np.float32))
    assert result.count == 0 and len(tops["geometry"]) == len(crowns["geometry"]) == 0
    assert result.figures() == {"count": 0, "mean_height_m": None, "tallest_m": None, "mean_crown_m2": None}


def test_what_cannot_be_measured_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no CRS"):
        found(tmp_path, np.zeros((50, 50), np.float32), crs=None)
    with pytest.raises(UserError, match="at most 2.0 m"):
        found(tmp_path, np.zeros((50, 50), np.float32), transform=from_origin(500000, 5400000, 10, 10))
    assert [p.name for p in tmp_path.iterdir()] == ["h.tif"]
