"""Small label rasters, and their polygons read back."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pyogrio
import pytest
import rasterio
import shapely
from rasterio.crs import CRS
from rasterio.transform import from_origin
from rs_dino_engine.vector.polygonize import PolygonOptions, polygonize


class Read(NamedTuple):
    """What a file holds."""

    geometry: np.ndarray
    fields: dict
    crs: str
    result: object


@pytest.fixture
def write(tmp_path):
    """Write an array as a georeferenced raster, 1 m pixels unless told otherwise."""

    def write(array, name="labels.tif", nodata=None, crs="EPSG:32633", transform=None, tags=None, colors=None):
        path = tmp_path / name
        array = np.asarray(array)
        profile = {
            "driver": "GTiff",
            "width": array.shape[1],
            "height": array.shape[0],
            "count": 1,
            "dtype": array.dtype.name,
            "nodata": nodata,
        }
        if crs is not None:
            profile["crs"] = CRS.from_user_input(crs)
        if transform is not False:
            profile["transform"] = transform or from_origin(500000, 5_000_000, 1, 1)
        with rasterio.open(path, "w", **profile) as out:
            out.write(array, 1)
            if tags:
                out.update_tags(**tags)
            if colors:
                out.write_colormap(1, colors)
        return path

    return write


@pytest.fixture
def make(tmp_path):
    """Polygonize and read the file back."""

    def make(path, name="out.gpkg", class_map=None, confidence=None, strip_rows=None, **options) -> Read:
        out = tmp_path / name
        result = polygonize(
            path, out, PolygonOptions(**options), class_map, confidence, lambda share: None, lambda: None, strip_rows
        )
        return read(result.path, result)

    return make


def read(path: Path, result=None) -> Read:
    layer = next(name for name, _ in pyogrio.list_layers(path) if name != "layer_styles")
    meta, _, wkb, columns = pyogrio.raw.read(str(path), layer=layer)
    return Read(shapely.from_wkb(wkb), dict(zip(meta["fields"].tolist(), columns)), meta["crs"], result)


def patches(rng, shape, classes, smooth):
    """Labels in patches; the more ``smooth`` the larger these are."""
    field = rng.random(shape)
    for _ in range(smooth):
        neighbours = [np.roll(field, step, axis) for step in (1, -1) for axis in (0, 1)]
        field = (field + sum(neighbours)) / 5
    return np.digitize(field, np.quantile(field, np.linspace(0, 1, classes + 1)[1:-1])).astype(np.uint8)
