"""The file of corrections: a GeoPackage of labels beside the result, written decision by decision, each in one
transaction. It is closed in between, so that it is whole whenever something else reads it."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Sequence

from osgeo import gdal, ogr, osr

from ..errors import PluginError
from ..gdal_exceptions import GdalExceptions
from ..i18n import tr

ACCEPTED, RELABELLED, SPLIT, REDRAWN, DELETED = "accepted", "relabelled", "split", "redrawn", "deleted"
CLASS_FIELD = "class"
_RESULT = "RS_DINO_RESULT"
"""Metadata: the fingerprint of the result that is reviewed."""
_FIELDS = (
    ("source_fid", ogr.OFTInteger64),
    ("state", ogr.OFTString),
    ("class_id", ogr.OFTInteger),
    (CLASS_FIELD, ogr.OFTString),
    ("confidence", ogr.OFTReal),
    ("class_before", ogr.OFTString),
    ("reviewed", ogr.OFTDateTime),
)


class Row(NamedTuple):
    """A label. What was deleted has neither class nor geometry: training sees nothing there, not even background."""

    state: str
    class_id: Optional[int]
    class_name: Optional[str]
    wkb: Optional[bytes]
    """A multi-polygon in the result's CRS."""
    confidence: Optional[float]
    class_before: Optional[str]
    reviewed: Optional[str] = None
    """When; None: now."""


class NotWritten(PluginError):
    """The disk would not take it: it may be tried again."""


class Corrections:
    """``decided`` says which polygons have rows, in the order in which they were decided."""

    def __init__(self, path: Path) -> None:
        """Open a file; ``PluginError`` where it cannot be read."""
        self.path = path
        self.decided: Dict[int, List[int]] = {}
        with GdalExceptions():
            try:
                dataset = gdal.OpenEx(str(path), gdal.OF_VECTOR)
                layer = dataset.GetLayer(0)
                layer.SetIgnoredFields(["OGR_GEOMETRY"])
                for fid, source_fid in sorted((row.GetFID(), row.GetField("source_fid")) for row in layer):
                    self._put(source_fid, [fid])
            except RuntimeError as error:
                raise _unreadable(path, error) from error

    def rows(self, source_fid: int) -> List[Row]:
        """What was decided of a polygon; empty where nothing was."""
        fids = self.decided.get(source_fid, [])
        if not fids:
            return []
        with GdalExceptions():
            try:
                dataset = gdal.OpenEx(str(self.path), gdal.OF_VECTOR)
                return [_row(dataset.GetLayer(0).GetFeature(fid)) for fid in fids]
            except RuntimeError as error:
                raise _unreadable(self.path, error) from error

    def classes(self) -> List[str]:
        """The names of the classes that the labels have."""
        query = "SELECT DISTINCT {field} FROM {layer} WHERE {field} IS NOT NULL ORDER BY {field}"
        with GdalExceptions():
            try:
                dataset = gdal.OpenEx(str(self.path), gdal.OF_VECTOR)
                layer = _quoted(dataset.GetLayer(0).GetName())
                found = dataset.ExecuteSQL(query.format(field=_quoted(CLASS_FIELD), layer=layer))
                return [str(feature.GetField(0)) for feature in found]
            except RuntimeError as error:
                raise _unreadable(self.path, error) from error

    def replace(self, source_fid: int, rows: Sequence[Row]) -> None:
        """All rows of a polygon at once; none: it is as if it had not been looked at. On :class:`NotWritten`
        everything is as before."""
        dataset, reason = None, ""
        with GdalExceptions():
            try:
                dataset = gdal.OpenEx(str(self.path), gdal.OF_VECTOR | gdal.OF_UPDATE)
                dataset.StartTransaction()
                layer = dataset.GetLayer(0)
                for fid in self.decided.get(source_fid, []):
                    with suppress(RuntimeError):  # deleted by hand
                        layer.DeleteFeature(fid)
                made = [_written(layer, source_fid, row) for row in rows]
                dataset.FlushCache()  # what GDAL notes beside the rows: a transaction of its own would take as long
                dataset.CommitTransaction()
            except RuntimeError as error:
                reason = str(error) or type(error).__name__  # the error itself would keep the file open
                if dataset is not None:
                    with suppress(RuntimeError):
                        dataset.RollbackTransaction()
        with GdalExceptions(used=False):
            layer = dataset = None  # closes the file
        if reason:
            raise NotWritten(
                tr("The correction could not be written to {path}: {reason}").format(path=self.path, reason=reason)
            )
        self.decided.pop(source_fid, None)
        self._put(source_fid, made)

    def _put(self, source_fid: Any, fids: List[int]) -> None:
        if source_fid is not None and fids:
            self.decided.setdefault(int(source_fid), []).extend(fids)


def corrections_of(wanted: Path, fingerprint: str, crs_wkt: str) -> Corrections:
    """Those of an earlier review of the same result, else new ones; a file that is something else stays, and the new
    one gets a number. ``PluginError`` where nothing can be written."""
    number, path = 1, wanted
    while path.exists():
        if _fingerprint(path) == fingerprint:
            return Corrections(path)
        number += 1
        path = wanted.with_name(f"{wanted.stem}_{number}{wanted.suffix}")
    try:
        _make(path, fingerprint, crs_wkt)
    except (RuntimeError, OSError) as error:
        raise PluginError(
            tr("The corrections cannot be written to {path}: {reason}").format(path=path, reason=error)
        ) from error
    return Corrections(path)


def _fingerprint(path: Path) -> Optional[str]:
    with GdalExceptions():
        try:
            found = gdal.OpenEx(str(path), gdal.OF_VECTOR).GetMetadataItem(_RESULT)
        except RuntimeError:
            return None
    return str(found) if found else None


def _make(path: Path, fingerprint: str, crs_wkt: str) -> None:
    """Under a temporary name first: a file that is there is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.stem}.part{path.suffix}")
    part.unlink() if part.exists() else None
    crs = None
    try:
        with GdalExceptions():
            if crs_wkt:
                crs = osr.SpatialReference()
                crs.ImportFromWkt(crs_wkt)
                crs.SetAxisMappingStrategy(osr.OAMS_TRADITIONAL_GIS_ORDER)
            # the version that the GDAL of QGIS 3.22 knows without a warning
            dataset = ogr.GetDriverByName("GPKG").CreateDataSource(str(part), options=["VERSION=1.2"])
            layer = dataset.CreateLayer(path.stem, crs, ogr.wkbMultiPolygon)
            for name, kind in _FIELDS:
                layer.CreateField(ogr.FieldDefn(name, kind))
            dataset.SetMetadataItem(_RESULT, fingerprint)
            layer = dataset = None  # closes the file
        part.replace(path)
    finally:
        if part.exists():
            part.unlink()


def _written(layer: Any, source_fid: int, row: Row) -> int:
    feature = ogr.Feature(layer.GetLayerDefn())
    feature.SetField("source_fid", source_fid)
    for name, value in (
        ("state", row.state),
        ("class_id", row.class_id),
        (CLASS_FIELD, row.class_name),
        ("confidence", row.confidence),
        ("class_before", row.class_before),
        ("reviewed", row.reviewed or _now()),
    ):
        if value is not None:
            feature.SetField(name, value)
    if row.wkb is not None:
        feature.SetGeometry(ogr.CreateGeometryFromWkb(row.wkb))
    layer.CreateFeature(feature)
    return int(feature.GetFID())


def _row(feature: Any) -> Row:
    geometry = feature.GetGeometryRef()
    values = {name: feature.GetField(name) for name, _ in _FIELDS}
    return Row(
        str(values["state"]),
        values["class_id"],
        values[CLASS_FIELD],
        bytes(geometry.ExportToWkb()) if geometry is not None else None,
        values["confidence"],
        values["class_before"],
        values["reviewed"],
    )


def _unreadable(path: Path, error: RuntimeError) -> PluginError:
    return PluginError(tr("{path} cannot be read: {reason}").format(path=path, reason=error))


def _now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
