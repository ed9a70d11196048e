"""A person's own images and labels, described as a data set: pairs are found, classes are read off the labels."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np
import rasterio
from typing_extensions import Literal

from ..errors import UserError
from ..models.spec import ClassInfo
from ..raster.gdal_env import gdal
from ..raster.paths import SUFFIXES, expand_paths
from ..raster.source import open_raster
from .label_table import LabelTable
from .labels import Labels, RasterSource, open_raster_labels
from .polygons import Drawn, field_of, polygon_labels, read_polygons
from .scenes import TRAIN, Scene, split
from .spec import DataSetSpec, LabelSource, SourceClass

NAME = "own"
VECTOR_SUFFIXES = {".gpkg", ".geojson", ".json", ".shp", ".fgb", ".parquet", ".kml"}
_ENDINGS = ("", "_labels", "_label", "_mask", "_masks", "_gt", "_lbl", "-labels", "-mask", "_chm", "_height", "_ndsm")
MAX_CLASSES = 64
_SAMPLE = 2048


class OwnData(NamedTuple):
    """A described data set; ``drawn`` where labels are polygons."""

    spec: DataSetSpec
    scenes: List[Scene]
    classes: List[ClassInfo]
    drawn: Optional[Drawn]

    def open_labels(self, scene: Scene, image: RasterSource, table: LabelTable) -> Labels:
        if self.drawn is not None:
            return polygon_labels(self.drawn, image, self.spec, table)
        return open_raster_labels(scene.labels, image, self.spec, table)


class GivenClasses(NamedTuple):
    """Classes that the person named: name -> value of the labels, or colour; and what else is known."""

    by_name: Dict[str, Any]
    field: Optional[str] = None
    background: Optional[str] = None
    ignored: Sequence[Any] = ()


def describe_heights(images: Sequence[str], labels: str, validation_share: float, seed: int) -> OwnData:
    """Images and a folder of rasters of heights in metres (or the one of a single image)."""
    where = Path(labels).expanduser()
    if where.suffix.lower() in VECTOR_SUFFIXES and not where.is_dir():
        raise UserError("dataset-heights-polygons", path=str(where))
    scenes = [Scene(NAME, p, _labels_of(p, where), Path(p).stem, TRAIN) for p in expand_paths(images)]
    spec = _spec([], LabelSource(kind="heights", path=scenes[0].labels))
    return OwnData(spec, split(scenes, spec, validation_share, seed), [], None)


def describe(images: Sequence[str], labels: str, given: GivenClasses, validation_share: float, seed: int) -> OwnData:
    """Images (files, folders, patterns) and their labels (a folder of rasters, or one file of polygons)."""
    paths = expand_paths(images)
    where = Path(labels).expanduser()
    if where.suffix.lower() in VECTOR_SUFFIXES and not where.is_dir():
        spec, classes, drawn = _of_polygons(str(where), given)
        scenes = [Scene(NAME, p, str(where), Path(p).stem, TRAIN) for p in paths]
    else:
        pairs = [(p, _labels_of(p, where)) for p in paths]
        spec, classes = _of_rasters([label for _, label in pairs], given)
        scenes = [Scene(NAME, p, label, Path(p).stem, TRAIN) for p, label in pairs]
        drawn = None
    if len(classes) < 2:
        raise UserError("dataset-single-class", name=classes[0].name if classes else "?")
    return OwnData(spec, split(scenes, spec, validation_share, seed), classes, drawn)


def _labels_of(image: str, folder: Path) -> str:
    """The label raster that belongs to an image: the same name, or with an ending such as _mask."""
    if folder.is_file():
        return str(folder)
    if not folder.is_dir():
        raise UserError("dataset-no-labels", image=image, path=str(folder))
    by_stem = {p.stem: p for p in sorted(folder.iterdir()) if p.suffix.lower() in SUFFIXES}
    for ending in _ENDINGS:
        found = by_stem.get(Path(image).stem + ending)
        if found is not None and found.resolve() != Path(image).resolve():
            return str(found)
    raise UserError("dataset-no-labels", image=image, path=str(folder))


def _of_polygons(path: str, given: GivenClasses) -> Tuple[DataSetSpec, List[ClassInfo], Drawn]:
    drawn = read_polygons(path)
    if given.field is None and not given.by_name:
        fields = ", ".join(drawn.fields) or "none"
        raise UserError("dataset-field-missing", path=path, field="(none was named)", fields=fields)
    names = list(given.by_name) or sorted({str(v) for v in field_of(drawn, str(given.field)).tolist()})
    if given.background is not None and given.background not in names:
        names.append(given.background)
    sources = [SourceClass(name=n, values=_integers(given.by_name.get(n))) for n in names]
    labels = LabelSource(kind="polygons", path=path, field=given.field, background=given.background)
    return _spec(sources, labels), [_info(i, n) for i, n in enumerate(names)], drawn


def _of_rasters(paths: Sequence[str], given: GivenClasses) -> Tuple[DataSetSpec, List[ClassInfo]]:
    """Colours where the labels are RGB pictures, numbers (of a colour table or not) otherwise."""
    with open_raster(paths[0], expand_palette=False) as first:
        kind: Literal["colors", "values"] = "colors" if len(first.available_bands) >= 3 else "values"
    if given.by_name:
        sources = [_named(n, v, kind) for n, v in given.by_name.items()]
        looks = {s.name: s.color for s in sources}
    else:
        sources, looks = _read_off(paths, kind, list(given.ignored))
    labels = LabelSource(kind=kind, path=paths[0])
    for value in given.ignored:
        if kind == "colors":
            labels.ignored_colors.append(tuple(value))
        else:
            labels.ignored_values.append(int(value))
    return _spec(sources, labels), [_info(i, s.name, looks.get(s.name)) for i, s in enumerate(sources)]


def _named(name: str, value: Any, kind: str) -> SourceClass:
    if kind == "colors":
        return SourceClass(name=name, color=tuple(value) if isinstance(value, (list, tuple)) else None)
    return SourceClass(name=name, values=_integers(value))


def _integers(value: Any) -> List[int]:
    if value is None or isinstance(value, str):
        return []
    return [int(v) for v in value] if isinstance(value, (list, tuple)) else [int(value)]


def _read_off(paths: Sequence[str], kind: str, ignored: List[Any]) -> Tuple[List[SourceClass], Dict[str, Any]]:
    """Classes from what stands in the label rasters: their values, category names and colours."""
    found: Dict[int, None] = {}
    for path in paths:
        with open_raster(path, expand_palette=kind == "colors") as source:
            for value in _values_of(source, kind):
                found.setdefault(value)
                if len(found) > MAX_CLASSES:
                    raise UserError("dataset-too-many-values", path=path, limit=MAX_CLASSES)
    if kind == "colors":
        left_out = {tuple(v) for v in ignored}
        colors = [(v >> 16, v >> 8 & 255, v & 255) for v in sorted(found)]
        kept = [c for c in colors if c not in left_out]
        sources = [SourceClass(name=f"color {r}-{g}-{b}", color=(r, g, b)) for r, g, b in kept]
        return sources, {s.name: s.color for s in sources}
    names, table = _categories(paths[0])
    values = [v for v in sorted(found) if v not in {int(i) for i in ignored}]
    sources = [SourceClass(name=names.get(v, f"class {v}"), values=[v]) for v in values]
    return sources, {s.name: table.get(s.values[0]) for s in sources}


def _values_of(source: RasterSource, kind: str) -> List[int]:
    seen: set = set()
    for row in range(0, source.height, _SAMPLE):
        for col in range(0, source.width, _SAMPLE):
            read = source.read(row, min(row + _SAMPLE, source.height), col, min(col + _SAMPLE, source.width))
            wide = read.pixels.astype(np.int64)
            values = (wide[0] << 16 | wide[1] << 8 | wide[2]) if kind == "colors" else wide[0]
            seen |= set(np.unique(values if read.valid is None else values[read.valid]).tolist())
    return sorted(seen)


def _categories(path: str) -> Tuple[Dict[int, str], Dict[int, Tuple[int, int, int]]]:
    """Class names (our own label rasters carry them as metadata) and colours of a label raster."""
    with gdal(), rasterio.open(path) as source:
        tags = source.tags(1)
        names = {
            int(k.split("_")[1]): v for k, v in tags.items() if k.startswith("CLASS_") and k.split("_")[1].isdigit()
        }
        try:
            table = {k: v[:3] for k, v in source.colormap(1).items()}
        except ValueError:  # no colour table
            table = {}
    return names, table


def _spec(sources: List[SourceClass], labels: LabelSource) -> DataSetSpec:
    return DataSetSpec(name=NAME, title="Your own data", licence="yours", images=".*", labels=labels, classes=sources)


def _info(number: int, name: str, color: Optional[Tuple[int, int, int]] = None) -> ClassInfo:
    from ..models.colors import class_color

    return ClassInfo(id=number, name=name, color=color or class_color(number))
