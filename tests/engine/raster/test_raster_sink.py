"""Parts, COGs, styles."""

import json
import os
import subprocess
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.crs import CRS
from rasterio.transform import Affine, from_origin
from rs_dino_engine.errors import Cancelled, EngineError
from rs_dino_engine.raster import cog, sink
from rs_dino_engine.raster.gdal_env import gdal
from rs_dino_engine.raster.overviews import halved
from rs_dino_engine.raster.sink import LayerInfo, assemble_cog, free_name, write_part
from rs_dino_engine.raster.source import open_raster
from rs_dino_engine.raster.style import ramp_ends, write_style

GRID = from_origin(500_000, 5_000_000, 0.5, 0.5)
UTM = CRS.from_epsg(32633)
LABELS = LayerInfo(
    "labels", "uint8", 255, ("labels",), colors={0: (10, 20, 30), 3: (200, 100, 0)},
    class_names={0: "水体 & <water>", 3: 'say "built"'}, metadata={"model": "模型", "n": 1},
)  # fmt: skip
HEIGHT = LayerInfo("canopy_height", "float32", -9999.0, ("height",), unit="m", description="canopy height")
STATISTICS = {"minimum": 0.0, "maximum": 3.0, "mean": 1.25, "stddev": 0.5}


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "输出 [1] x"
    (made / "parts").mkdir(parents=True)
    return made


def assembled(folder, array, info=LABELS, crs=UTM, transform=GRID, rows=300, skip=(), name="图_labels.tif", **options):
    parts = []
    for index, row in enumerate(range(0, array.shape[1], rows)):
        if index in skip:
            continue
        piece = array[:, row : row + rows]
        path = folder / "parts" / f"p{index}.tif"
        write_part(path, piece, info.nodata)
        parts.append((path, row, 0, piece.shape[1], piece.shape[2]))
    size, statistics = (array.shape[2], array.shape[1]), options.pop("statistics", STATISTICS)
    return assemble_cog(parts, *size, crs, transform, info, statistics, folder / name, **options)


def leftovers(folder):
    return sorted(p.name for p in folder.rglob("*") if p.is_file() and not p.name.startswith("p"))


def test_a_part_is_whole_or_absent(folder, noise, monkeypatch):
    path = folder / "a.tif"
    write_part(path, noise(2, 30, 40), 255)
    with gdal(), rasterio.open(path) as data:
        assert (data.read() == noise(2, 30, 40)).all() and data.nodata == 255

    def fails(*_):
        raise OSError("disk full")

    monkeypatch.setattr(sink.os, "fsync", fails)
    with pytest.raises(OSError, match="disk full"):
        write_part(path, noise(2, 30, 40, seed=1), 255)
    assert leftovers(folder) == ["a.tif"]
    with gdal(), rasterio.open(path) as data:
        assert (data.read() == noise(2, 30, 40)).all()


def test_labels(folder):
    array = np.random.RandomState(0).choice(np.array([0, 3], np.uint8), (1, 1300, 1100))
    out = assembled(folder, array, skip=(1,))
    assert out == folder / "图_labels.tif"
    with rasterio.open(out) as data:
        expected = array.copy()
        expected[:, 300:600] = 255
        assert (data.read() == expected).all()
        assert data.crs == UTM and data.transform == GRID and data.nodata == 255
        assert data.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        assert data.block_shapes == [(512, 512)] and data.overviews(1) == [2, 4]
        assert data.colormap(1)[3] == (200, 100, 0, 255)
        assert json.loads(data.tags()["RSDINO_RECIPE"]) == {"model": "模型", "n": 1}
        water = {"id": 0, "name": "水体 & <water>", "color": [10, 20, 30]}
        assert json.loads(data.tags()["RSDINO_CLASSES"])[0] == water
        assert data.tags(1)["CLASS_3"] == 'say "built"'
        assert float(data.tags(1)["STATISTICS_MEAN"]) == 1.25
        assert data.descriptions == ('labels (0 水体 & <water>, 3 say "built")',)
    with rasterio.open(out, overview_level=0) as half:
        assert half.read(1).shape == (650, 550)
        assert set(np.unique(half.read(1))) == {0, 3, 255}  # never a class between two others
    assert leftovers(folder) == ["图_labels.tif"]


def test_values(folder):
    array = np.random.RandomState(0).normal(5, 3, (1, 700, 900)).astype(np.float32)
    array[0, :100] = -9999
    with rasterio.open(assembled(folder, array, HEIGHT, name="h.tif")) as data:
        assert (data.read() == array).all()
        assert data.units == ("m",) and data.nodata == -9999
    with rasterio.open(folder / "h.tif", overview_level=0) as half:
        values = half.read(1)
        assert (values[:50] == -9999).all() and values[50:].mean() == pytest.approx(5, abs=0.05)
        assert values[50:].min() > -9


def test_several_bands_with_statistics_each(folder, noise):
    info = LayerInfo("probabilities", "uint8", None, ("water", "森林", "x"))
    each = [{**STATISTICS, "mean": float(i)} for i in range(3)]
    out = assembled(folder, noise(3, 400, 300), info, name="p.tif", statistics=each)
    with rasterio.open(out) as data:
        assert (data.read() == noise(3, 400, 300)).all()
        assert data.descriptions == ("water", "森林", "x") and data.nodata is None
        assert [data.tags(i)["STATISTICS_MEAN"] for i in (1, 2, 3)] == ["0", "1", "2"]


@pytest.mark.parametrize(
    "crs, transform",
    [
        (None, Affine.identity()),
        (UTM, Affine(0.5, 0, 5e5, 0, 0.5, 5e6)),
        (UTM, Affine(0.5, 0.2, 5e5, 0.2, -0.5, 5e6)),
        (CRS.from_epsg(4326), from_origin(10, 50, 1e-6, 2e-6)),
        (None, GRID),
    ],
    ids=["nothing", "south-up", "rotated", "degrees", "no-crs"],
)
def test_georeferencing_is_kept(folder, noise, crs, transform):
    with open_raster(str(assembled(folder, noise(1, 600, 20), crs=crs, transform=transform))) as source:
        assert source.transform.almost_equals(transform, 1e-12) and source.crs == crs


def test_one_pixel(folder):
    out = assembled(folder, np.array([[[3]]], np.uint8))
    with rasterio.open(out) as data:
        assert data.read().tolist() == [[[3]]] and data.overviews(1) == []


def test_nothing_computed_is_all_nodata(folder):
    out = assemble_cog([], 70, 60, UTM, GRID, LABELS, None, folder / "e.tif")
    with rasterio.open(out) as data:
        assert (data.read() == 255).all()


def test_an_open_destination_is_not_destroyed(folder, noise, monkeypatch):
    """As on Windows, where a file that QGIS holds cannot be replaced."""
    old = assembled(folder, noise(1, 20, 20))
    before = old.read_bytes()
    real = Path.replace

    def locked(self, target):
        if Path(target) == old:
            raise PermissionError(13, "in use", str(target))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", locked)
    new = assembled(folder, noise(1, 20, 20, seed=5))
    assert new == folder / "图_labels_2.tif" and new.exists() and old.read_bytes() == before
    assert free_name(old) == folder / "图_labels_3.tif"
    assert leftovers(folder) == ["图_labels.tif", "图_labels_2.tif"]


@pytest.mark.parametrize("apart", [False, True], ids=["in process", "apart"])
def test_progress_and_cancel(folder, noise, monkeypatch, apart):
    if apart:
        monkeypatch.setattr(cog, "IN_PROCESS_BYTES", 0)
    told = []
    array = noise(1, 1500, 1500)
    with rasterio.open(assembled(folder, array, progress=told.append)) as data:
        assert (data.read() == array).all()
    assert told == sorted(told) and told[-1] == 1.0
    calls = []

    def cancel_at(number):
        def check():
            calls.append(number)
            if len(calls) >= number:
                raise Cancelled

        return check

    for number in (1, 2, 4):
        calls.clear()
        with pytest.raises(Cancelled):
            assembled(folder, array, name="b.tif", check_cancel=cancel_at(number))
        assert leftovers(folder) == ["图_labels.tif"]


@pytest.mark.parametrize("apart", [False, True], ids=["in process", "apart"])
def test_a_damaged_part_is_an_error_not_a_map(folder, noise, monkeypatch, apart):
    if apart:
        monkeypatch.setattr(cog, "IN_PROCESS_BYTES", 0)
    path = folder / "parts" / "p.tif"
    write_part(path, noise(1, 300, 300), 255)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(EngineError) as caught:
        assemble_cog([(path, 0, 0, 300, 300)], 300, 300, UTM, GRID, LABELS, None, folder / "x.tif")
    assert caught.value.message.code == "output-failed"
    assert leftovers(folder) == []


def test_overviews_of_labels_take_the_most_frequent_valid_one():
    quads = {(1, 1, 2, 3): 1, (1, 2, 2, 3): 2, (1, 2, 3, 3): 3}
    quads.update({(255, 255, 255, 7): 7, (255, 4, 4, 255): 4, (9, 255, 255, 255): 9})
    for quad, expected in quads.items():
        array = np.array(quad, np.uint8).reshape(1, 2, 2)
        assert halved(array, 255, True).tolist() == [[[expected]]], quad
    assert halved(np.full((1, 3, 3), 255, np.uint8), 255, True).tolist() == [[[255, 255], [255, 255]]]


def test_overviews_of_values_leave_voids_out():
    array = np.array([[[1, 3, -9999], [5, -9999, -9999]]], np.float32)
    assert halved(array, -9999, False).tolist() == [[[3, -9999]]]
    nan = np.array([[[1, np.nan], [np.nan, 2]]], np.float32)
    assert halved(nan, None, False).tolist() == [[[1.5]]]
    assert np.isnan(halved(np.full((1, 2, 2), np.nan, np.float32), float("nan"), False)).all()
    assert halved(np.array([[[100, 101], [101, 101]]], np.uint8), 255, False).tolist() == [[[101]]]


def test_style_is_beside_and_well_formed(folder):
    percent = LayerInfo("c", "uint8", 255, ("c",), unit="%")
    for info, statistics in ((LABELS, None), (HEIGHT, STATISTICS), (percent, None)):
        path = write_style(folder / f"{info.name}.tif", info, statistics)
        assert path == folder / f"{info.name}.qml"
        tree = ElementTree.parse(path)
        assert tree.find("./pipe/rasterrenderer") is not None
    entries = ElementTree.parse(folder / "labels.qml").findall(".//paletteEntry")
    assert [(e.get("value"), e.get("color"), e.get("label")) for e in entries] == [
        ("0", "#0a141e", "水体 & <water>"), ("3", "#c86400", 'say "built"'),
    ]  # fmt: skip


def test_the_ramp_reaches_what_is_there_in_round_numbers():
    """… also where most of the raster is bare ground, and two standard deviations would end at half a tree."""
    trees = {"minimum": 0.0, "maximum": 26.6, "mean": 4.2, "stddev": 4.26}
    sparse = {"minimum": 0.0, "maximum": 24.0, "mean": 0.24, "stddev": 2.39}
    wild = {"minimum": 0.0, "maximum": 5000.0, "mean": 4.2, "stddev": 4.26}
    cut = {"minimum": 12.1, "maximum": 19.0, "mean": 15.0, "stddev": 1.0}
    assert [ramp_ends(HEIGHT, one) for one in (trees, sparse, cut)] == [(0, 30), (0, 24), (12, 21)]
    assert 64 <= ramp_ends(HEIGHT, wild)[1] <= 80
    for low, high in ((0.0, 0.3), (0.0, 61.0), (-4.2, 9.0), (5.0, 5.0001), (7.0, 7.0)):
        ends = ramp_ends(HEIGHT, {"minimum": low, "maximum": high})
        assert ends[0] <= low <= high <= ends[1]
        assert all(2 * stop == round(2 * stop) for stop in np.linspace(*ends, 7))
        assert ramp_ends(HEIGHT, {"minimum": ends[0], "maximum": ends[1]}) == ends


QGIS = """
import sys
from qgis.core import QgsApplication, QgsRasterLayer
app = QgsApplication([], False); app.initQgis()
for path in sys.argv[1:]:
    layer = QgsRasterLayer(path, "x")
    renderer = layer.renderer()
    kind = renderer.type()
    if kind == "paletted":
        said = [(int(c.value), c.label, c.color.name()) for c in renderer.classes()]
    else:
        ends = [round(renderer.classificationMin(), 3), round(renderer.classificationMax(), 3)]
        said = [*ends, renderer.legendSymbologyItems()[-1][0]]
    print(repr((layer.isValid(), kind, said)))
    del renderer, layer
app.exitQgis()
"""


def _qgis_python():
    python = Path("/usr/bin/python3")
    if not python.exists():
        return None
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    probe = subprocess.run([str(python), "-c", "import qgis.core"], capture_output=True, env=environment)
    return str(python) if probe.returncode == 0 else None


def test_qgis_shows_layer_and_style(folder, tmp_path):
    python = _qgis_python()
    if python is None:
        pytest.skip("QGIS is not installed")
    labels = assembled(folder, np.array([[[0, 3], [3, 255]]], np.uint8))
    write_style(labels, LABELS)
    height = assembled(folder, np.array([[[0.5, 2.0]]], np.float32), HEIGHT, name="h.tif")
    write_style(height, HEIGHT, STATISTICS)
    keep = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "GDAL", "PROJ"))}
    environment = {**keep, "QT_QPA_PLATFORM": "offscreen", "PYTHONIOENCODING": "utf-8"}
    environment.update({name: str(tmp_path) for name in ("QGIS_CUSTOM_CONFIG_PATH", "XDG_RUNTIME_DIR")})
    command = [python, "-c", QGIS, str(labels), str(height)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", env=environment, timeout=120)
    assert done.returncode == 0, done.stderr
    classes = [(0, "水体 & <water>", "#0a141e"), (3, 'say "built"', "#c86400")]
    shown = [line for line in done.stdout.splitlines() if line.startswith("(")]
    assert shown == [repr((True, "paletted", classes)), repr((True, "singlebandpseudocolor", [0.0, 3.0, "3 m"]))]
