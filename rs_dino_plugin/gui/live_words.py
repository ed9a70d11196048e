"""How live mode stands, in words."""

from __future__ import annotations

from typing import Any, List, Mapping

from qgis.PyQt.QtCore import QLocale

from ..catalog import catalogue
from ..engine_client.documents import Request, Status
from ..errors import sentence
from ..i18n import tr
from ..live_view import COARSEST, View
from ..processing.values import wanted_outputs


def off(status: Status) -> str:
    """Why a session has ended that nobody closed."""
    return tr("Live mode is off: {reason}").format(reason=reason(status))


def reason(status: Status) -> str:
    return sentence(status.message) if status.message is not None else tr("The job failed without saying why.")


def too_old() -> str:
    return tr(
        "Live mode is off: this engine is older than the plugin and does not know live mode."
        " Renew it under Settings ▸ Options ▸ RS-DINO."
    )


def notes(request: Request) -> List[str]:
    """What a run of the request would make beside what is shown."""
    task = next((one for one in catalogue().tasks if one.id == request.process_id), None)
    wanted = wanted_outputs(task, request.inputs) if task is not None else {}
    names = [tr(output.title) for output in task.outputs if wanted.get(output.name)] if task is not None else []
    return [tr("Not shown live: {names}. A run makes them.").format(names=tr(", ").join(names))] if names else []


def progress(look: Mapping[str, Any]) -> str:
    """``look``: what the engine says of the windows of what the map shows."""
    if look["refused"]:
        seconds = QLocale().toString(round(float(look["seconds"])))
        text = tr("Zoom in: what the map shows takes about {seconds} s ({windows} windows), too long for live mode.")
        return text.format(seconds=seconds, windows=look["total"])
    if look["done"] < look["total"]:
        return tr("{done} of {total} windows").format(done=look["done"], total=look["total"])
    return tr("Up to date")


def zoom_in(view: View, facts: Mapping[str, Any]) -> str:
    gsd_m = facts.get("gsd_m")
    if not gsd_m:
        return tr("Zoom in: at this scale the map shows too little of what the model sees.")
    number = QLocale()
    text = tr("Zoom in: the map shows {shown} m per pixel; this model sees {gsd} m, and live mode goes up to {most} m.")
    return text.format(
        shown=number.toString(view.coarse * gsd_m, "g", 2),
        gsd=number.toString(float(gsd_m), "g", 3),
        most=number.toString(COARSEST * gsd_m, "g", 3),
    )
