"""From corrections to training: what the corrections say of the settings of the task."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Dict, Optional, Sequence

from ..lasting import free_model_folder
from ..processing.parameters import INPUT
from ..recipes import Recipe, models_of, rasters_of
from ..review.classes import Class
from ..review.corrections import CLASS_FIELD

ALGORITHM = "rsdino:finetune"
_MADE_BY_A_MODEL = ("segment", "maps")


def parameters(path: Path, classes: Sequence[Class], recipe: Optional[Recipe]) -> Dict[str, Any]:
    """For the algorithm: the labels, all classes in the model's order - so that what it has learnt of them stays -
    and, where the result's recipe is known, its model and rasters."""
    found: Dict[str, Any] = {
        "LABELS": str(path),
        "CLASS_FIELD": CLASS_FIELD,
        "CLASSES": json.dumps({one.name: one.id for one in classes}, ensure_ascii=False),
    }
    if recipe is not None and recipe.request.process_id in _MADE_BY_A_MODEL:
        found[INPUT] = rasters_of(recipe.request)
        models = models_of(recipe.request)
        if len(models) == 1:
            found["MODEL"] = models[0]
        rasters = found[INPUT]
        if rasters:
            found["MODEL_OUTPUT"] = str(free_model_folder(Path(rasters[0]).stem))
    found.setdefault("MODEL_OUTPUT", str(free_model_folder(path.stem)))
    return found
