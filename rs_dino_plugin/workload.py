"""How much work a run is: a guess before the engine is asked, and what the engine's preflight says."""

from __future__ import annotations

from typing import Any, List, Mapping, NamedTuple, Optional, Sequence

from qgis.core import (
    QgsCoordinateTransform,
    QgsCsException,
    QgsProject,
    QgsRasterLayer,
    QgsRectangle,
    QgsUnitTypes,
)

from .area import Area
from .engine_client.documents import Message, Results, Status
from .model_cards import ModelCard

SMALL_PX = 2_500_000
"""Pixels, on the model's grid, that any model works through in well below a minute."""
LONG_S = 60.0


class Costs(NamedTuple):
    """What the engine's preflight found, of all rasters together; ``device`` says which one and why."""

    windows: int
    seconds: float
    memory_mb: float
    disk_mb: float
    device: Optional[Message]
    warnings: List[Message]

    @property
    def should_be_shown(self) -> bool:
        """Whether a person should see this before the run."""
        return self.seconds > LONG_S or bool(self.warnings)


def costs(results: Results, said: Sequence[Status]) -> Costs:
    """Out of the results and the status lines of a preflight."""
    rasters = (results.values.get("summary") or {}).get("rasters") or []
    found = [one["preflight"] for one in rasters if "preflight" in one]
    device = [one.message for one in said if one.message is not None and one.message.code.startswith("device-")]
    warnings = [one.message for one in said if one.message is not None and one.metrics.get("warning")]
    return Costs(
        windows=sum(int(one["windows"]) for one in found),
        seconds=sum(float(one["seconds"]) for one in found),
        memory_mb=max((float(one["memory_mb"]) for one in found), default=0.0),
        disk_mb=sum(float(one["disk_mb"]) for one in found),
        device=device[-1] if device else None,
        warnings=list({message.text: message for message in [*warnings, *results.messages]}.values()),
    )


def is_small(
    layers: Sequence[QgsRasterLayer],
    card: Optional[ModelCard],
    area: Optional[Area],
    inputs: Mapping[str, Any],
) -> bool:
    """Whether a run is so short that asking the engine first would take longer. Unknown is not small."""
    if card is None or card.gsd_m is None or len(layers) != len(inputs.get("rasters", ())):
        return False
    if inputs.get("tta") or float(inputs.get("input_scale", 1.0)) != 1.0:
        return False
    return sum(_model_px(layer, card.gsd_m, area) for layer in layers) <= SMALL_PX


def touches(layers: Sequence[QgsRasterLayer], area: Optional[Area]) -> bool:
    """Whether an area's frame lies on any of the rasters, as far as can be told."""
    return not layers or any(_share(layer.extent(), layer, area) > 0 for layer in layers)


def _model_px(layer: QgsRasterLayer, gsd_m: float, area: Optional[Area]) -> float:
    pixels = layer.width() * layer.height() * _share(layer.extent(), layer, area)
    if not layer.crs().isValid():  # the engine takes such pixels as the model's
        return pixels
    units = QgsUnitTypes.fromUnitToUnitFactor(layer.crs().mapUnits(), QgsUnitTypes.DistanceUnit.DistanceMeters)
    return pixels * (layer.rasterUnitsPerPixelX() * units / gsd_m) * (layer.rasterUnitsPerPixelY() * units / gsd_m)


def _share(extent: QgsRectangle, layer: QgsRasterLayer, area: Optional[Area]) -> float:
    """The share of a raster that lies in the frame of an area."""
    if area is None or extent.isEmpty():
        return 1.0
    transform = QgsCoordinateTransform(area.crs, layer.crs(), QgsProject.instance().transformContext())
    try:
        frame = transform.transformBoundingBox(area.geometry.boundingBox())
    except QgsCsException:
        return 1.0
    if not extent.intersects(frame):  # newer QGIS gives what is common to these an endless size
        return 0.0
    common = extent.intersect(frame)
    return max(0.0, common.width() * common.height() / (extent.width() * extent.height()))
