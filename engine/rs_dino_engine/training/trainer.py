"""The training loop. It can be stopped after any step and goes on with the numbers it would have had."""

from __future__ import annotations

import copy
import time
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Union

import numpy as np
import torch
from torch import nn

from ..datasets.chip_store import ChipStore
from ..datasets.scenes import TRAIN, VALIDATION
from ..devices import Device
from ..devices.allocator import give_back_memory, keep_freed_memory
from ..errors import Cancelled, EngineError, UserError
from ..messages import message
from ..tasks.job import Job
from . import checkpoint
from .checkpoint import Checkpoint
from .height_scores import HeightEvaluation
from .objective import objective
from .recipe import Recipe
from .sampler import Batch, TrainSampler
from .schedule import factor
from .validation import Evaluation

LAST, BEST = "last.safetensors", "best.safetensors"


class Normalisation(NamedTuple):
    """Per band, in 0-1 units."""

    mean: Sequence[float]
    std: Sequence[float]


class TrainingResult(NamedTuple):
    """``weights``: of the best epoch (averaged ones where the recipe asks for them)."""

    weights: Dict[str, torch.Tensor]
    epoch: int
    scores: Dict[str, Any]
    history: List[Dict[str, Any]]


class _Progress(NamedTuple):
    """Where a training stands; what a checkpoint holds besides tensors."""

    epoch: int = 0
    step: int = 0
    loss_sum: float = 0.0
    best_value: Optional[float] = None
    best_epoch: int = -1


class Trainer:
    """Trains ``network`` on the chips of ``store``; state is kept in ``folder``.

    ``fit`` runs to the end, or raises ``Cancelled`` and leaves a checkpoint to resume from.
    """

    def __init__(
        self,
        network: nn.Module,
        store: ChipStore,
        recipe: Recipe,
        normalisation: Normalisation,
        folder: Path,
        job: Job,
        device: Device,
        scale: float = 1.0,
    ) -> None:
        """``scale``: of heights, metres that 1 of the network's output stands for."""
        self.recipe, self.store, self.folder, self.job, self.device = recipe, store, folder, job, device
        self._place = device.torch_device
        self.network = network.to(self._place)
        self._mean = torch.tensor(normalisation.mean, device=self._place).reshape(1, -1, 1, 1)
        self._std = torch.tensor(normalisation.std, device=self._place).reshape(1, -1, 1, 1)
        train = store.where(TRAIN)
        self._held_out = _limited(store, store.where(VALIDATION), recipe)
        if len(train) == 0 or len(self._held_out) == 0:
            raise UserError("dataset-too-small", chips=len(store), chip_px=recipe.crop_px)
        if len(train) < recipe.batch_size:
            job.warn(message("training-batch-larger", chips=len(train), batch=recipe.batch_size))
        self.sampler = TrainSampler(store, train, recipe)
        self.total_steps = recipe.epochs * self.sampler.steps
        self._objective = objective(store, train, recipe, self._place, scale)
        self.optimizer = torch.optim.AdamW(
            self._parameters(), lr=recipe.learning_rate, weight_decay=recipe.weight_decay
        )
        self._averaged = copy.deepcopy(self.network) if recipe.ema else None
        self._at = _Progress()
        self.history: List[Dict[str, Any]] = []

    def _parameters(self) -> List[Dict[str, Any]]:
        """Backbone and the rest, with and without weight decay; what keeps its weights is left out."""
        rate = self.recipe.learning_rate
        groups: Dict[Any, List[nn.Parameter]] = {}
        for name, parameter in self.network.named_parameters():
            backbone = name.startswith("backbone.")
            parameter.requires_grad_(not self.recipe.keeps(name))
            if parameter.requires_grad:
                groups.setdefault((backbone, parameter.ndim > 1), []).append(parameter)
        return [
            {
                "params": params,
                "base_lr": rate * (self.recipe.backbone_factor if backbone else 1.0),
                "weight_decay": self.recipe.weight_decay if decays else 0.0,
            }
            for (backbone, decays), params in groups.items()
        ]

    def fit(self) -> TrainingResult:
        """Train to the last epoch."""
        self.job.report(
            message=message(
                "training-start",
                train=len(self.store.where(TRAIN)),
                validation=len(self._held_out),
                epochs=self.recipe.epochs,
                steps=self.sampler.steps,
                device=self.device.name,
            )
        )
        keep_freed_memory()
        try:
            while self._at.epoch < self.recipe.epochs:
                self._epoch()
        except Cancelled:
            self.save()
            raise
        finally:
            self.sampler.close()
            give_back_memory()
        best = checkpoint.load(self.folder / BEST)
        return TrainingResult(best.tensors, best.state["epoch"], best.state["scores"], self.history)

    def _epoch(self) -> None:
        epoch, saved = self._at.epoch, time.monotonic()
        order = self.sampler.order(epoch)
        self._train_mode()
        while self._at.step < self.sampler.steps:
            self.job.check_cancel()
            step = self._at.step
            loss = self._step(self.sampler.batch(order, epoch, step), epoch * self.sampler.steps + step)
            if not np.isfinite(loss):
                rate = self.optimizer.param_groups[-1]["lr"]
                raise EngineError("training-diverged", epoch=epoch + 1, step=step + 1, lr=f"{rate:g}")
            self._at = self._at._replace(step=step + 1, loss_sum=self._at.loss_sum + loss)
            done = (epoch * self.sampler.steps + step + 1) / self.total_steps
            self.job.report(progress=100 * done)
            if time.monotonic() - saved > self.recipe.checkpoint_every_s:
                self.save()
                saved = time.monotonic()
        self._close_epoch(self.evaluate())

    def _step(self, batch: Batch, number: int) -> float:
        """One update; ``number`` counts steps from the very first."""
        torch.manual_seed(self.recipe.seed * 1_000_003 + number)  # dropout: the same after a resume
        part = factor(number, self.total_steps, int(self.recipe.warmup * self.total_steps), self.recipe.schedule)
        for group in self.optimizer.param_groups:
            group["lr"] = group["base_lr"] * part
        logits = self._forward(self.network, batch.images)
        loss = self._objective.loss(logits, batch.labels.to(self._place))
        self.optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(self.network.parameters(), self.recipe.clip)
        self.optimizer.step()
        self._average(number)
        return float(loss.item())

    def _forward(self, network: nn.Module, images: torch.Tensor) -> torch.Tensor:
        x = (images.to(self._place) - self._mean) / self._std
        with self.device.autocast(self.recipe.precision):
            logits: torch.Tensor = network(x)
        return logits.float()

    def _average(self, number: int) -> None:
        """Exponential moving average of weights and statistics; it begins quickly."""
        if self._averaged is None:
            return
        decay = min(self.recipe.ema, (1 + number) / (10 + number))
        with torch.no_grad():
            for mine, theirs in zip(self._averaged.state_dict().values(), self.network.state_dict().values()):
                if mine.is_floating_point():
                    mine.lerp_(theirs, 1 - decay)  # leaves weights that are not trained exactly as they are
                else:
                    mine.copy_(theirs)

    def _train_mode(self) -> None:
        self.network.train()
        for name, part in self.network.named_modules():
            if self.recipe.keeps(name):
                part.eval()

    def evaluate(self) -> Union[Evaluation, HeightEvaluation]:
        """Scores on the held-out chips, with the averaged weights where there are some."""
        network = self._averaged or self.network
        network.eval()

        def predict(images: torch.Tensor) -> torch.Tensor:
            with torch.no_grad():
                return self._forward(network, images)

        return self._objective.evaluate(predict, self._held_out, self.sampler.batch_size, self.job.check_cancel)

    def _close_epoch(self, evaluation: Union[Evaluation, HeightEvaluation]) -> None:
        at, report = self._at, evaluation.report()
        mean_loss = at.loss_sum / self.sampler.steps
        line = {
            "epoch": at.epoch + 1,
            "loss": round(mean_loss, 5),
            "value": round(evaluation.value, 4),
            "lr": self.optimizer.param_groups[-1]["lr"],
            **self._objective.line(report),
        }
        self.history.append(line)
        if at.best_value is None or evaluation.value > at.best_value:
            at = at._replace(best_value=evaluation.value, best_epoch=at.epoch)
            weights = (self._averaged or self.network).state_dict()
            checkpoint.save(self.folder / BEST, Checkpoint(weights, {"epoch": at.epoch + 1, "scores": report}))
        self._at = at._replace(epoch=at.epoch + 1, step=0, loss_sum=0.0)
        self.save()
        said = self._objective.message(report, at.epoch + 1, self.recipe.epochs, mean_loss)
        self.job.report(message=said, **line)

    def save(self) -> None:
        """Write what is needed to go on: weights, averages, optimiser, place, history, recipe."""
        tensors = {f"model.{k}": v for k, v in self.network.state_dict().items()}
        if self._averaged is not None:
            tensors.update({f"ema.{k}": v for k, v in self._averaged.state_dict().items()})
        tensors.update({f"optim.{k}": v for k, v in checkpoint.optimizer_tensors(self.optimizer).items()})
        state = {"at": self._at._asdict(), "history": self.history, "recipe": self.recipe.model_dump(mode="json")}
        checkpoint.save(self.folder / LAST, Checkpoint(tensors, state))

    def restore(self) -> None:
        """Take everything back from the last checkpoint. The recipe must be the one it was made with."""
        held = checkpoint.load(self.folder / LAST)
        try:
            self.network.load_state_dict(checkpoint.part_of(held.tensors, "model"))
            if self._averaged is not None:
                self._averaged.load_state_dict(checkpoint.part_of(held.tensors, "ema"))
            checkpoint.restore_optimizer(self.optimizer, checkpoint.part_of(held.tensors, "optim"))
            self._at, self.history = _Progress(**held.state["at"]), held.state["history"]
        except (RuntimeError, KeyError, ValueError, TypeError) as error:
            reason = str(error).splitlines()[0]
            raise UserError("training-checkpoint-broken", path=str(self.folder / LAST), reason=reason) from error
        self.job.report(message=message("training-resumed", epoch=self._at.epoch + 1, step=self._at.step + 1))


def _limited(store: ChipStore, chips: np.ndarray, recipe: Recipe) -> np.ndarray:
    """At most ``recipe.validation_limit`` chips of every data set, the same ones in every epoch."""
    if recipe.validation_limit is None:
        return chips
    rng = np.random.default_rng(recipe.seed)
    names = store.data_sets[chips]
    kept = [rng.permutation(chips[names == n])[: recipe.validation_limit] for n in sorted(set(names.tolist()))]
    return np.sort(np.concatenate(kept)) if kept else chips


def saved_recipe(folder: Path) -> Recipe:
    """The recipe of the checkpoint in ``folder``."""
    return Recipe.model_validate(checkpoint.load(folder / LAST).state["recipe"])
