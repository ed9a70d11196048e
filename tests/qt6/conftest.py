"""Our widgets on real Qt 6, with stand-ins for the classes of QGIS (stand_ins/): no QGIS on Qt 6 is packaged yet.

What needs the real QGIS is not shown here: maps, the layer tree, Processing's own parameter widgets (a line stands in
for each), the authentication database. The same widgets run in real QGIS on Qt 5 in tests/plugin.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "build" / "qt6"
"""To be looked at; never compared."""
KEPT = []
"""The application, to the process's end: PyQt crashes now and then where it goes while widgets' wrappers are left."""


def pytest_configure() -> None:
    """Stage, unless the caller has just done so."""
    if not os.environ.get("RS_DINO_STAGED"):
        subprocess.run([sys.executable, str(ROOT / "engine" / "staging" / "stage.py"), "plugin"], check=True)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.pycache_prefix = str(ROOT / "build" / "pycache")
    sys.path[:0] = [str(ROOT / "build" / "stage"), str(Path(__file__).parent / "stand_ins")]


@pytest.fixture(scope="session")
def app(tmp_path_factory):
    os.environ["SETTINGS_FILE"] = str(tmp_path_factory.mktemp("设置 settings") / "qgis.ini")
    os.environ["XDG_DATA_HOME"] = str(tmp_path_factory.mktemp("data"))
    os.environ.pop("RS_DINO_ENGINE_PYTHON", None)
    os.environ["PATH"] = "/usr/bin:/bin"
    from qgis.core import QgsApplication

    KEPT.append(QgsApplication([]))
    yield KEPT[0]
    KEPT[0].processEvents()


@pytest.fixture
def raised(monkeypatch):
    """What slots raised: PyQt6 hands it to the hook, and would end the process without one."""
    found = []
    monkeypatch.setattr(sys, "excepthook", lambda kind, error, trace: found.append(error))
    return found
