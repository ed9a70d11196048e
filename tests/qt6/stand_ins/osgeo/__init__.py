"""GDAL is QGIS's; nothing that is drawn asks it."""

from qgis.anything import Anything


class gdal(Anything):  # noqa: N801
    pass


class ogr(Anything):  # noqa: N801
    pass


class osr(Anything):  # noqa: N801
    pass
