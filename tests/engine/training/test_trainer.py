"""The loop on a real, small problem: it learns, and being stopped changes nothing."""

import numpy as np
import pytest
import torch
from field_data import QuietJob
from rs_dino_engine.devices import choose
from rs_dino_engine.errors import Cancelled, EngineError, UserError
from rs_dino_engine.models.networks import build
from rs_dino_engine.training import checkpoint
from rs_dino_engine.training.recipe import Recipe
from rs_dino_engine.training.sampler import TrainSampler
from rs_dino_engine.training.trainer import BEST, LAST, Normalisation, Trainer

NORMALISATION = Normalisation((0.5, 0.5, 0.5), (0.25, 0.25, 0.25))


def _recipe(**more) -> Recipe:
    return Recipe(
        **{"epochs": 3, "batch_size": 4, "crop_px": 32, "learning_rate": 3e-3, "backbone_factor": 1.0, **more}
    )


def _trainer(store, folder, recipe, job=None, kind="efficientnet-fpn") -> Trainer:
    torch.manual_seed(7)
    folder.mkdir(exist_ok=True)
    settings = {"width": 16, "fine_width": 8} if kind == "efficientnet-fpn" else {"dilations": [1, 2]}
    network = build({"kind": kind, "classes": 3, **settings})
    return Trainer(network, store, recipe, NORMALISATION, folder, job or QuietJob(folder), choose("cpu"))


def test_it_learns(field_store, tmp_path):
    trainer = _trainer(field_store, tmp_path / "run", _recipe(epochs=12, learning_rate=1e-2), kind="conv-small")
    result = trainer.fit()
    assert result.history[0]["loss"] > result.history[-1]["loss"]
    assert result.scores["miou"] > 0.8
    assert set(result.scores["classes"]) == {"grass", "road", "water"}
    assert np.array(result.scores["confusion"]).sum() == result.scores["pixels"] == 4 * 64 * 64


@pytest.mark.parametrize("stop_after", [2, 5])
def test_stopped_and_resumed_is_the_same_training(field_store, tmp_path, stop_after):
    recipe = _recipe(epochs=2, ema=0.9)
    whole = _trainer(field_store, tmp_path / "whole", recipe)
    wanted = whole.fit()
    folder = tmp_path / "parts"
    with pytest.raises(Cancelled):
        _trainer(field_store, folder, recipe, QuietJob(tmp_path / "job", cancel_after=stop_after)).fit()
    resumed = _trainer(field_store, folder, recipe)
    resumed.restore()
    found = resumed.fit()
    assert found.history == wanted.history
    assert found.epoch == wanted.epoch
    for name in (BEST, LAST):
        one, other = checkpoint.load(tmp_path / "whole" / name), checkpoint.load(folder / name)
        assert one.state == other.state
        assert set(one.tensors) == set(other.tensors)
        for key, value in one.tensors.items():
            assert torch.equal(value, other.tensors[key]), key


def test_frozen_backbone_keeps_weights_and_statistics(field_store, tmp_path):
    trainer = _trainer(field_store, tmp_path / "run", _recipe(mode="frozen", epochs=1))
    before = {k: v.clone() for k, v in trainer.network.state_dict().items()}
    trainer.fit()
    changed = {k for k, v in trainer.network.state_dict().items() if not torch.equal(v, before[k])}
    assert changed
    assert not [k for k in changed if k.startswith("backbone.")]


def test_full_training_changes_the_backbone(field_store, tmp_path):
    trainer = _trainer(field_store, tmp_path / "run", _recipe(epochs=1))
    before = trainer.network.backbone.stem.conv.weight.clone()
    trainer.fit()
    assert not torch.equal(before, trainer.network.backbone.stem.conv.weight)


def test_best_is_kept_and_progress_only_grows(field_store, tmp_path):
    job = QuietJob(tmp_path / "job")
    result = _trainer(field_store, tmp_path / "run", _recipe(), job).fit()
    values = [line["value"] for line in result.history]
    assert result.epoch == 1 + int(np.argmax(values))
    assert job.progress == sorted(job.progress)
    assert job.progress[-1] == 100
    assert [m["epoch"] for m in job.metrics] == [1, 2, 3]
    assert set(job.metrics[0]["iou"]) == {"grass", "road", "water"}


def test_a_loss_that_is_no_number_is_a_sentence(field_store, tmp_path):
    trainer = _trainer(field_store, tmp_path / "run", _recipe(epochs=1))
    trainer.network.head.bias.data.fill_(float("nan"))
    with pytest.raises(EngineError) as error:
        trainer.fit()
    assert error.value.message.code == "training-diverged"


def test_broken_checkpoints_are_sentences(field_store, tmp_path):
    trainer = _trainer(field_store, tmp_path / "run", _recipe())
    (tmp_path / "run" / LAST).write_bytes(b"no checkpoint at all")
    with pytest.raises(UserError) as error:
        trainer.restore()
    assert error.value.message.code == "training-checkpoint-broken"
    other = _trainer(field_store, tmp_path / "other", _recipe(), kind="conv-small")
    other.save()
    (tmp_path / "other" / LAST).replace(tmp_path / "run" / LAST)
    with pytest.raises(UserError) as error:
        trainer.restore()
    assert error.value.message.code == "training-checkpoint-broken"


def test_order_is_every_chip_once_and_follows_the_seed(field_store):
    chips = field_store.where("train")
    sampler = TrainSampler(field_store, chips, _recipe())
    assert sorted(sampler.order(0).tolist()) == chips.tolist()
    assert sampler.order(0).tolist() == sampler.order(0).tolist() != sampler.order(1).tolist()
    other = TrainSampler(field_store, chips, _recipe(seed=1))
    assert other.order(0).tolist() != sampler.order(0).tolist()
    batch = sampler.batch(sampler.order(0), 0, 0)
    assert batch.images.shape == (4, 3, 32, 32)
    assert batch.labels.dtype == torch.uint8


def test_a_batch_larger_than_the_data_is_made_smaller_and_said(field_store, tmp_path):
    job = QuietJob(tmp_path / "job")
    trainer = _trainer(field_store, tmp_path / "run", _recipe(batch_size=64), job)
    assert trainer.sampler.batch_size == 12
    assert [w.code for w in job.warnings] == ["training-batch-larger"]
