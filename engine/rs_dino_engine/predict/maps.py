"""The maps task: models that stand on one backbone, in one run, each with the work of its own task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List, Sequence

from ..models.backbone_spec import features
from ..models.cache import MODELS
from ..models.joined import fitting_specs
from ..models.library import FoundModel, find_model
from ..models.networks.dinov3.sizes import PATCH_PX
from ..models.spec import ModelSpec
from .features import Colours
from .finish import free_name
from .heights import Heights
from .run import introduce, predict_together
from .segmentation import Segmenting
from .work import Loaded, Results, Share, prefix_of

if TYPE_CHECKING:
    from ..tasks.job import Job
    from ..tasks.maps import MapsInputs

WORKS: Dict[str, Any] = {work.kind: work for work in (Segmenting, Heights, Colours)}
"""By the kind of a model's output: the class of what is done with it."""


def maps(inputs: "MapsInputs", job: "Job") -> Results:
    """Everything that the models of a request give, of every raster; returns the results document."""
    found = _found(inputs)
    specs = fitting_specs([one.spec for one in found], inputs.tile_size is not None, inputs.overlap is not None)
    device = introduce(found, inputs, job)
    joined = MODELS.get_joined(found, specs, device.torch_device)
    for note in joined.notes:
        job.warn(note)
    shares: List[Share] = []
    for one, face in zip(found, joined.models):
        work = WORKS[face.spec.output.kind]
        own = inputs.for_task(work.task, face.spec.name)
        name = free_name(face.spec.name, [share.name for share in shares])
        shares.append(Share(work(own, job), Loaded(face, one.sha256(), device), name))
    results = predict_together(inputs, job, shares, joined.sharing)
    results["maps"] = {"value": _contents(shares)}
    return results


def _contents(shares: Sequence[Share]) -> List[Results]:
    """Which model did what, and what stands before the names of its results."""
    return [
        {"model": share.loaded.model.spec.name, "task": share.work.task, "prefix": prefix_of(share, shares)}
        for share in shares
    ]


def _found(inputs: "MapsInputs") -> List[FoundModel]:
    """The models of a request; the head goes to the first backbone, and features are there once."""
    found: List[FoundModel] = []
    head = inputs.head
    for name in inputs.models:
        one = find_model(name)
        if head is not None and one.spec.output.kind == "features":
            one, head = find_model(name, head), None
        if one.spec.output.kind != "features" or not _has_features(found):
            found.append(one)
    if head is not None:
        find_model(inputs.models[0], head)  # says that there is no place for the head
    if inputs.features and not _has_features(found):
        found.append(_features_of(found[0]))
    return found


def _has_features(found: Sequence[FoundModel]) -> bool:
    return any(one.spec.output.kind == "features" for one in found)


def _features_of(found: FoundModel) -> FoundModel:
    """A model's backbone alone, seeing pixels as the model does."""
    spec = found.spec
    network = {key: value for key, value in spec.network.items() if key not in ("head", "layers", "classes")}
    channels = int(network.get("backbone", {}).get("dim", 1))
    update = {"name": "features", "title": f"{spec.title}: features", "task": "feature-map", "network": network}
    alone: ModelSpec = spec.model_copy(update={**update, "output": features(channels, PATCH_PX)})
    return FoundModel(alone, found.path, found.weights, found.origin, found.head)
