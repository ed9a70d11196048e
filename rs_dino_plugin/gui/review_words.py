"""What a review says of a polygon."""

from __future__ import annotations

from typing import Optional

from qgis.core import QgsDistanceArea, QgsGeometry, QgsProject, QgsUnitTypes, QgsVectorLayer
from qgis.PyQt.QtCore import QLocale

from ..i18n import tr
from ..review.polygons import Polygons
from ..review.session import Review

TEXTS = {
    "accepted": "accepted",
    "relabelled": "relabelled",
    "split": "split",
    "redrawn": "redrawn",
}


def order_note(polygons: Polygons) -> str:
    """Says it where the order is not by confidence."""
    if polygons.has_confidence:
        return ""
    if polygons.area_in:
        return tr("This result has no confidence: large polygons come first.")
    return tr("This result has neither confidence nor areas: polygons come in their order in the file.")


def progress(review: Review) -> str:
    count = len(review.order)
    if not count:
        return tr("No polygon is left by the filter.")
    if review.position is None:
        return tr("All {count} are reviewed.").format(count=count)
    return tr("{number} of {count} · {reviewed} reviewed").format(
        number=review.position + 1, count=count, reviewed=review.reviewed
    )


def left_aside(review: Review, least: str) -> str:
    """``least``: what the filter says of the area, with its unit."""
    if not review.left_aside:
        return ""
    return tr("{count} below {area} left aside").format(count=review.left_aside, area=least)


def about(review: Review, project: QgsProject) -> str:
    """Class, confidence, area and what was decided of the current polygon."""
    piece = review.current
    if review.position is None:
        return ""
    if piece is None:
        return tr("Deleted: training learns nothing there.") if review.is_decided else tr("It is not there any more.")
    found = review.classes.get(piece.class_id)
    parts = [found.title if found is not None else tr("no class")]
    confidence = review.confidence()
    if confidence is not None:
        parts.append(tr("{percent} % certain").format(percent=QLocale().toString(confidence, "f", 0)))
    area = area_text(piece.geometry, review.layer, project)
    if area:
        parts.append(area)
    if review.is_decided:
        parts.append(tr(TEXTS.get(piece.state, piece.state)))
    if len(review.pieces) > 1:
        parts.append(tr("part {number} of {count}").format(number=review.piece + 1, count=len(review.pieces)))
    return " · ".join(parts)


def area_text(geometry: QgsGeometry, layer: QgsVectorLayer, project: QgsProject) -> Optional[str]:
    """On the ground; None where nobody knows how large a unit of the CRS is."""
    crs = layer.crs()
    if not crs.isValid():
        return None
    measure = QgsDistanceArea()
    measure.setSourceCrs(crs, project.transformContext())
    measure.setEllipsoid(crs.ellipsoidAcronym() or project.ellipsoid())
    m2 = measure.convertAreaMeasurement(measure.measureArea(geometry), QgsUnitTypes.AreaUnit.AreaSquareMeters)
    if m2 >= 1e6:
        return tr("{number} km²").format(number=QLocale().toString(m2 / 1e6, "f", 2))
    if m2 >= 1e4:
        return tr("{number} ha").format(number=QLocale().toString(m2 / 1e4, "f", 2))
    return tr("{number} m²").format(number=QLocale().toString(m2, "f", 1 if m2 < 100 else 0))
