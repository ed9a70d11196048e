"""Polygons into a GeoPackage, batch after batch, in one transaction.

GDAL makes the empty layer, so that tables, CRS and spatial index are as every reader expects; the rows are
then inserted through SQLite itself, since GDAL re-opens the file for each batch and fires triggers for each row.
"""

from __future__ import annotations

import sqlite3
import warnings
from pathlib import Path
from typing import Dict, List, Optional, Tuple

import numpy as np
import pyogrio
import shapely

from .features import Features
from .rtree import RTreeWriter

FIELDS = ("id", "class_id", "class", "area_m2", "perim_m", "pixels", "confidence")
DATASET_OPTIONS = {"VERSION": "1.2"}
"""What the GDAL of QGIS 3.22 knows without a warning."""
_HEADER = np.dtype([("magic", "S2"), ("version", "u1"), ("flags", "u1"), ("srs", "<i4"), ("envelope", "<f8", 4)])
_LITTLE_ENDIAN_WITH_ENVELOPE = 0b011


class GeoPackageWriter:
    """Writes features with ids 1, 2, … into a new file at ``path``, which is whole after :meth:`finish`;
    whoever wants it whole or absent writes to a temporary name and renames."""

    def __init__(self, path: Path, layer: str, crs_wkt: Optional[str], class_names: Dict[int, str]) -> None:
        self.count = 0
        self._layer, self._names = layer, class_names
        self._bounds: List[np.ndarray] = []
        indexed = _has_rtree()
        _make_layer(path, layer, crs_wkt, indexed)
        self._db = sqlite3.connect(str(path), isolation_level=None)
        # the file is temporary until it is renamed: nothing has to survive a crash here
        for pragma in ("journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE", "cache_size=-16000"):
            self._db.execute(f"PRAGMA {pragma}").fetchall()
        self._db.execute("BEGIN")
        self._srs = int(self._db.execute("SELECT srs_id FROM gpkg_geometry_columns").fetchone()[0])
        self._triggers = self._drop_triggers()
        self._index = RTreeWriter(self._db, f"rtree_{layer}_geom") if indexed else None

    def write(self, features: Features) -> None:
        """Add a batch."""
        if not len(features):
            return
        first = self.count + 1
        self.count += len(features)
        ids = range(first, self.count + 1)
        bounds = shapely.bounds(features.geometry)
        names = {int(i): self._names.get(int(i), str(int(i))) for i in np.unique(features.label)}
        labels = features.label.tolist()
        rows = zip(
            ids,
            self._blobs(features.geometry, bounds),
            ids,
            labels,
            [names[i] for i in labels],
            _rounded(features.area_m2, 6),
            _rounded(features.perim_m, 4),
            features.pixels.tolist(),
            _rounded(features.confidence, 2),
        )
        self._db.executemany(f"INSERT INTO {_quoted(self._layer)} VALUES (?,?,?,?,?,?,?,?,?)", rows)
        if self._index is not None:
            self._index.add(np.arange(first, self.count + 1), bounds)
        self._bounds.append(np.concatenate([bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)]))

    def add_style(self, qml: str) -> None:
        """Keep a QGIS style in the file; QGIS applies it when the layer is loaded."""
        keep_style(self._db, self._layer, qml)

    def finish(self) -> None:
        """Complete the tables and close the file."""
        if self._index is not None:
            self._index.finish()
        if self._bounds:
            boxes = np.array(self._bounds)
            extent = [*boxes[:, :2].min(axis=0).tolist(), *boxes[:, 2:].max(axis=0).tolist()]
            self._db.execute(
                "UPDATE gpkg_contents SET min_x=?, min_y=?, max_x=?, max_y=? WHERE table_name=?", (*extent, self._layer)
            )
        for _, sql in self._triggers:
            self._db.execute(sql)
        self._db.execute("UPDATE gpkg_ogr_contents SET feature_count=? WHERE table_name=?", (self.count, self._layer))
        self._db.execute("COMMIT")
        self._db.close()

    def close(self) -> None:
        """Let go of the file, finished or not."""
        self._db.close()

    def _blobs(self, geometry: np.ndarray, bounds: np.ndarray) -> List[bytes]:
        """GeoPackage binary: a header with the envelope, then WKB (OGC 12-128r18, 2.1.3)."""
        header = np.zeros(len(geometry), dtype=_HEADER)
        header["magic"], header["flags"], header["srs"] = b"GP", _LITTLE_ENDIAN_WITH_ENVELOPE, self._srs
        header["envelope"] = bounds[:, [0, 2, 1, 3]]
        heads, size = header.tobytes(), _HEADER.itemsize
        bodies = shapely.to_wkb(geometry, byte_order=1)
        return [heads[i * size : (i + 1) * size] + body for i, body in enumerate(bodies)]

    def _drop_triggers(self) -> List[Tuple[str, str]]:
        """Insert triggers call functions that only GDAL has; what they would do is done here."""
        query = "SELECT name, sql FROM sqlite_master WHERE type='trigger' AND tbl_name=?"
        triggers = [(name, sql) for name, sql in self._db.execute(query, (self._layer,)).fetchall()]
        for name, _ in triggers:
            self._db.execute(f"DROP TRIGGER {_quoted(name)}")
        return triggers


def keep_style(db: sqlite3.Connection, layer: str, qml: str) -> None:
    """Put a QGIS style into an open GeoPackage, as the default one of a layer."""
    db.execute(_STYLE_TABLE)
    db.execute(
        "INSERT INTO layer_styles (f_table_catalog, f_table_schema, f_table_name, f_geometry_column, styleName, "
        "styleQML, styleSLD, useAsDefault, description, owner) VALUES ('', '', ?, 'geom', ?, ?, '', 1, '', '')",
        (layer, layer, qml),
    )
    db.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, srs_id) "
        "VALUES ('layer_styles', 'attributes', 'layer_styles', '', 0)"
    )


_STYLE_TABLE = """CREATE TABLE layer_styles (
    id INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, f_table_catalog TEXT(256), f_table_schema TEXT(256),
    f_table_name TEXT(256), f_geometry_column TEXT(256), styleName TEXT(30), styleQML TEXT, styleSLD TEXT,
    useAsDefault BOOLEAN, description TEXT, owner TEXT(30), ui TEXT(30),
    update_time DATETIME DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')))"""


def _make_layer(path: Path, layer: str, crs_wkt: Optional[str], indexed: bool) -> None:
    types: Tuple[type, ...] = (np.int64, np.int32, object, np.float64, np.float64, np.int64, np.float64)
    columns: List[np.ndarray] = [np.zeros(0, dtype=t) for t in types]
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*crs.* was not provided")
        pyogrio.raw.write(
            str(path),
            np.zeros(0, dtype=object),
            columns,
            np.array(FIELDS),
            layer=layer,
            driver="GPKG",
            geometry_type="Polygon",
            crs=crs_wkt,
            layer_options={"SPATIAL_INDEX": "YES" if indexed else "NO"},
            dataset_options=DATASET_OPTIONS,
        )


def _has_rtree() -> bool:
    """SQLite is nearly always built with its R-tree; a layer without an index is whole, but slower to draw."""
    db = sqlite3.connect(":memory:")
    try:
        db.execute("CREATE VIRTUAL TABLE probe USING rtree(id, a, b)")
        return True
    except sqlite3.OperationalError:
        return False
    finally:
        db.close()


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _rounded(values: np.ndarray, digits: int) -> List[Optional[float]]:
    """Plain numbers, None for NaN."""
    return [None if v != v else v for v in np.round(values, digits).tolist()]
