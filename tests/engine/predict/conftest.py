"""Fixtures of the prediction tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from rs_dino_engine.tasks.segment import Inputs


@pytest.fixture
def request_for(tmp_path):
    """Inputs of a segment request."""

    def make(raster: Path, **changes: object) -> Inputs:
        values = dict(rasters=[str(raster)], output=str(tmp_path / "out"), overlap="16", device="cpu", **changes)
        return Inputs(**values)

    return make
