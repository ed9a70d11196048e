"""Chips for tests of training."""

import pytest
from field_data import fields
from rs_dino_engine.datasets.chip_store import ChipWriter
from rs_dino_engine.datasets.label_table import LabelTable
from rs_dino_engine.datasets.scenes import Scene


@pytest.fixture
def field_store(tmp_path):
    """12 training and 4 validation chips of 64 px, three classes."""
    writer = ChipWriter(tmp_path / "chips", LabelTable(["grass", "road", "water"]))
    for i in range(16):
        image, ids = fields(64, i)
        writer.add(image, ids, Scene("fields", f"{i}.tif", "", str(i), "validation" if i % 4 == 3 else "train"))
    return writer.finish()
