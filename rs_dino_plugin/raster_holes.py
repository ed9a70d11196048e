"""Parts of a picture that a server did not give, asked for again: QGIS leaves them clear and says nothing."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Callable, Iterator, List, NamedTuple

import numpy
from osgeo import gdal
from qgis.core import QgsFeedback
from qgis.PyQt.QtCore import QLocale, QThread

from .i18n import tr

ALPHA = 4
PAUSES_S = (1.0, 3.0)
"""Before each time of asking again: a server that has too much to do may have less then."""
_MOST_S = 120.0
"""For all of it: a server may take a minute not to answer."""
_EDGE_PX = 2
"""Around a part, and not looked at: newer QGIS draws a tile's neighbours a pixel into it."""
_LONGEST_PX = 2048
"""What is asked for at once."""


class Rectangle(NamedTuple):
    """Pixels of a raster."""

    col: int
    row: int
    columns: int
    rows: int


class Holes(NamedTuple):
    """How many of a picture's parts are clear."""

    empty: int
    total: int

    def word(self, name: str) -> str:
        """What is said about it; nothing where there is none."""
        if not self.empty:
            return ""
        number = QLocale().toString
        return tr(
            "“{name}”: {empty} of {total} parts of its picture are empty. The server did not give them, asked again,"
            " either, or it has nothing there. They stay empty in the result."
        ).format(name=name, empty=number(self.empty), total=number(self.total))


def filled(path: str, part_px: int, ask: Callable[[Rectangle, str], bool], feedback: QgsFeedback) -> Holes:
    """Ask again for the parts of a saved picture that are clear, squares of ``part_px`` pixels; what is empty
    after that. ``ask`` saves a rectangle under a name, or gives False."""
    dataset = gdal.Open(path, gdal.GA_Update)
    if dataset.RasterCount < ALPHA:
        return Holes(0, 1)
    parts = _parts(dataset, part_px)
    empty = [part for part in parts if _is_clear(dataset, part)]
    end = time.monotonic() + _MOST_S
    answers = len(empty) < len(parts)
    for pause_s in PAUSES_S if empty else ():
        _wait(pause_s, feedback)
        for stretch in _joined(empty):
            if feedback.isCanceled() or time.monotonic() > end:
                break
            _ask_again(dataset, stretch, ask, Path(path).with_name("again-" + Path(path).name))
            answers = answers or not _is_clear(dataset, stretch)
            if not answers:  # nothing has come at all: nobody is there
                break
        empty = [part for part in empty if _is_clear(dataset, part)]
        if not empty or not answers:
            break
    dataset.FlushCache()
    return Holes(len(empty), len(parts))


def _ask_again(dataset: gdal.Dataset, place: Rectangle, ask: Callable[[Rectangle, str], bool], patch: Path) -> None:
    try:
        if ask(place, str(patch)):
            for number, band in enumerate(gdal.Open(str(patch)).ReadAsArray(), 1):
                dataset.GetRasterBand(number).WriteArray(band, place.col, place.row)
    finally:
        patch.unlink(missing_ok=True)


def _parts(dataset: gdal.Dataset, size: int) -> List[Rectangle]:
    wide, high = dataset.RasterXSize, dataset.RasterYSize
    return [
        Rectangle(col, row, min(size, wide - col), min(size, high - row))
        for row in range(0, high, size)
        for col in range(0, wide, size)
    ]


def _is_clear(dataset: gdal.Dataset, part: Rectangle) -> bool:
    edge = min(_EDGE_PX, (min(part.columns, part.rows) - 1) // 2)
    inside = (part.col + edge, part.row + edge, part.columns - 2 * edge, part.rows - 2 * edge)
    return not numpy.any(dataset.GetRasterBand(ALPHA).ReadAsArray(*inside))


def _joined(parts: List[Rectangle]) -> Iterator[Rectangle]:
    """Neighbours in a row as one."""
    whole = parts[0]
    for part in parts[1:]:
        columns = whole.columns + part.columns
        if part.row == whole.row and part.col == whole.col + whole.columns and columns <= _LONGEST_PX:
            whole = whole._replace(columns=columns)
        else:
            yield whole
            whole = part
    yield whole


def _wait(seconds: float, feedback: QgsFeedback) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and not feedback.isCanceled():
        QThread.msleep(50)
