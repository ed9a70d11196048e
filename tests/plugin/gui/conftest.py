"""What the tests of pages share: the real engine, and settings that are the test's own."""

import pytest


@pytest.fixture(scope="session")
def real_engine(engine_python):
    """The interpreter that has the engine, as text."""
    return str(engine_python)


@pytest.fixture
def own_settings(plugin, monkeypatch, tmp_path):
    """Nothing is set, and nothing of what a test sets stays; the user's folders are the test's."""
    from qgis.core import QgsSettings

    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "数据 data"))
    monkeypatch.setenv("RS_DINO_MODELS", str(tmp_path / "模型 library"))
    QgsSettings().remove("rsdino")
    yield QgsSettings()
    QgsSettings().remove("rsdino")
