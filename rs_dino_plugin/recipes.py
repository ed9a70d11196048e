"""The recipe of a layer - which request, model and job made it - kept with the layer in the project."""

from __future__ import annotations

import json
from typing import Any, Dict, Mapping, NamedTuple, Optional, Sequence

from qgis.core import QgsMapLayer

from .engine_client.documents import Request
from .foreign import NONE_EXPORTED, Exported, exported_of, exported_text
from .i18n import tr
from .kept_files import NONE_KEPT, Kept, kept_of, kept_text

REQUEST = "rsdino/request"
JOB = "rsdino/job"
OUTPUT = "rsdino/output"
EXPORTED = "rsdino/exported"
CLASSES = "rsdino/classes"
KEPT = "rsdino/kept"


class Recipe(NamedTuple):
    """``job`` is the job's folder, empty where that was a temporary one; ``output`` is the name of the result;
    ``exported`` says of which layers the rasters were saved; ``classes`` is the model's table of them, where it has
    one; ``kept`` has files of the request that may be gone."""

    request: Request
    job: str
    output: str
    exported: Exported = NONE_EXPORTED
    classes: Sequence[Mapping[str, Any]] = ()
    kept: Kept = NONE_KEPT


def write_recipe(layer: QgsMapLayer, recipe: Recipe) -> None:
    """Keep it in the layer's properties, for programs, and in its metadata, for people."""
    layer.setCustomProperty(REQUEST, json.dumps(recipe.request.document(), ensure_ascii=False))
    layer.setCustomProperty(JOB, recipe.job)
    layer.setCustomProperty(OUTPUT, recipe.output)
    if recipe.exported:
        layer.setCustomProperty(EXPORTED, exported_text(recipe.exported))
    if recipe.classes:
        layer.setCustomProperty(CLASSES, json.dumps(list(recipe.classes), ensure_ascii=False))
    if recipe.kept:
        layer.setCustomProperty(KEPT, kept_text(recipe.kept))
    metadata = layer.metadata()
    metadata.setTitle(layer.name())
    metadata.setAbstract(_abstract(recipe))
    metadata.setHistory([json.dumps(recipe.request.document(), ensure_ascii=False)])
    metadata.setCrs(layer.crs())
    layer.setMetadata(metadata)


def read_recipe(layer: Optional[QgsMapLayer]) -> Optional[Recipe]:
    """None for a layer that was not made here."""
    text = layer.customProperty(REQUEST) if layer is not None else None
    if not text:
        return None
    try:
        request = Request.from_document(json.loads(str(text)))
        classes = json.loads(str(layer.customProperty(CLASSES) or "[]"))
    except ValueError:
        return None
    job, output, exported, kept = (str(layer.customProperty(name) or "") for name in (JOB, OUTPUT, EXPORTED, KEPT))
    return Recipe(request, job, output, exported_of(exported), classes, kept_of(kept))


def is_result(layer: QgsMapLayer) -> bool:
    return bool(layer.customProperty(REQUEST))


def rasters_of(request: Request) -> list:
    """The rasters a request works on, as paths."""
    given: Dict[str, Any] = request.inputs
    rasters = given.get("rasters") or given.get("images") or given.get("labels") or given.get("raster") or []
    return [str(one) for one in rasters] if isinstance(rasters, list) else [str(rasters)]


def is_mosaic(request: Request) -> bool:
    """Whether several rasters were read as one."""
    return bool(request.inputs.get("mosaic")) and len(rasters_of(request)) > 1


def models_of(request: Request) -> list:
    """The models a request names."""
    return models_in(request.inputs)


def models_in(inputs: Mapping[str, Any]) -> list:
    """The models that the inputs of a request name."""
    named = inputs.get("models") or [inputs.get("model")]
    return [str(one) for one in named if one]


def _abstract(recipe: Recipe) -> str:
    text = tr("Made by RS-DINO, task {task}, with the model {model} from {rasters}.").format(
        task=recipe.request.process_id,
        model=", ".join(models_of(recipe.request)) or tr("by default"),
        rasters=", ".join(
            recipe.exported[one].name if one in recipe.exported else one for one in rasters_of(recipe.request)
        ),
    )
    return text + " " + tr("Job: {job}").format(job=recipe.job) if recipe.job else text
