"""Rasters made on the spot."""

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin

UTM = "EPSG:32633"


def write_raster(path, array, crs=UTM, transform=None, **options):
    """Write (bands, h, w); ``descriptions``, ``colorinterp``, ``colormap``, ``mask``, ``scales`` are set too."""
    after = {k: options.pop(k) for k in ("descriptions", "colorinterp", "colormap", "mask", "scales") if k in options}
    if transform is None and crs is not None:
        transform = from_origin(500_000, 5_000_000, 0.5, 0.5)
    profile = {
        "driver": "GTiff",
        "count": array.shape[0],
        "height": array.shape[1],
        "width": array.shape[2],
        "dtype": array.dtype.name,
        "crs": crs,
        **options,
    }
    if transform is not None:
        profile["transform"] = transform
    with rasterio.Env(GDAL_TIFF_INTERNAL_MASK=True), rasterio.open(path, "w", **profile) as out:
        for index, text in enumerate(after.get("descriptions", ()), 1):
            out.set_band_description(index, text)
        if "colorinterp" in after:
            out.colorinterp = after["colorinterp"]
        out.write(array)
        if "colormap" in after:
            out.write_colormap(1, after["colormap"])
        if "mask" in after:
            out.write_mask(after["mask"])
        if "scales" in after:
            out.scales, out.offsets = after["scales"]
    return str(path)


@pytest.fixture
def make(tmp_path):
    """``make(name, array, **options)`` -> path, in a folder whose name has a space and Chinese characters."""
    folder = tmp_path / "影像 数据"
    folder.mkdir()

    def build(name, array, **options):
        return write_raster(folder / name, np.asarray(array), **options)

    build.folder = folder
    return build


@pytest.fixture
def noise():
    """Seeded values in 1..250."""

    def build(bands, height, width, dtype="uint8", seed=0):
        return np.random.RandomState(seed).randint(1, 250, (bands, height, width)).astype(dtype)

    return build
