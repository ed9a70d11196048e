"""Fixtures of the prediction tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from predict_cases import write_backbone
from rs_dino_engine.tasks.segment import Inputs


@pytest.fixture
def request_for(tmp_path):
    """Inputs of a segment request."""

    def make(raster: Path, **changes: object) -> Inputs:
        values = dict(rasters=[str(raster)], output=str(tmp_path / "out"), overlap="16", device="cpu", **changes)
        return Inputs(**values)

    return make


@pytest.fixture(scope="session")
def backbone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model folder with a tiny DINOv3 ViT."""
    return write_backbone(tmp_path_factory.mktemp("models") / "vit")
