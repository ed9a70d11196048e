"""The zip: what plugins.qgis.org would refuse, and the same bytes for the same files."""

import importlib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STAGED = ROOT / "build" / "stage" / "rs_dino_plugin"


@pytest.fixture
def package(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "engine" / "staging"))
    return importlib.import_module("package")


@pytest.fixture
def archive(package, tmp_path):
    return package.make_zip(STAGED, tmp_path / "dist" / "plugin.zip")


def test_staged_plugin_is_what_the_site_takes(package, archive):
    assert package.structure_problems(archive) == []


def test_scanners_of_the_site_find_nothing(package, archive):
    assert package.scan_problems(archive) == []


def test_same_files_make_the_same_bytes(package, archive, tmp_path):
    again = package.make_zip(STAGED, tmp_path / "dist" / "again.zip")
    assert again.read_bytes() == archive.read_bytes()


@pytest.mark.parametrize(
    "bad, said",
    [
        ("rs_dino_plugin/x.pyc", "may not be"),
        ("rs_dino_plugin/__pycache__/x.py", "may not be"),
        ("rs_dino_plugin/../x.py", "may not be"),
        ("other/x.py", "may not be"),
    ],
)
def test_what_the_site_refuses_is_found(package, archive, bad, said):
    with zipfile.ZipFile(archive, "a") as packed:
        packed.writestr(bad, "")
    assert any(said in problem for problem in package.structure_problems(archive))


def test_secrets_and_dangerous_calls_are_found(package, archive):
    with zipfile.ZipFile(archive, "a") as packed:
        packed.writestr("rs_dino_plugin/bad.py", "import subprocess\nsubprocess.run('ls', shell=True)\n")
    assert any("bandit" in problem for problem in package.scan_problems(archive))


def test_wheel_holds_the_engine_and_its_data():
    (wheel,) = (STAGED / "engine").glob("rs_dino_engine-*-py3-none-any.whl")
    with zipfile.ZipFile(wheel) as packed:
        names = set(packed.namelist())
    assert "rs_dino_engine/__main__.py" in names
    assert "rs_dino_engine/data/catalog.json" in names
    for folder in ("models", "samples"):
        shipped = {p.relative_to(ROOT / "resources").as_posix() for p in (ROOT / "resources" / folder).rglob("*.*")}
        wanted = {name for name in shipped if "/." not in name and not name.endswith(".aux.xml")}  # QGIS leaves those
        assert {f"rs_dino_engine/data/{name}" for name in wanted} <= names
    assert not any(name.endswith(".aux.xml") for name in names)
    assert not any("staging" in name or "__pycache__" in name for name in names)


def test_one_version_everywhere():
    text = (STAGED / "metadata.txt").read_text(encoding="utf-8")
    (wheel,) = (STAGED / "engine").glob("*.whl")
    version = wheel.name.split("-")[1]
    assert f"\nversion={version}\n" in text
