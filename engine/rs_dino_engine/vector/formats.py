"""The formats polygons can have, and how a GeoPackage is turned into the others."""

from __future__ import annotations

import importlib.util
import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, Tuple

import numpy as np
import pyogrio
import pyproj
import shapely

from ..errors import UserError
from .geopackage import FIELDS

_BATCH = 20_000
_SHAPEFILE_BYTES_AT_MOST = 2**31 - 2**20
_LONLAT_DIGITS = 9  # a tenth of a millimetre, so that pixels of a few centimetres keep their corners


@dataclass(frozen=True)
class Format:
    """A vector format; ``needs`` is a Python package beyond the engine's own."""

    extension: str
    media_type: str
    driver: str
    needs: str = ""

    def check(self) -> None:
        """Raise ``UserError`` when the format cannot be written here."""
        if self.needs and importlib.util.find_spec(self.needs) is None:
            raise UserError("vector-format-needs", extension=self.extension, package=self.needs)


FORMATS: Dict[str, Format] = {
    f.extension: f
    for f in (
        Format(".gpkg", "application/geopackage+sqlite3", "GPKG"),
        Format(".geojson", "application/geo+json", "GeoJSON"),
        Format(".json", "application/geo+json", "GeoJSON"),
        Format(".shp", "application/vnd.shp", "ESRI Shapefile"),
        Format(".fgb", "application/vnd.flatgeobuf", "FlatGeobuf"),
        Format(".parquet", "application/vnd.apache.parquet", "Parquet", needs="pyarrow"),
    )
}


def format_of(path: Path) -> Format:
    """The format that a file's ending stands for; ``UserError`` when unknown or not to be had here."""
    found = FORMATS.get(path.suffix.lower())
    if found is None:
        raise UserError("vector-format-unknown", path=str(path), known=" ".join(FORMATS))
    found.check()
    return found


def convert(source: Path, target: Path, wanted: Format, crs: Any, check_cancel: Callable[[], None]) -> None:
    """Write the one layer of a GeoPackage in another format, batch after batch."""
    if wanted.driver == "GeoJSON":
        _geojson(source, target, crs, check_cancel)
    elif wanted.driver == "Parquet":
        _geoparquet(source, target, crs, check_cancel)
    else:
        if wanted.driver == "ESRI Shapefile":
            _refuse_large(source, target)
        _through_gdal(source, target, wanted.driver, crs)


def _through_gdal(source: Path, target: Path, driver: str, crs: Any) -> None:
    """GDAL hands features from one driver to the other; none of them pass through Python."""
    options = {"encoding": "UTF-8"} if driver == "ESRI Shapefile" else {}
    with pyogrio.raw.open_arrow(str(source), use_pyarrow=False) as (meta, stream):
        pyogrio.raw.write_arrow(
            stream,
            str(target),
            driver=driver,
            layer=target.stem,
            geometry_type="Polygon",
            geometry_name=meta["geometry_name"] or "wkb_geometry",
            crs=crs.to_wkt() if crs else None,
            **options,
        )


def _refuse_large(source: Path, target: Path) -> None:
    db = sqlite3.connect(str(source))
    try:
        size = db.execute(f'SELECT total(length(geom) - 44) FROM "{source.stem}"').fetchone()[0]
    finally:
        db.close()
    if size > _SHAPEFILE_BYTES_AT_MOST:
        raise UserError("vector-shapefile-limit", path=target.name, gb=round(size / 1e9, 1))


def _batches(source: Path) -> Iterator[Tuple[np.ndarray, Dict[str, np.ndarray]]]:
    """Geometries and fields, ``_BATCH`` features at a time."""
    first = 0
    while True:
        meta, _, wkb, columns = pyogrio.raw.read(str(source), where=f"fid > {first} AND fid <= {first + _BATCH}")
        if not len(wkb):
            return
        yield shapely.from_wkb(wkb), dict(zip(meta["fields"].tolist(), columns))
        first += _BATCH


def _geojson(source: Path, target: Path, crs: Any, check_cancel: Callable[[], None]) -> None:
    """RFC 7946: longitude and latitude on WGS 84, exteriors counter-clockwise, no ``crs`` member.

    Without a CRS the coordinates stay as they are.
    """
    to_lonlat = None
    if crs:
        to_lonlat = pyproj.Transformer.from_crs(pyproj.CRS.from_wkt(crs.to_wkt()), "OGC:CRS84", always_xy=True)
    with target.open("w", encoding="utf-8", newline="\n") as file:
        file.write('{"type": "FeatureCollection", "name": ' + json.dumps(target.stem, ensure_ascii=False))
        file.write(', "features": [')
        comma = "\n"
        for geometry, columns in _batches(source):
            check_cancel()
            if to_lonlat is not None:
                lonlat = np.column_stack(to_lonlat.transform(*shapely.get_coordinates(geometry).T))
                geometry = shapely.set_coordinates(geometry, np.round(lonlat, _LONLAT_DIGITS))
            values = zip(*(columns[name].tolist() for name in FIELDS))
            for shape, row in zip(shapely.to_geojson(geometry), values):
                properties = {name: None if value != value else value for name, value in zip(FIELDS, row)}
                text = json.dumps(properties, ensure_ascii=False)
                file.write(f'{comma}{{"type": "Feature", "id": {row[0]}, "properties": {text}, "geometry": {shape}}}')
                comma = ",\n"
        file.write("\n]}\n")


def _geoparquet(source: Path, target: Path, crs: Any, check_cancel: Callable[[], None]) -> None:
    """GeoParquet 1.0: WKB, with the CRS as PROJJSON in the file's metadata."""
    import pyarrow
    import pyarrow.parquet

    column = {"encoding": "WKB", "geometry_types": ["Polygon"], "orientation": "counterclockwise", "crs": None}
    if crs:
        column["crs"] = pyproj.CRS.from_wkt(crs.to_wkt()).to_json_dict()
    geo = {"version": "1.0.0", "primary_column": "geometry", "columns": {"geometry": column}}
    kinds = (
        pyarrow.int64(),
        pyarrow.int32(),
        pyarrow.string(),
        pyarrow.float64(),
        pyarrow.float64(),
        pyarrow.int64(),
        pyarrow.float64(),
    )
    fields = [*zip(FIELDS, kinds), ("geometry", pyarrow.binary())]
    schema = pyarrow.schema(fields, metadata={b"geo": json.dumps(geo).encode("utf-8")})
    with pyarrow.parquet.ParquetWriter(str(target), schema, compression="snappy") as writer:
        for geometry, columns in _batches(source):
            check_cancel()
            arrays = [pyarrow.array(columns[name], kind, from_pandas=True) for name, kind in zip(FIELDS, kinds)]
            arrays.append(pyarrow.array(shapely.to_wkb(geometry, byte_order=1).tolist(), pyarrow.binary()))
            writer.write_table(pyarrow.Table.from_arrays(arrays, schema=schema))
