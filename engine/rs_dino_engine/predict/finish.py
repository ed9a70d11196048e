"""From finished parts to the files a person opens: COG, style, and the recipe that made them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional

from .. import __version__
from ..models.spec import ModelSpec, OutputSpec
from ..raster.sink import LayerInfo, assemble_cog
from ..raster.style import write_style
from .commit import Manifest
from .prepare import Prepared
from .products import Layer

if TYPE_CHECKING:
    from ..tasks.declaration import TaskInputs

PERCENT_LAYERS = ("confidence", "entropy", "disagreement")


def recipe(inputs: "TaskInputs", spec: ModelSpec, prepared: Prepared, device: str) -> Dict[str, Any]:
    """What has to be known to make the same map again; goes into every output's metadata."""
    return {
        "engine": __version__,
        "request": inputs.model_dump(mode="json"),
        "model": {"name": spec.name, "version": spec.version, "sha256": spec.sha256},
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
    bands: List[str] = [layer.name]
    unit = output.unit
    if output.class_map is not None:
        if layer.name == "labels":
            colors = {c.id: c.color for c in output.class_map.classes}
            names = {c.id: c.name for c in output.class_map.classes}
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
        unit=unit,
        scale=None,
        description=output.quantity or layer.name,
        metadata=made_by,
    )


def write_layer(
    layer: Layer,
    info: LayerInfo,
    prepared: Prepared,
    manifest: Manifest,
    parts: Path,
    out: Path,
    progress: Callable[[float], None],
    check_cancel: Callable[[], None],
) -> Path:
    """Assemble one layer's parts into a COG with a style beside it."""
    height, width = prepared.grid.output
    found = [(parts / p.file, p.row, p.col, p.height, p.width) for p in manifest.parts.get(layer.name, [])]
    written = assemble_cog(
        found,
        width,
        height,
        prepared.source.crs,
        prepared.output_transform,
        info,
        manifest.tally.summary(layer.name),
        out,
        progress,
        check_cancel,
    )
    write_style(written, info, manifest.tally.summary(layer.name))
    return Path(written)
