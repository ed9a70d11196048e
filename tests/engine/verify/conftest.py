"""Small seeded models on disk, and a processor to run them on."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from rs_dino_engine.verify import report as reports
from rs_dino_engine.verify import run as runs
from rs_dino_engine.verify.run import Asked
from rs_dino_engine.verify.seeded import chmv2_shapes, meta_shapes, telling
from verify_cases import THIN


@pytest.fixture(scope="session")
def model_files(tmp_path_factory):
    """A thin backbone and a canopy-height head, each as Meta saves it."""
    folder = tmp_path_factory.mktemp("模型 of somebody")
    files = SimpleNamespace(backbone=folder / "thin.pth", head=folder / "head.pth", folder=folder)
    torch.save(telling(meta_shapes(THIN, True)), str(files.backbone))
    torch.save(telling(chmv2_shapes(THIN.dim)), str(files.head))
    return files


@pytest.fixture
def verified(tmp_path, monkeypatch):
    """Run the whole kit; the arithmetic of the seeded networks only where a test asks for it."""

    def run(*models: Path, arithmetic: bool = False, **changes):
        if not arithmetic:
            monkeypatch.setattr(runs, "self_check", lambda device: iter(()))
        asked = Asked([str(m) for m in models], None, None, None, None, ["cpu"], tmp_path / "out")
        return runs.verify(asked._replace(**changes), lambda line: None)

    return run


@pytest.fixture
def named_check():
    """The one check whose name begins so."""

    def find(report: reports.Report, begins: str) -> reports.Check:
        (found,) = [c for c in report.checks if c.name.startswith(begins)]
        return found

    return find
