"""The real desktop: a screen."""

import shutil

import pytest
from real_desktop import PICTURES, Screen


@pytest.fixture(scope="session", autouse=True)
def _old_pictures_go():
    shutil.rmtree(PICTURES, ignore_errors=True)


@pytest.fixture(scope="module")
def screen(tmp_path_factory):
    assert shutil.which("Xvfb"), "Xvfb is not installed: run make setup-qgis"
    made = Screen(tmp_path_factory.mktemp("screen") / "x")
    yield made
    made.close()
