"""Fixtures of the tests of models."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hub_server import Hub

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "networks"))  # files of networks are made there


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("RS_DINO_MODELS", str(tmp_path / "library"))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    server = Hub()
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    monkeypatch.setenv("MODELSCOPE_ENDPOINT", server.url)
    yield server
    server.close()


@pytest.fixture
def small_sizes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The published networks, as if they were small."""
    from dinov3_files import SMALL_SIZES
    from rs_dino_engine.models.networks.dinov3.sizes import SIZES

    for name, size in SMALL_SIZES.items():
        monkeypatch.setitem(SIZES, name, size)
