"""Every file of the nasty set has one expected outcome; see nasty.json."""

import json
from pathlib import Path

import numpy as np
import pytest
from rs_dino_engine.errors import UserError
from rs_dino_engine.raster.source import open_raster

NASTY = Path(__file__).resolve().parents[4] / "shared" / "data" / "nasty"
TABLE = json.loads((Path(__file__).parent / "nasty.json").read_text(encoding="utf-8"))
pytestmark = [
    pytest.mark.needs_data,
    pytest.mark.skipif(not NASTY.exists(), reason="../shared/data/nasty is not here"),
]


def test_the_table_is_complete():
    files = {str(p.relative_to(NASTY).as_posix()) for p in NASTY.glob("*/*") if p.is_file()}
    assert files == set(TABLE)


@pytest.mark.parametrize("name", [n for n, row in TABLE.items() if row["outcome"] == "ok"])
def test_is_read(name):
    row = TABLE[name]
    with open_raster(str(NASTY / name)) as source:
        assert [source.width, source.height] == row["size"]
        assert list(source.band_names) == row["bands"]
        assert str(source.dtype) == row["dtype"]
        assert [m.code for m in source.messages] == row["messages"]
        valid, total = 0, source.width * source.height
        for r0 in range(0, source.height, 600):
            r1 = min(r0 + 600, source.height)
            pixels, mask = source.read(r0, r1, 0, source.width)
            assert pixels.dtype == source.dtype
            assert np.isfinite(pixels).all()
            valid += mask.sum() if mask is not None else (r1 - r0) * source.width
        assert valid / total == pytest.approx(row["valid"], abs=2e-3 if row["messages"] else 1e-4)
        if row["gsd_m"] is None:
            assert source.gsd_m is None
        else:
            assert source.gsd_m == pytest.approx(row["gsd_m"], rel=1e-3)


@pytest.mark.parametrize("name", [n for n, row in TABLE.items() if row["outcome"] == "refused"])
def test_is_refused_in_one_sentence(name):
    with pytest.raises(UserError) as caught, open_raster(str(NASTY / name)) as source:
        for r0 in range(0, source.height, 600):
            source.read(r0, min(r0 + 600, source.height), 0, source.width)
    assert caught.value.message.code == TABLE[name]["code"]
    assert name.split("/")[-1] in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "name",
    ["rio-tiler/cog_gcps.tif", "rasterio/RGB.byte.rpc.vrt", "rasterio/RGBA.byte.tif", "rio-tiler/cog_rgb_mask.tif"],
)
def test_windows_read_like_the_whole(name):
    """With GDAL's default warp tolerance they do not."""
    with open_raster(str(NASTY / name)) as source:
        height, width = min(source.height, 400), min(source.width, 400)
        whole = source.read(0, height, 0, width)
        for r0 in range(0, height, 150):
            for c0 in range(0, width, 130):
                r1, c1 = min(r0 + 150, height), min(c0 + 130, width)
                pixels, valid = source.read(r0, r1, c0, c1)
                expected = np.ones((r1 - r0, c1 - c0), bool) if whole.valid is None else whole.valid[r0:r1, c0:c1]
                found = np.ones_like(expected) if valid is None else valid
                assert (found == expected).all()
                assert (pixels[:, found] == whole.pixels[:, r0:r1, c0:c1][:, found]).all()
                mask = source.read_valid(r0, r1, c0, c1)
                assert ((np.ones_like(found) if mask is None else mask) == found).all()
