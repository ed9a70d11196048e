"""From finished parts to the files a person opens: COG, style, and the recipe that made them."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Dict, List, NamedTuple, Optional, Sequence

from affine import Affine

from .. import __version__
from ..errors import UserError
from ..models.spec import ModelSpec, OutputSpec
from ..raster.aoi import Box
from ..raster.grid import shifted
from ..raster.names import write_names
from ..raster.sink import LayerInfo, assemble_cog
from ..raster.style import write_style
from .commit import Made
from .prepare import Prepared
from .products import Layer

if TYPE_CHECKING:
    from ..tasks.declaration import TaskInputs


class Region(NamedTuple):
    """A rectangle of the output that becomes files of its own, whose names begin with ``stem``."""

    stem: str
    box: Box
    transform: Affine


PERCENT_LAYERS = ("confidence", "entropy", "disagreement")


def recipe(inputs: "TaskInputs", spec: ModelSpec, sha256: str, prepared: Prepared, device: str) -> Dict[str, Any]:
    """What has to be known to make the same map again; goes into every output's metadata."""
    return {
        "engine": __version__,
        "request": inputs.model_dump(mode="json"),
        "model": {"name": spec.name, "version": spec.version, "sha256": sha256},
        "licence": spec.licence,
        "attribution": spec.attribution,
        "device": device,
        "dtype": prepared.dtype,
        "stretch": prepared.stretch.how.as_dict(),
        "bands": list(prepared.source.bands),
        "plan": prepared.plan.digest(),
    }


def layer_info(layer: Layer, output: OutputSpec, made_by: Dict[str, Any]) -> LayerInfo:
    """Colours, names and units of a layer."""
    colors: Optional[Dict[int, Any]] = None
    names: Dict[int, str] = {}
    others: Dict[int, Dict[str, str]] = {}
    bands: List[str] = [layer.name]
    unit = output.unit
    if layer.classes is not None:
        names = {number: name for number, (name, _) in layer.classes.items()}
        colors = {number: color for number, (_, color) in layer.classes.items()}
        others = dict(layer.translations or {})
        unit = None
    elif output.class_map is not None:
        if layer.name == "labels":
            colors = {c.id: c.color for c in output.class_map.classes}
            names = {c.id: c.name for c in output.class_map.classes}
            others = {c.id: c.names for c in output.class_map.classes if c.names}
        if layer.name == "probabilities":
            bands = [c.name for c in output.class_map.classes]
        unit = "%" if layer.name in PERCENT_LAYERS else None
    elif layer.bands > 1:
        bands = [f"{layer.name}-{index + 1}" for index in range(layer.bands)]
    return LayerInfo(
        name=layer.name,
        dtype=layer.dtype,
        nodata=layer.nodata,
        band_names=tuple(bands),
        colors=colors,
        class_names=names or None,
        class_translations=others or None,
        unit=unit,
        scale=None,
        description=output.quantity or layer.name,
        metadata=made_by,
        shown=layer.shown,
    )


def regions(prepared: Prepared, stem: str, per_sheet: bool) -> List[Region]:
    """The output, or the sheets of a mosaic, each with the name its files begin with; of each the part around the area
    of interest, or all where the area does not touch it."""
    sheets = getattr(prepared.source, "sheets", [])
    if not (per_sheet and sheets):
        return [_region(stem, prepared, prepared.written())]
    if prepared.grid.output != prepared.grid.raster:
        raise UserError("sheets-need-own-grid")
    found: List[Region] = []
    for sheet in sheets:
        name = free_name(sheet.name, [region.stem for region in found])
        found.append(_region(name, prepared, prepared.written(Box(sheet.row0, sheet.row1, sheet.col0, sheet.col1))))
    return found


def with_margin(region: Region, prepared: Prepared) -> Region:
    """Of the same name, with the margin around it."""
    (row0, row1, col0, col1), px, (height, width) = region.box, prepared.margin_px, prepared.grid.output
    box = Box(max(0, row0 - px), min(height, row1 + px), max(0, col0 - px), min(width, col1 + px))
    return _region(region.stem, prepared, box)


def _region(stem: str, prepared: Prepared, box: Box) -> Region:
    return Region(stem, box, shifted(prepared.output_transform, box.row0, box.col0))


def free_name(name: str, taken: Sequence[str]) -> str:
    """A file-safe name that is not taken; a number tells rasters of the same name apart."""
    stem = name = re.sub(r'[<>:"/\\|?*\x00-\x1f]', "_", name)
    number = 2
    while stem in taken:
        stem, number = f"{name}_{number}", number + 1
    return stem


def write_layer(
    layer: Layer,
    info: LayerInfo,
    prepared: Prepared,
    made: Made,
    parts: Path,
    region: Region,
    out: Path,
    progress: Callable[[float], None],
    check_cancel: Callable[[], None],
) -> Path:
    """Assemble a region of one layer from its parts, as a COG with a style and its names beside it."""
    row0, row1, col0, col1 = region.box
    found = [
        (parts / p.file, p.row - row0, p.col - col0, p.height, p.width)
        for p in made.parts.get(layer.name, [])
        if p.row < row1 and p.row + p.height > row0 and p.col < col1 and p.col + p.width > col0
    ]
    statistics = made.tally.summary(layer.name)
    height, width = row1 - row0, col1 - col0
    crs = prepared.source.crs
    written = assemble_cog(found, width, height, crs, region.transform, info, statistics, out, progress, check_cancel)
    write_style(written, info, statistics)
    write_names(written, info)
    return Path(written)
