"""GDAL's exceptions inside a block; QGIS runs without them."""

from __future__ import annotations

from osgeo import gdal, ogr


class GdalExceptions:
    """What goes wrong in GDAL within ``with`` is a ``RuntimeError``; afterwards all is as it was."""

    def __enter__(self) -> None:
        self._were_used = gdal.GetUseExceptions(), ogr.GetUseExceptions()
        gdal.UseExceptions()
        ogr.UseExceptions()

    def __exit__(self, *_: object) -> None:
        of_gdal, of_ogr = self._were_used
        if not of_ogr:  # the last one first: they are a stack
            ogr.DontUseExceptions()
        if not of_gdal:
            gdal.DontUseExceptions()
