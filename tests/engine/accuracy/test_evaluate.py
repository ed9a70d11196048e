"""The evaluate task as a job runs it: references of every sort against small maps."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

import numpy as np
import pyogrio
import pyproj
import pytest
import rasterio
import shapely
from rasterio.transform import from_origin
from rs_dino_engine.errors import UserError
from rs_dino_engine.tasks.evaluate import Inputs, run

CLASSES = [
    {"id": 1, "name": "water", "color": [0, 0, 255], "names": {"zh": "水体"}},
    {"id": 2, "name": "forest", "color": [0, 99, 0], "names": {"zh": "林地"}},
    {"id": 7, "name": "Bare Ground", "color": [99, 99, 0]},
]
LABELS = np.repeat(np.array([[1, 1, 2, 2, 2, 2, 2, 2, 7, 255]], np.uint8), 10, 1).repeat(60, 0)  # 60 x 100
ORIGIN, GSD = (500_000.0, 4_000_000.0), 10.0


class FakeJob:
    """Collects what a task says; folders are real."""

    resume = False

    def __init__(self, outputs: Path) -> None:
        self.outputs, self.warned, self.progress = outputs, [], []
        outputs.mkdir(parents=True)

    def report(self, progress: Optional[float] = None, message: Any = None, **_: Any) -> None:
        self.progress.append(progress)

    def warn(self, message: Any) -> None:
        self.warned.append(message)

    def check_cancel(self) -> None: ...


def write_raster(
    path: Path, values: np.ndarray, nodata: Any = 255, crs: Optional[str] = "EPSG:32633", **tags: str
) -> Path:
    profile: Dict[str, Any] = dict(driver="GTiff", count=1, dtype=values.dtype.name, nodata=nodata, crs=crs)
    profile.update(height=values.shape[0], width=values.shape[1], transform=from_origin(*ORIGIN, GSD, GSD))
    with rasterio.open(path, "w", **profile) as data:
        data.write(values, 1)
        data.update_tags(**tags)
    return path


@pytest.fixture
def labels(tmp_path: Path) -> Path:
    return write_raster(tmp_path / "图 a_labels.tif", LABELS, RSDINO_CLASSES=json.dumps(CLASSES))


def at(col: float, row: float) -> Tuple[float, float]:
    return ORIGIN[0] + col * GSD, ORIGIN[1] - row * GSD


def write_references(path: Path, shapes: List[Any], crs: str = "EPSG:32633", **fields: List[Any]) -> Path:
    if crs != "EPSG:32633":
        way = pyproj.Transformer.from_crs(32633, crs, always_xy=True)
        shapes = [shapely.transform(s, lambda p: np.column_stack(way.transform(*p.T))) for s in shapes]
    values = [
        np.array(v, dtype=object if any(isinstance(x, (str, type(None))) for x in v) else None) for v in fields.values()
    ]
    wkb = np.array([shapely.to_wkb(s) for s in shapes], dtype=object)
    names = np.array(list(fields), dtype=object)
    pyogrio.raw.write(str(path), wkb, values, names, geometry_type="Unknown", crs=crs, driver="GPKG")
    return path


def evaluate(tmp_path: Path, raster: Path, references: Path, field: str = "class", **more: Any) -> Tuple[Any, FakeJob]:
    job = FakeJob(tmp_path / f"outputs {len(list(tmp_path.glob('outputs*')))}")
    given = Inputs(raster=str(raster), references=str(references), field=field, output=str(tmp_path / "o"), **more)
    return run(given, job), job


def rows_of(results: Dict[str, Any], name: str = "accuracy") -> List[Dict[str, str]]:
    with Path(results[name]["href"]).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def points(*places: Tuple[float, float]) -> List[Any]:
    return [shapely.Point(*at(col, row)) for col, row in places]


def grid_points(col0: int, count: int) -> List[Tuple[float, float]]:
    return [(col0 + 0.5, row + 0.5) for row in range(count)]


@pytest.fixture
def sample() -> Dict[str, Any]:
    """30 references on water (3 are forest), 40 on forest (4 are bare), 10 on bare ground (all right)."""
    places = grid_points(5, 30) + grid_points(40, 40) + grid_points(85, 10)
    real = [1] * 27 + [2] * 3 + [2] * 36 + [7] * 4 + [7] * 10
    return {"shapes": points(*places), "real": real}


def test_figures_areas_and_tables(tmp_path, labels, sample):
    references = write_references(tmp_path / "r.gpkg", sample["shapes"], **{"class": sample["real"]})
    results, job = evaluate(tmp_path, labels, references)
    found = results["assessment"]["value"]
    water, forest, bare = found["classes"]
    assert [c["name"] for c in found["classes"]] == ["water", "forest", "Bare Ground"]
    assert found["counts"] == [[27, 3, 0], [0, 36, 4], [0, 0, 10]]
    weights = np.array([2, 6, 1]) / 9
    assert found["overall"]["value"] == pytest.approx(weights @ [0.9, 0.9, 1.0])
    variance = sum(w**2 * p * (1 - p) / (n - 1) for w, p, n in zip(weights, (0.9, 0.9, 1.0), (30, 40, 10)))
    assert found["overall"]["half_width"] == pytest.approx(1.96 * variance**0.5)
    assert water["producers"]["value"] == pytest.approx(1)
    scale = 0.9996**-2  # of UTM at its central meridian
    assert water["mapped"] == pytest.approx(60 * 20 * 100 / 1e4 * scale, rel=1e-5)
    assert bare["area"]["value"] == pytest.approx((0.1 * 36 + 6) * scale, rel=1e-5)
    assert found["unit"] == "ha" and found["references"] == 80 and found["polygons"] == 0
    table = rows_of(results)
    assert [row["class"] for row in table] == ["water", "forest", "Bare Ground", "all"]
    assert float(table[0]["users"]) == 0.9 and table[3]["users"] == ""
    assert float(table[3]["overall"]) == pytest.approx(found["overall"]["value"], abs=1e-4)
    assert float(table[3]["mapped_ha"]) == pytest.approx(54 * scale, rel=1e-5)
    matrix = rows_of(results, "confusion")
    assert matrix[0] == {
        "what": "references",
        "map": "water",
        "water": "27",
        "forest": "3",
        "Bare Ground": "0",
        "total": "30",
    }
    assert float(matrix[-1]["total"]) == 100.0
    assert Path(results["accuracy"]["href"]).with_suffix(".csvt").read_text().startswith('"Integer","String","Integer"')
    page = Path(results["report"]["href"]).read_text(encoding="utf-8")
    assert "overall accuracy 91.1 ± " in page and "drawn at random" in page
    assert [note.code for note in job.warned] == ["accuracy-few"], "10 references on bare ground"


@pytest.mark.parametrize("written", ["id", "text", "name", "chinese"])
@pytest.mark.parametrize("crs", ["EPSG:32633", "EPSG:4326"])
def test_classes_by_id_name_or_chinese_name_in_any_crs(tmp_path, labels, sample, written, crs):
    names = {1: "WATER", 2: "forest", 7: " bare  ground "}
    chinese = {1: "水体", 2: "林地", 7: "Bare Ground"}
    how = {"id": int, "text": str, "name": names.get, "chinese": chinese.get}[written]
    references = write_references(
        tmp_path / "r.gpkg", sample["shapes"], crs, **{"类别": [how(i) for i in sample["real"]]}
    )
    results, _ = evaluate(tmp_path, labels, references, "类别")
    assert results["assessment"]["value"]["counts"] == [[27, 3, 0], [0, 36, 4], [0, 0, 10]]


def test_what_lies_outside_or_says_nothing_is_counted(tmp_path, labels, sample):
    shapes = [*sample["shapes"], *points((95.5, 3.5), (5000, 3), (-0.1, 3))]  # nodata, outside, just outside
    real = [*map(str, sample["real"]), "1", "1", "1"]
    real[0], real[1] = None, "  "
    results, job = evaluate(tmp_path, labels, write_references(tmp_path / "r.gpkg", shapes, **{"class": real}))
    said = {note.code: note.params for note in job.warned}
    assert said["references-left-out"] == {"count": 3, "of": 83}
    assert said["references-unlabelled"] == {"count": 2, "of": 83, "field": "class"}
    assert results["assessment"]["value"]["references"] == 78


def test_a_polygon_counts_by_one_pixel_inside(tmp_path, labels):
    """All pixels of a polygon with two classes below it have their chance; a polygon's truth counts once."""

    def box(col0, row0, col1, row1):
        return shapely.box(*at(col0, row1), *at(col1, row0))

    shapes = [box(2, 2, 12, 30), box(30, 10, 70, 40), box(82, 5, 83, 6), box(15, 5, 25, 25), box(300, 1, 310, 9)]
    shapes += [shapely.MultiPolygon([box(1, 50, 2, 51), box(3, 50, 4, 51)]), box(50.1, 50.1, 50.2, 50.2)]
    references = write_references(tmp_path / "r.gpkg", shapes, **{"class": [1, 2, 7, 1, 1, 1, 2]})
    onto = set()
    for seed in range(12):
        results, job = evaluate(tmp_path, labels, references, seed=seed)
        found = results["assessment"]["value"]
        assert (found["references"], found["polygons"]) == (6, 7)
        onto.add(found["counts"][1][0])
        assert found["counts"][2] == [0, 0, 1] and found["counts"][1][1] == 2
    assert onto == {0, 1}, "the fourth polygon lies half on water, half on forest"
    codes = [note.code for note in job.warned]
    assert "references-polygons" in codes and "references-left-out" in codes
    assert (
        evaluate(tmp_path, labels, references, seed=5)[0]["assessment"]
        == evaluate(tmp_path, labels, references, seed=5)[0]["assessment"]
    )


def test_classes_without_enough_references_have_no_interval(tmp_path, labels):
    shapes = points(*grid_points(5, 30), (40.5, 3.5))
    references = write_references(tmp_path / "r.gpkg", shapes, **{"class": [1] * 30 + [2]})
    results, job = evaluate(tmp_path, labels, references)
    found = results["assessment"]["value"]
    assert found["overall"] == {"value": 1.0, "half_width": None}
    assert found["classes"][0]["users"]["half_width"] == 0 and found["classes"][1]["users"]["half_width"] is None
    said = {note.code: note.params for note in job.warned}
    assert said["accuracy-not-assessed"] == {"names": "Bare Ground", "share": 11.1}
    assert said["accuracy-no-interval"] == {"names": "forest", "names_in": {"zh": "林地"}, "fewest": 2}
    assert rows_of(results)[1]["users_ci"] == ""


def test_strata_of_ones_own(tmp_path, labels, sample):
    strata = write_raster(tmp_path / "s.tif", np.repeat(np.array([[4, 9]], np.uint8), 50, 1).repeat(60, 0))
    references = write_references(tmp_path / "r.gpkg", sample["shapes"], **{"class": sample["real"]})
    results, _ = evaluate(tmp_path, labels, references, strata=str(strata))
    left, right = 50 / 90, 40 / 90  # nodata of the map belongs to no stratum
    assert results["assessment"]["value"]["overall"]["value"] == pytest.approx(left * 63 / 70 + right * 1.0, rel=1e-5)
    other = write_raster(tmp_path / "o.tif", np.ones((5, 5), np.uint8))
    with pytest.raises(UserError, match="another grid"):
        evaluate(tmp_path, labels, references, strata=str(other))


def test_a_map_without_a_place_is_measured_in_pixels(tmp_path):
    labels = write_raster(tmp_path / "l.tif", LABELS, crs=None)
    references = write_references(
        tmp_path / "r.gpkg", points((5.5, 3.5), (6.5, 3.5), (50.5, 3.5)), **{"class": [1, 1, 2]}
    )
    results, job = evaluate(tmp_path, labels, references)
    found = results["assessment"]["value"]
    assert (found["unit"], found["classes"][0]["mapped"], found["classes"][0]["name"]) == ("px", 1200, "1")
    assert "accuracy-no-ground" in [note.code for note in job.warned]
    assert "mapped_px" in rows_of(results)[0]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (dict(field="klass"), r"have no field klass\. They have: class, other\."),
        (
            dict(field="other"),
            r"holds meadow, which is no class of the map.*1 water \(水体\), 2 forest \(林地\), 7 Bare Ground",
        ),
        (dict(references="gone.gpkg"), "references gone.gpkg does not exist"),
        (dict(values="heights", field="other"), "holds meadow; heights are numbers of metres"),
    ],
)
def test_one_sentence_for_what_does_not_fit(tmp_path, labels, change, sentence):
    references = write_references(tmp_path / "r.gpkg", points((5, 5)), **{"class": [1], "other": ["meadow"]})
    given = {"references": references, **change}
    with pytest.raises(UserError, match=sentence):
        evaluate(tmp_path, labels, **given)


def test_references_that_miss_the_map(tmp_path, labels):
    with pytest.raises(UserError, match=r"No reference in .* lies on the map\."):
        evaluate(tmp_path, labels, write_references(tmp_path / "r.gpkg", points((900, 900)), **{"class": [1]}))
    with pytest.raises(UserError, match="No reference is left"):
        evaluate(tmp_path, labels, write_references(tmp_path / "n.gpkg", points((95, 5)), **{"class": [1]}))
    drawn = write_references(tmp_path / "u.gpkg", points((5, 5), (15, 5), (900, 900)), **{"class": [None, None, "1"]})
    with pytest.raises(UserError, match="2 of 3 references .* none of them has anything in the field class: fill"):
        evaluate(tmp_path, labels, drawn)
    line = [shapely.LineString([at(1, 1), at(5, 5)])]
    with pytest.raises(UserError, match="neither a point nor a polygon"):
        evaluate(tmp_path, labels, write_references(tmp_path / "l.gpkg", line, **{"class": [1]}))


def test_heights(tmp_path):
    heights = np.linspace(0, 30, 6000, dtype=np.float32).reshape(60, 100)
    raster = write_raster(tmp_path / "h.tif", heights, nodata=-9999)
    rng = np.random.default_rng(0)
    cols, rows = rng.integers(0, 100, 200), rng.integers(0, 60, 200)
    real = np.clip(heights[rows, cols] + rng.normal(0.5, 2, 200), 0, None)
    shapes = points(*zip(cols + 0.5, rows + 0.5), (3, 3), (4, 4))
    references = write_references(tmp_path / "r.gpkg", shapes, height=[*real.tolist(), 900.0, float("nan")])
    results, job = evaluate(tmp_path, raster, references, "height")
    found = results["assessment"]["value"]
    error = heights[rows, cols] - real
    assert found["kind"] == "heights" and found["references"] == 200
    assert found["mae"] == pytest.approx(np.abs(error).mean(), abs=0.01)
    assert found["rmse"] == pytest.approx(np.sqrt((error**2).mean()), abs=0.01)
    assert found["bias"] == pytest.approx(error.mean(), abs=0.01)
    assert found["r2"] == pytest.approx(1 - (error**2).sum() / ((real - real.mean()) ** 2).sum(), abs=0.005)
    assert sum(one["references"] for one in found["bins"]) == 200
    assert "confusion" not in results and rows_of(results)[-1]["heights"] == "all"
    assert [note.code for note in job.warned] == ["references-unlabelled", "references-odd-heights"]
