"""One tiled run of ours: ``python tests/bench/ours.py SCENE NETWORK OUT [--onnx FILE] [--layers probabilities]``.

Prints one JSON line: seconds from the first read to the labels COG, memory above the loaded model, the pure model
time of as many windows in the same process with the same settings, and the ratio of the two.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from types import SimpleNamespace
from typing import Callable, List, Optional

import networks
import torch
from measure import PureTime, cost_of
from rs_dino_engine.devices import Device, choose
from rs_dino_engine.devices.allocator import keep_freed_memory
from rs_dino_engine.models.runtime import LoadedModel
from rs_dino_engine.predict.commit import Checkpoint
from rs_dino_engine.predict.finish import layer_info, regions, write_layer
from rs_dino_engine.predict.prepare import make_forward, prepare
from rs_dino_engine.predict.products import ClassProducts
from rs_dino_engine.predict.reader import WindowReader
from rs_dino_engine.predict.stream import Stream, Track


def request(raster: Path, tile: int, overlap: int, dtype: str = "auto") -> SimpleNamespace:
    return SimpleNamespace(
        rasters=[str(raster)], bands=None, aoi=None, tile_size=tile, overlap=str(overlap), batch_size=None, tta=[],
        device="cpu", dtype=dtype, stretch="auto", output_grid="input", input_scale=1.0,
    )  # fmt: skip


def run(
    raster: Path,
    model: LoadedModel,
    out: Path,
    tile: int,
    overlap: int,
    layers: List[str],
    device: Optional[Device] = None,
    dtype: str = "auto",
) -> Stream:
    """From the first read to the COGs of the labels and of other ``layers``; the model is on its device already."""
    device = device or choose("cpu")
    products = ClassProducts(model.spec.output, layers)
    prepared = prepare([str(raster)], request(raster, tile, overlap, dtype), model, device, False)
    with prepared.source:
        forward = make_forward(prepared, model, device, [], False, print)
        checkpoint = Checkpoint(out / "checkpoint")
        reader = WindowReader(prepared.source, prepared.plan)
        stream = Stream([Track(prepared.plan, products)], reader, forward, checkpoint, device.torch_device)
        manifest = stream.run(False, lambda done, of: None, lambda: None)
        whole = regions(prepared, "scene", False)[0]
        for layer in products.layers:
            info = layer_info(layer, model.spec.output, {})
            target = out / f"{layer.name}.tif"
            write_layer(
                layer,
                info,
                prepared,
                manifest.made[0],
                checkpoint.folder,
                whole,
                target,
                lambda share: None,
                lambda: None,
            )
    return stream


def one_window(model: LoadedModel, tile: int) -> Callable[[], object]:
    """A forward pass as a plain loop would do it."""
    window = torch.rand(1, 3, tile, tile)

    def forward() -> object:
        with torch.no_grad():
            return model(window)

    return forward


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("scene", type=Path)
    arguments.add_argument("network", choices=networks.NETWORKS)
    arguments.add_argument("out", type=Path)
    arguments.add_argument("--onnx", type=Path, help="run this export through onnxruntime")
    arguments.add_argument("--layers", nargs="*", default=[])
    arguments.add_argument("--tile", type=int, default=networks.WINDOW_PX)
    arguments.add_argument("--overlap", type=int, default=networks.OVERLAP_PX)
    arguments.add_argument("--windows", type=int, default=0, help="how many windows pure model time is given for")
    arguments.add_argument("--share", type=float, default=0.5, help="share of them that is really run")
    arguments.add_argument("--plain", action="store_true", help="only the pure time, with torch left as it comes")
    chosen = arguments.parse_args()
    model = networks.load_torch(chosen.network) if chosen.onnx is None else networks.load_onnx(chosen.onnx)
    result = {"tool": "rs-dino" if chosen.onnx is None else "rs-dino (onnxruntime)", "network": chosen.network}
    if not chosen.plain:
        keep_freed_memory()  # as the run does, so that the pure time is taken under the same conditions
    pure = PureTime(one_window(model, chosen.tile), chosen.windows, chosen.share) if chosen.windows else None
    if pure is not None:
        pure.sample()
    else:
        one_window(model, chosen.tile)()
    if not chosen.plain:
        found = {}
        cost = cost_of(
            lambda: found.update(s=run(chosen.scene, model, chosen.out, chosen.tile, chosen.overlap, chosen.layers))
        )
        stream = found["s"]
        windows = stream.manifest.windows - stream.manifest.skipped
        result.update(seconds=round(cost.seconds, 3), cpu_s=round(cost.cpu_s, 2), peak_mb=round(cost.peak_mb))
        result.update(child_mb=round(getrusage(RUSAGE_CHILDREN).ru_maxrss / 1024))
        result.update(windows=windows, in_run_model_s=round(stream.model_s, 3), labels=str(chosen.out / "labels.tif"))
    if pure is not None:
        pure.sample()
        result.update(pure.of(chosen.windows))
    print(json.dumps(result))


if __name__ == "__main__":
    main()
