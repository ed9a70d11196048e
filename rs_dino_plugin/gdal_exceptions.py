"""GDAL's exceptions inside a block; QGIS runs without them, unless another plugin has turned them on."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from osgeo import gdal, ogr


class GdalExceptions:
    """What goes wrong in GDAL within ``with`` is a ``RuntimeError`` - or, with ``used=False``, is not: closing a file
    that cannot be written must not raise, for it happens where nothing can catch it. Afterwards all is as it was."""

    def __init__(self, used: bool = True) -> None:
        self._used = used

    def __enter__(self) -> None:
        self._were_used = gdal.GetUseExceptions(), ogr.GetUseExceptions()
        for module in (gdal, ogr):
            _use(module, self._used)

    def __exit__(self, *_: object) -> None:
        of_gdal, of_ogr = self._were_used
        _use(ogr, bool(of_ogr))  # the last one first: they are a stack
        _use(gdal, bool(of_gdal))


def _use(module: Any, wanted: bool) -> None:
    """GDAL 3.6 and 3.7 only take off what was put on last: what another plugin has put on in another order stays."""
    if wanted != bool(module.GetUseExceptions()):
        with suppress(RuntimeError):
            module.UseExceptions() if wanted else module.DontUseExceptions()
