"""One tiled run of ours over a scene: ``python tests/bench/ours.py SCENE NETWORK OUT [--tile N --overlap N]``.

Prints one JSON line: seconds from the first read to the labels COG, memory above the loaded model, the pure
model time of as many windows in the same process, and the ratio.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import scene
import torch
from measure import cost_of
from rs_dino_engine.devices import choose
from rs_dino_engine.models.spec import Band, ClassInfo, ClassMap, InputSpec, ModelSpec, OutputSpec
from rs_dino_engine.predict.commit import Checkpoint
from rs_dino_engine.predict.finish import layer_info, regions, write_layer
from rs_dino_engine.predict.prepare import make_forward, prepare
from rs_dino_engine.predict.products import ClassProducts
from rs_dino_engine.predict.reader import WindowReader
from rs_dino_engine.predict.stream import Stream

NETWORKS = {"conv": (scene.small_conv, 15, 1), "vit": (scene.vit_small, None, 16)}


class BenchModel:
    """A network of the bench as a loaded model."""

    def __init__(self, network: str) -> None:
        make, radius, stride = NETWORKS[network]
        colors = [(40, 120, 40), (200, 180, 90), (150, 150, 150), (40, 80, 200)]
        classes = [ClassInfo(id=i, name=f"class {i}", color=c) for i, c in enumerate(colors)]
        self.network = make()
        self.spec = ModelSpec(
            name=f"bench-{network}",
            title=network,
            task="segment",
            input=InputSpec(
                bands=[Band(name=n) for n in ("red", "green", "blue")],
                mean=[0.485, 0.456, 0.406],
                std=[0.229, 0.224, 0.225],
                stride_px=stride,
                receptive_radius_px=radius,
            ),
            output=OutputSpec(kind="classes", class_map=ClassMap(classes=classes), channels=4, blend_on="logits"),
        )

    def to(self, device: str) -> None:
        self.network.to(device)

    def __call__(self, windows: torch.Tensor) -> torch.Tensor:
        return self.network(windows)


def request(raster: Path, tile: int, overlap: int) -> SimpleNamespace:
    return SimpleNamespace(
        rasters=[str(raster)], bands=None, aoi=None, tile_size=tile, overlap=str(overlap), batch_size=None, tta=[],
        device="cpu", dtype="auto", stretch="auto", output_grid="input",
    )  # fmt: skip


def run(raster: Path, model: BenchModel, out: Path, tile: int, overlap: int) -> Stream:
    """From the first read to the labels COG."""
    device = choose("cpu")
    inputs = request(raster, tile, overlap)
    products = ClassProducts(model.spec.output, [])
    prepared = prepare([str(raster)], inputs, model, device, False)
    with prepared.source:
        forward = make_forward(prepared, model, device, [], False, print)
        checkpoint = Checkpoint(out / "checkpoint")
        reader = WindowReader(prepared.source, prepared.plan)
        stream = Stream(prepared.plan, reader, forward, products, checkpoint, "cpu")
        manifest = stream.run(False, lambda done, of: None, lambda: None)
        layer = products.layers[0]
        info = layer_info(layer, model.spec.output, {})
        target = out / "labels.tif"
        whole = regions(prepared, "scene", False)[0]
        write_layer(layer, info, prepared, manifest, checkpoint.folder, whole, target, lambda share: None, lambda: None)
    return stream


def pure_model_s(model: BenchModel, tile: int, windows: int) -> float:
    """Seconds that ``windows`` forward passes take on their own."""
    batch = torch.randn(1, 3, tile, tile)
    with torch.no_grad():
        model(batch)
        began = time.perf_counter()
        for _ in range(windows):
            model(batch)
    return time.perf_counter() - began


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("scene", type=Path)
    arguments.add_argument("network", choices=NETWORKS)
    arguments.add_argument("out", type=Path)
    arguments.add_argument("--tile", type=int, default=512)
    arguments.add_argument("--overlap", type=int, default=128)
    arguments.add_argument("--no-pure", action="store_true")
    chosen = arguments.parse_args()
    model = BenchModel(chosen.network)
    with torch.no_grad():
        for _ in range(2):
            model(torch.randn(1, 3, chosen.tile, chosen.tile))
    found = {}
    cost = cost_of(lambda: found.update(stream=run(chosen.scene, model, chosen.out, chosen.tile, chosen.overlap)))
    stream = found["stream"]
    windows = stream.manifest.windows - stream.manifest.skipped
    pure = 0.0 if chosen.no_pure else pure_model_s(model, chosen.tile, windows)
    json.dump(
        {
            "tool": "rs-dino",
            "network": chosen.network,
            "seconds": round(cost.seconds, 2),
            "model_s": round(pure, 2),
            "ratio": round(cost.seconds / pure, 3) if pure else None,
            "in_run_model_s": round(stream.model_s, 2),
            "peak_mb": round(cost.peak_mb),
            "windows": windows,
        },
        sys.stdout,
    )
    print()


if __name__ == "__main__":
    main()
