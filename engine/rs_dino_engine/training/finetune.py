"""The finetune task: describe the data, cut chips, train, score, write a model folder."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np
import torch

from ..datasets import own
from ..datasets.chip_store import ChipStore, ChipWriter, hold_out_chips
from ..datasets.chips import ChipSettings, cut_scene, raster_stretch
from ..datasets.known_classes import as_known
from ..datasets.label_table import LabelTable
from ..datasets.own import GivenClasses, OwnData
from ..datasets.scenes import TRAIN, VALIDATION
from ..devices import choose
from ..errors import UserError
from ..messages import message
from ..models.library import FoundModel, find_model
from ..models.load import build_network, read_state
from ..models.names import listed_in
from ..models.spec import ClassMap, ModelSpec
from ..raster.bands import choose_bands
from ..raster.source import open_raster
from .export import Provenance, class_output, model_spec, write
from .recipe import Recipe, read_recipe
from .seen import seen_in
from .trainer import LAST, Normalisation, Trainer, TrainingResult, saved_recipe

if TYPE_CHECKING:
    from ..tasks.finetune import Inputs
    from ..tasks.job import Job

_HEIGHT_ZOOM = (0.85, 1.2)
"""A tree that looks twice as large is not the same height; the GSD varies as far as resampling leaves it unsure."""
LEAST_CHIP_PX, CHIP_STEP_PX = 64, 32
CUT_SHARE = 5.0
"""Percent of the progress that cutting chips takes."""


class _Ground(NamedTuple):
    """What is known of the images: bands that are used, metres per pixel the model is trained for."""

    bands: Sequence[int]
    gsd_m: Optional[float]


def finetune(inputs: "Inputs", job: "Job") -> Dict[str, Any]:
    """Run a request; returns the results document's entries."""
    device = choose(inputs.device)
    job.report(0.0, device.reason)
    found = _start_model(inputs.model)
    recipe = _recipe(inputs, found.spec, job)
    data = _data(inputs, found.spec, recipe.seed)
    ground = _ground(data, inputs, found.spec)
    store, recipe = _chips(data, ground, inputs, recipe, job)
    _check(store, data, job)
    spec = _new_spec(inputs, found.spec, ground, data)
    network = _network(spec, found, job)
    normalisation = Normalisation(spec.input.mean, spec.input.std)
    trainer = Trainer(network, store, recipe, normalisation, job.checkpoint, job, device, spec.output.scale)
    if (job.checkpoint / LAST).exists():
        trainer.restore()
    result = trainer.fit()
    spec.input.seen = seen_in(store, spec.input.gsd_m, recipe)
    shared = set(store.groups[store.where(TRAIN)]) & set(store.groups[store.where(VALIDATION)])
    split = "held-out blocks of images that are also trained on" if shared else "held-out images of the training data"
    return _results(spec, result, {"split": split, "epoch": result.epoch, **result.scores}, recipe, job)


def _start_model(name: str) -> FoundModel:
    found = find_model(name)
    if found.spec.runtime != "torch":
        raise UserError("training-not-torch", model=found.spec.title)
    output = found.spec.output
    if output.kind == "features":
        raise UserError("training-no-head", model=found.spec.title)
    if output.cell_px != 1 or (output.kind == "value" and output.channels != 1):
        raise UserError("model-other-task", model=found.spec.title, task=found.spec.task, wanted="segment")
    return found


def _data(inputs: "Inputs", start: ModelSpec, seed: int) -> OwnData:
    """Labels are what the start model gives: classes, or heights."""
    if start.output.kind == "value":
        return own.describe_heights(inputs.images, inputs.labels, inputs.validation_share, seed)
    given = GivenClasses(inputs.classes or {}, inputs.class_field, inputs.background, _ignored(inputs.ignored))
    data = own.describe(inputs.images, inputs.labels, given, inputs.validation_share, seed)
    known = start.output.class_map
    return data if known is None else data._replace(classes=as_known(data.classes, known.classes))


def _ignored(given: Optional[Dict[str, Any]]) -> List[Any]:
    return list((given or {}).get("values", [])) + list((given or {}).get("colors", []))


def _recipe(inputs: "Inputs", start: ModelSpec, job: "Job") -> Recipe:
    """From the inputs; of a resumed job the one it was started with, and new settings are named and ignored."""
    flat = {
        "mode": inputs.mode,
        "epochs": inputs.epochs,
        "batch_size": inputs.batch_size,
        "crop_px": inputs.chip_size,
        "learning_rate": inputs.learning_rate,
        "seed": inputs.seed,
    }
    if start.output.kind == "value":
        flat["augmentation"] = {"zoom": _HEIGHT_ZOOM}
    asked = read_recipe({**flat, **(inputs.recipe or {})})
    if not job.resume:
        return asked
    if not (job.checkpoint / LAST).exists():
        job.warn(message("training-nothing-to-resume", path=str(job.checkpoint)))
        return asked
    kept = saved_recipe(job.checkpoint)
    changed = asked.changed_from(kept)
    if changed:
        job.warn(message("training-settings-ignored", names=", ".join(changed)))
    return kept


def _ground(data: OwnData, inputs: "Inputs", start: ModelSpec) -> _Ground:
    with open_raster(data.scenes[0].image) as first:
        bands = choose_bands(first.available_bands, start.input.bands, inputs.bands).bands
        gsd = first.gsd_m
    return _Ground(bands, inputs.gsd or (None if gsd is None else round(float(np.sqrt(gsd.row * gsd.col)), 4)))


def _chips(data: OwnData, ground: _Ground, inputs: "Inputs", recipe: Recipe, job: "Job") -> Tuple[ChipStore, Recipe]:
    """Cut chips into the checkpoint folder, or take those that an interrupted run has cut. Where too few fit into the
    images, smaller ones are cut; the recipe says how large they are."""
    folder = job.checkpoint / "chips"
    if (folder / "index.json").exists():
        return ChipStore(folder), recipe
    while True:
        try:
            return _cut(folder, data, ground, inputs, recipe, job), recipe
        except UserError as error:
            smaller = recipe.crop_px // 2 // CHIP_STEP_PX * CHIP_STEP_PX
            if error.message.code != "dataset-too-small" or smaller < LEAST_CHIP_PX:
                raise
            job.warn(message("chips-smaller", wanted=recipe.crop_px, chip_px=smaller))
            shutil.rmtree(str(folder))
            recipe = recipe.model_copy(update={"crop_px": smaller})


def _cut(folder: Path, data: OwnData, ground: _Ground, inputs: "Inputs", recipe: Recipe, job: "Job") -> ChipStore:
    job.report(0.0, message("training-preparing", images=len(data.scenes)))
    table = LabelTable([c.name for c in data.classes])
    spec = data.spec.model_copy(update={"bands": list(ground.bands)})
    stretch = raster_stretch([s.image for s in data.scenes], ground.bands, recipe.seed, metric=not spec.target.counted)
    side = recipe.crop_px + recipe.crop_px // 4 // 32 * 32  # room for the crop to move
    settings = ChipSettings(side, ground.gsd_m)
    writer = ChipWriter(folder, table, spec.target)
    for number, scene in enumerate(data.scenes):
        job.check_cancel()
        cut_scene(writer, scene, spec, settings, stretch, lambda s, image: data.open_labels(s, image, table))
        job.report(CUT_SHARE * (number + 1) / len(data.scenes))
    for note in writer.notes:
        share = sum(note["unnamed"].values()) / note["pixels"]
        values = ", ".join(note["unnamed"])
        job.warn(message("dataset-values-ignored", labels=note["labels"], share=f"{share:.1%}", values=values))
    if len(writer.splits) == 1:  # of several images one may have all of the labels
        hold_out_chips(writer, inputs.validation_share, recipe.seed, recipe.crop_px)
        count = len(data.scenes)
        job.warn(message("dataset-one-image") if count == 1 else message("dataset-close-images", count=count))
    return writer.finish()


def _check(store: ChipStore, data: OwnData, job: "Job") -> None:
    """Say what is missing before hours are spent on it."""
    if not store.target.counted:
        return
    train, held = (store.counts[store.where(s)].sum(0) for s in (TRAIN, VALIDATION))
    others = {info.name: listed_in([info]) for info in data.classes}
    present = [n for n, count in zip(store.classes, train.tolist()) if count]
    if len(present) < 2:
        only = present[0] if present else "?"
        raise UserError("dataset-single-class", name=only, name_in=others.get(only, {}))
    for name, seen, scored in zip(store.classes, train.tolist(), held.tolist()):
        if not seen:
            job.warn(message("dataset-class-missing-train", name=name, name_in=others.get(name, {})))
        elif not scored:
            job.warn(message("dataset-class-missing-validation", name=name, name_in=others.get(name, {})))


def _new_spec(inputs: "Inputs", start: ModelSpec, ground: _Ground, data: OwnData) -> ModelSpec:
    """The new model's spec, before its scores are known."""
    heights = start.output.kind == "value"
    output = start.output if heights else class_output(ClassMap(classes=data.classes))
    network = {**start.network, "bands": len(start.input.bands), "classes": output.channels}
    taught = "heights" if heights else f"{output.channels} classes"
    said = Provenance(
        title=inputs.name,
        description=f"{start.title}, taught {taught} on {len(data.scenes)} images.",
        licence=start.licence,
        attribution=start.attribution,
        data=[*start.data, "your own images and labels"],
        scores={},
        limits="Known only on images like those it was trained on.",
    )
    normalisation = Normalisation(start.input.mean, start.input.std)
    return model_spec(
        inputs.name,
        network,
        start.input.bands,
        normalisation,
        ground.gsd_m,
        output,
        start.input.stride_px,
        start.input.receptive_radius_px,
        said,
        start.input.window_px,
    )


def _network(spec: ModelSpec, found: FoundModel, job: "Job") -> "torch.nn.Module":
    """The network with the start model's weights wherever they fit; what does not fit starts fresh, and is said."""
    torch.manual_seed(0)
    network = build_network(spec)
    state, targets = read_state(found), network.state_dict()
    fitting = [n for n, t in targets.items() if n in state and tuple(state[n].shape) == tuple(t.shape)]
    with torch.no_grad():
        for name in fitting:
            targets[name].copy_(state[name].load())
    left = sorted(set(targets) - set(fitting))
    if not fitting:
        raise UserError("training-no-weights", model=found.spec.title)
    if left:
        job.report(
            None,
            message(
                "training-weights-partly",
                loaded=len(fitting),
                total=len(targets),
                model=found.spec.title,
                reason=", ".join(left[:4]),
            ),
        )
    return network


def _results(
    spec: ModelSpec, result: TrainingResult, scores: Dict[str, Any], recipe: Recipe, job: "Job"
) -> Dict[str, Any]:
    write(job.outputs, spec.model_copy(update={"scores": scores}), result.weights)
    history = {"recipe": recipe.model_dump(mode="json"), "epochs": result.history, "best": scores}
    path: Path = job.outputs / "history.json"
    path.write_text(json.dumps(history, indent=1, ensure_ascii=False), encoding="utf-8")
    return {
        "model": {"href": "model.json", "type": "application/json", "title": spec.title},
        "weights": {"href": "model.safetensors", "type": "application/octet-stream"},
        "history": {"href": "history.json", "type": "application/json"},
        "summary": {"value": {"scores": scores}},
    }
