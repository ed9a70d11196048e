"""What the engine is given of a layer."""

import pytest
from qgis.core import QgsProviderRegistry, QgsRasterLayer


@pytest.mark.parametrize(
    "source",
    [
        "/vsizip//data/图 s.zip/in/r.tif",
        "/vsigzip//data/r.tif.gz",
        "/vsitar//data/s.tar.gz/r.tif",
        "/vsicurl/http://127.0.0.1:9/r.tif",
        "/vsicurl?max_retry=0&url=http://127.0.0.1:9/r.tif",
        "/vsis3/bucket/r.tif",
        "/vsizip/vsicurl/http://127.0.0.1:9/s.zip/r.tif",
        'NETCDF:"/data/n.nc":height',
        "/data/no such.tif",
    ],
)
@pytest.mark.parametrize("option", ["", "|option:NUM_THREADS=2"])
def test_the_source_of_a_raster_is_as_gdal_takes_it(plugin, source, option):
    """QGIS takes addresses apart, newer versions more of them than older ones."""
    from rs_dino_plugin.layers import raster_source

    assert raster_source(Layer(source + option)) == source


class Layer:
    """A layer of what is not there; an invalid one has no provider."""

    def __init__(self, source):
        self._source = source

    def source(self):
        return self._source

    def providerType(self):  # noqa: N802
        return "gdal"


def test_options_are_written_that_way(qgis_app):
    """What the test above takes for granted."""
    uri = QgsProviderRegistry.instance().encodeUri("gdal", {"path": "/data/r.tif", "openOptions": ["NUM_THREADS=2"]})
    assert uri == "/data/r.tif|option:NUM_THREADS=2"


def test_a_relative_path_becomes_a_full_one(plugin, raster, monkeypatch):
    from rs_dino_plugin.layers import raster_source

    monkeypatch.chdir(raster.parent)
    assert raster_source(QgsRasterLayer(raster.name)) == str(raster)
