"""What the engine can do. One file a task: its ``Inputs``, its ``DECLARATION`` and ``run(inputs, job)``.

The table names modules as strings, so that help and ``describe`` load neither torch nor GDAL.
"""

from __future__ import annotations

from importlib import import_module
from typing import Dict

from .declaration import Declaration

TASKS: Dict[str, str] = {
    "segment": "rs_dino_engine.tasks.segment",
    "canopy-height": "rs_dino_engine.tasks.canopy_height",
    "feature-map": "rs_dino_engine.tasks.feature_map",
    "clusters": "rs_dino_engine.tasks.clusters",
    "find-similar": "rs_dino_engine.tasks.find_similar",
    "maps": "rs_dino_engine.tasks.maps",
    "vectorize": "rs_dino_engine.tasks.vectorize",
    "sample-points": "rs_dino_engine.tasks.sample_points",
    "evaluate": "rs_dino_engine.tasks.evaluate",
    "zonal": "rs_dino_engine.tasks.zonal",
    "finetune": "rs_dino_engine.tasks.finetune",
}


def declaration(task: str) -> Declaration:
    """The declaration of a task; ``KeyError`` for a name that is not in ``TASKS``."""
    found: Declaration = import_module(TASKS[task]).DECLARATION
    return found
