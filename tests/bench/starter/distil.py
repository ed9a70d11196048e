"""Teach starter-features, a small DINOv3 ViT, what a convolutional network sees:
``python distil.py --work DIR --teacher FOLDER --output DIR [--minutes M] [--resume]``.

The student's patch features, projected, shall match the teacher's features at strides 8, 16 and 32 brought to the
patch grid, each channel standardised: smooth L1 on values and cosine on vectors. The projection is thrown away. These
are not Meta's weights and not their method; what it shares with DINOv3 is the network.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import NamedTuple, Optional, Tuple

import torch
from rs_dino_engine.datasets.chip_store import ChipStore
from rs_dino_engine.models.library import find_model
from rs_dino_engine.models.load import load_model
from rs_dino_engine.models.networks.dinov3.sizes import PATCH_PX, VitSize
from rs_dino_engine.models.networks.dinov3.vit import Vit
from rs_dino_engine.training import checkpoint
from rs_dino_engine.training.checkpoint import Checkpoint
from rs_dino_engine.training.recipe import Recipe
from rs_dino_engine.training.sampler import TrainSampler
from rs_dino_engine.training.schedule import factor
from torch import nn
from torch.nn import functional

from sources import SOURCES  # isort: skip
from train import NORMALISATION  # isort: skip

SIZE = VitSize(dim=192, depth=6, heads=3, hidden=768)
CROP_PX = 224
MARGIN = 2
"""Patches that the teacher sees beyond the student's crop on each side: at the border of its picture a convolutional
network gives features of the border, which the student would learn to draw as a frame."""
BATCH = 16
RATE = 1.5e-3
LAST = "student.safetensors"


class Teacher(nn.Module):
    """Features of the land cover network's backbone on the patch grid, standardised."""

    def __init__(self, backbone: nn.Module) -> None:
        super().__init__()
        self.backbone = backbone.eval()
        self.mean = self.std = torch.zeros(1)

    @torch.no_grad()
    def raw(self, images: torch.Tensor) -> torch.Tensor:
        levels = self.backbone(images)
        side = images.shape[-1] // PATCH_PX
        fine = functional.adaptive_avg_pool2d(levels[8], side)
        coarse = functional.interpolate(levels[32], size=(side, side), mode="bilinear", align_corners=False)
        whole = torch.cat([fine, levels[16], coarse], dim=1)
        return whole[:, :, MARGIN:-MARGIN, MARGIN:-MARGIN]

    def measure(self, batches) -> None:
        """Mean and spread of every channel."""
        seen = torch.cat([self.raw(b).flatten(2).transpose(1, 2).flatten(0, 1) for b in batches])
        self.mean, self.std = seen.mean(0), seen.std(0).clamp(min=1e-3)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        shape = (1, -1, 1, 1)
        return ((self.raw(images) - self.mean.reshape(shape)) / self.std.reshape(shape)).clamp(-6, 6)


class Student(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.backbone = Vit(SIZE, 3)
        self.project = nn.Linear(SIZE.dim, channels)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        patches = self.backbone(images, (SIZE.depth - 1,))[-1].patches
        return self.project(patches.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)


class _Set(NamedTuple):
    store: ChipStore
    sampler: TrainSampler

    def images(self, number: int, order) -> torch.Tensor:
        mean, std = (torch.tensor(v).reshape(1, 3, 1, 1) for v in NORMALISATION)
        return (self.sampler.batch(order, 0, number).images - mean) / std


def _recipe(steps: int) -> Recipe:
    recipe = Recipe(batch_size=BATCH, crop_px=CROP_PX + 2 * MARGIN * PATCH_PX, steps_per_epoch=steps)
    recipe.sampling = {name: s.weight for name, s in SOURCES.items()}
    recipe.zoom = {name: s.zoom for name, s in SOURCES.items()}
    return recipe


def inner(images: torch.Tensor) -> torch.Tensor:
    """What the student sees of the teacher's picture."""
    edge = MARGIN * PATCH_PX
    return images[:, :, edge:-edge, edge:-edge]


def distance(found: torch.Tensor, wanted: torch.Tensor) -> Tuple[torch.Tensor, torch.Tensor]:
    """Smooth L1 of values, and one less the cosine of vectors."""
    return functional.smooth_l1_loss(found, wanted), 1 - functional.cosine_similarity(found, wanted, dim=1).mean()


def distil(work: Path, teacher_folder: str, output: Path, steps: int, resume: bool, start: Optional[Path]) -> None:
    torch.manual_seed(0)
    output.mkdir(parents=True, exist_ok=True)
    store = ChipStore(work / "chips")
    train = _Set(store, TrainSampler(store, store.where("train"), _recipe(steps)))
    order = train.sampler.order(0)
    teacher = Teacher(load_model(find_model(teacher_folder)).network.backbone)
    teacher.measure([train.images(i, order) for i in range(8)])
    student = Student(len(teacher.mean))
    decays = [p for p in student.parameters() if p.ndim > 1]
    others = [p for p in student.parameters() if p.ndim <= 1]
    if start is not None:
        student.load_state_dict(checkpoint.part_of(checkpoint.load(start).tensors, "model"))
    optimizer = torch.optim.AdamW([{"params": decays, "weight_decay": 0.04}, {"params": others, "weight_decay": 0.0}])
    first = 0
    if resume and (output / LAST).exists():
        held = checkpoint.load(output / LAST)
        student.load_state_dict(checkpoint.part_of(held.tensors, "model"))
        checkpoint.restore_optimizer(optimizer, checkpoint.part_of(held.tensors, "optim"))
        first = held.state["step"]
    began, sums = time.monotonic(), [0.0, 0.0]
    for step in range(first, steps):
        for group in optimizer.param_groups:
            group["lr"] = RATE * factor(step, steps, steps // 20, "cosine")
        images = train.images(step, order)
        values, angles = distance(student(inner(images)), teacher(images))
        optimizer.zero_grad()
        (values + angles).backward()
        nn.utils.clip_grad_norm_(student.parameters(), 3.0)
        optimizer.step()
        sums = [sums[0] + values.item(), sums[1] + angles.item()]
        if (step + 1) % 25 == 0 or step + 1 == steps:
            shown = ", ".join(f"{v / 25:.4f}" for v in sums)
            print(f"{time.monotonic() - began:6.0f} s  step {step + 1} of {steps}: {shown}", flush=True)
            sums = [0.0, 0.0]
            _save(output, student, teacher, optimizer, step + 1)
    train.sampler.close()


def _save(output: Path, student: Student, teacher: Teacher, optimizer: torch.optim.Optimizer, step: int) -> None:
    tensors = {f"model.{k}": v for k, v in student.state_dict().items()}
    tensors.update({f"optim.{k}": v for k, v in checkpoint.optimizer_tensors(optimizer).items()})
    tensors.update({"teacher.mean": teacher.mean, "teacher.std": teacher.std})
    checkpoint.save(output / LAST, Checkpoint(tensors, {"step": step}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--teacher", required=True)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--from", dest="start", type=Path, help="an earlier student.safetensors")
    parser.add_argument("--resume", action="store_true")
    given = parser.parse_args()
    distil(given.work, given.teacher, given.output, given.steps, given.resume, given.start)


if __name__ == "__main__":
    main()
