"""What a person names becomes a list of rasters."""

import pytest
from rs_dino_engine.errors import UserError
from rs_dino_engine.raster.source import expand_paths


@pytest.fixture
def folder(tmp_path):
    root = tmp_path / "资料 x"
    (root / "deep").mkdir(parents=True)
    for name in ("b.tif", "a.TIF", "notes.txt", "tile[1].tif", "tile1.tif", "deep/c.jp2"):
        (root / name).write_bytes(b"x")
    return root


def names(paths, folder):
    return [p[len(str(folder)) + 1 :].replace("\\", "/") for p in paths]


def test_folders_files_patterns(folder):
    assert names(expand_paths([str(folder)]), folder) == ["a.TIF", "b.tif", "tile1.tif", "tile[1].tif"]
    assert names(expand_paths([str(folder / "*.tif")]), folder)[-3:] == ["b.tif", "tile1.tif", "tile[1].tif"]
    assert names(expand_paths([str(folder / "**" / "*.jp2")]), folder) == ["deep/c.jp2"]
    assert names(expand_paths([str(folder / "notes.txt")]), folder) == ["notes.txt"]  # named outright


def test_each_once(folder):
    assert names(expand_paths([str(folder / "b.tif"), str(folder / "b*.tif")]), folder) == ["b.tif"]


def test_brackets_of_an_existing_file_are_no_pattern(folder):
    assert names(expand_paths([str(folder / "tile[1].tif")]), folder) == ["tile[1].tif"]


@pytest.mark.parametrize(
    "item", ["/vsizip/x.zip/a.tif", "https://h/x.tif", "s3://b/k.tif", 'NETCDF:"a.nc":v', "GTIFF_DIR:2:a.tif"]
)
def test_what_only_gdal_knows_passes(item):
    assert expand_paths([item]) == [item]


@pytest.mark.parametrize(
    "item, code", [("nothing.tif", "raster-missing"), ("no*.tif", "raster-none"), ("deep2", "raster-none")]
)
def test_nothing_there(folder, item, code):
    (folder / "deep2").mkdir()
    with pytest.raises(UserError) as caught:
        expand_paths([str(folder / item)])
    assert caught.value.message.code == code
