"""The engine's share of the resources, copied to where its code finds it. Standard library only: setup.py uses it."""

from __future__ import annotations

import shutil
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RESOURCES = ROOT / "resources"
ENGINE_DATA = ROOT / "engine" / "rs_dino_engine" / "data"

IN_ENGINE = ("models", "samples", "catalog.json")
"""What of the resources the engine carries; it is in the wheel once, and not a second time beside it."""
NOT_COPIED = shutil.ignore_patterns("__pycache__", "*.pyc", ".*", "*.egg-info", "*.aux.xml", "catalog_strings.py")


def stage_engine_data() -> Path:
    """Copy the engine's share."""
    replace_tree(RESOURCES, ENGINE_DATA, IN_ENGINE)
    return ENGINE_DATA


def replace_tree(source: Path, target: Path, names: tuple) -> None:
    """Have ``target`` hold what is called so in ``source``, and nothing else."""
    if target.exists():
        shutil.rmtree(target)
    target.mkdir(parents=True)
    for name in names:
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, ignore=NOT_COPIED)
        elif (source / name).exists():
            shutil.copy2(source / name, target)
