"""RS-DINO: rasters in, maps out, inside QGIS."""


def classFactory(iface):  # noqa: N802 - the name QGIS calls
    """Make the plugin; ``iface`` is None in qgis_process."""
    from .plugin import RsDinoPlugin

    return RsDinoPlugin(iface)
