"""RS-DINO: rasters in, maps out, inside QGIS."""


def classFactory(iface):
    """Make the plugin; ``iface`` is None in qgis_process."""
    from .plugin import RsDinoPlugin

    return RsDinoPlugin(iface)
