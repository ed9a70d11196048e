"""What the parts of the dock say when the pointer rests on them, by the names of the widgets."""

from __future__ import annotations

from qgis.PyQt.QtWidgets import QWidget

from ..i18n import tr

TEXTS = {
    "rsDinoTask": "What to make of the rasters",
    "rsDinoRasters": "Tick what to work on: rasters of the project, map services too",
    "rsDinoModel": "A model that came with the plugin or was imported, or a file or folder",
    "rsDinoWhere": "Only this area is computed",
    "rsDinoDraw": "Drag a rectangle on the map, or click the corners of a polygon",
    "rsDinoAreaLayer": "Its selected polygons, or all when none is selected",
    "rsDinoMore": "Settings that are right for most runs as they are",
    "rsDinoRun": "Start the job; it waits while another one runs",
    "rsDinoJobs": "Jobs of this and of earlier sessions, newest first; a double click opens the result",
    "rsDinoOpenResult": "Add the result to the project again",
    "rsDinoRunAgain": "Show the settings of this job in the form",
    "rsDinoCancelJob": "Stop this job at its next step; what is done is kept, to go on from",
    "rsDinoResume": "Go on from where it was, or begin at once with a job that waits",
    "rsDinoJobLog": "What the engine said, to find out what went wrong",
    "rsDinoDelete": "Delete this job, after a question",
    "rsDinoReviewLayer": "The result whose polygons are looked through",
    "rsDinoReviewStart": "Go from one polygon to the next and say whether its class is right",
    "rsDinoReviewClass": "Only polygons of this class",
    "rsDinoReviewInMap": "Only polygons in what the map shows now",
    "rsDinoReviewAgain": "Try once more what did not work",
    "rsDinoOpacity": "How far the newest result covers the map below it",
}


def set_tooltips(widget: QWidget) -> None:
    """Give the parts of a widget that have a name their texts; what changes its own keeps it."""
    for part in widget.findChildren(QWidget):  # once: PyQt wraps every child each time it is asked, by name too
        text = TEXTS.get(part.objectName())
        if text is not None and not part.toolTip():
            part.setToolTip(tr(text))
