"""One pass of DINOv3 ViT-S over 512²: ours, timm's ``vit_small_patch16_dinov3_qkvb`` and our export in onnxruntime.

All with the same weights in one process, interleaved. ``TIMM_PY`` names a Python with timm, torch and onnxruntime,
where the engine's own (``PY``) lacks them. ``python tests/bench/vit_speed.py ROUNDS FOLDER`` is one run and prints
JSON.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import sys
import time
import warnings
from pathlib import Path
from typing import Any, Callable, Dict

from children import HERE, REPO, run_json
from report import Check, Figure
from tiled import Settings

SIDE_PX = 512
NOISE = 1.03
"""Interleaved medians of the same work differ by as much."""
SAME = 1e-3
BUSY = (os.cpu_count() or 1) + 0.5
"""Load with ours running alone, and a little."""


def vit_speed(settings: Settings) -> Figure:
    figure = Figure("vit-speed", f"ViT-S/16 at {SIDE_PX}², one window, seconds")
    python = os.environ.get("TIMM_PY", sys.executable)
    rounds = max(3, 3 * settings.rounds)
    load = os.getloadavg()[0]
    found = run_json("vit-speed", [python, "-W", "ignore", HERE / "vit_speed.py", str(rounds), settings.work])
    if "failed" in found:
        figure.rows.append(found)
        figure.checks.append(Check("could not be run", None))
        return figure
    figure.rows += found["rows"]
    load = max(load, os.getloadavg()[0])
    busy = load > BUSY
    for name, (wall, cpu) in found["ratios"].items():
        said = f"ours takes {wall:.3f} of {name}'s time, at most {NOISE}"
        if busy:  # whoever is interrupted loses: the work itself is all that can be compared
            figure.checks.append(Check(f"{said}; other things were running (load {load:.1f})", None))
            said = f"ours takes {cpu:.3f} of {name}'s processor time, at most {NOISE}"
        figure.checks.append(Check(said, (cpu if busy else wall) <= NOISE))
    for name, reason in found["absent"].items():
        figure.checks.append(Check(f"{name}: {reason}", None))
    figure.notes.append(
        f"Median of the ratios of {rounds} interleaved rounds. `two passes at once` is how the engine runs windows on "
        "a processor; its seconds are for one of them."
    )
    return figure


def measure(rounds: int, folder: Path) -> Dict[str, Any]:
    """Every tool in turn, ``rounds`` times."""
    import torch
    from rs_dino_engine.devices.allocator import keep_freed_memory

    keep_freed_memory()
    torch.manual_seed(0)
    window = torch.randn(1, 3, SIDE_PX, SIDE_PX)
    absent: Dict[str, str] = {}
    runs = _ours(folder)
    reference = runs["rs-dino"](window)
    for name, make in (("timm", _timm), ("onnxruntime", _onnxruntime)):
        try:
            runs[name] = make(folder)
        except ImportError as error:
            absent[name] = str(error)
            continue
        difference = float((runs[name](window) - reference).abs().max())
        if difference > SAME:
            raise SystemExit(f"{name} computes something else: {difference}")
    if _has_bf16():
        runs.update(_half(runs))
    else:
        absent["bf16"] = "this processor has no arithmetic for it"
    return {**_timed(runs, window, rounds), "absent": absent}


def _timed(runs: Dict[str, Callable[[Any], Any]], window: Any, rounds: int) -> Dict[str, Any]:
    seconds: Dict[str, list] = {name: [] for name in runs}
    cpu: Dict[str, list] = {name: [] for name in runs}
    shuffled = random.Random(0)
    for number in range(rounds + 1):
        for name in shuffled.sample(list(runs), len(runs)):  # threads of the one before spin on for a while
            run = runs[name]
            began, busy = time.perf_counter(), time.process_time()
            run(window)
            if number:  # the first is for warming up
                passes = 2 if name.startswith("rs-dino, two") else 1
                seconds[name].append((time.perf_counter() - began) / passes)
                cpu[name].append((time.process_time() - busy) / passes)
    rows = [
        {"tool": name, "median_s": statistics.median(s), "least_s": min(s), "cpu_s": statistics.median(cpu[name])}
        for name, s in seconds.items()
    ]
    pairs = [("timm", "rs-dino"), ("onnxruntime", "rs-dino"), ("timm, bf16", "rs-dino, bf16")]
    ratios = {
        peer: [statistics.median(a / b for a, b in zip(of[mine], of[peer])) for of in (seconds, cpu)]
        for peer, mine in pairs
        if peer in seconds
    }
    return {"rows": rows, "ratios": ratios}


def _network(folder: Path) -> Any:
    """Ours, from a file as timm writes it, so that both turn by the very same periods."""
    sys.path.append(str(REPO / "tests" / "engine" / "networks"))
    from dinov3_files import as_timm, meta_shapes, telling
    from rs_dino_engine.models.checkpoints import convert_file
    from rs_dino_engine.models.load import build_network, fill
    from rs_dino_engine.models.networks.dinov3.sizes import SIZES
    from rs_dino_engine.models.weights import write_safetensors

    state = as_timm(telling(meta_shapes(SIZES["ViT-S/16"])))
    path = folder / "vit-s-timm.safetensors"
    write_safetensors(path, state)
    converted = convert_file(path)
    network = build_network(converted.spec)
    fill(network, converted.state, path, "dinov3")
    return network.eval(), converted.spec, state


def _ours(folder: Path) -> Dict[str, Callable[[Any], Any]]:
    import torch
    from rs_dino_engine.models.torch_model import TorchModel
    from rs_dino_engine.predict.workers import Workers

    network, spec, _ = _network(folder)
    model = TorchModel(spec, network)
    threads = torch.get_num_threads()

    def twice(window: Any) -> None:
        with Workers(2) as workers:
            for future in [workers.submit(model, window) for _ in range(2)]:
                future.result()

    runs: Dict[str, Callable[[Any], Any]] = {"rs-dino": model}
    if threads > 1:
        runs["rs-dino, two passes at once"] = twice
    return runs


def _timm(folder: Path) -> Callable[[Any], Any]:
    import torch

    if not hasattr(torch.ops.torchvision, "nms"):  # a torchvision for graphics cards on a torch for processors
        library = torch.library.Library("torchvision", "DEF")
        for name in ("nms", "qnms"):
            library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
        _timm.library = library  # type: ignore[attr-defined] - it ends with the last reference
    import timm

    model = timm.create_model("vit_small_patch16_dinov3_qkvb", pretrained=False, img_size=SIDE_PX).eval()
    model.load_state_dict(_network(folder)[2], strict=False)

    def run(window: Any) -> Any:
        with torch.no_grad():
            patches = model.forward_features(window)[:, 5:]
            return patches.transpose(1, 2).reshape(1, -1, SIDE_PX // 16, SIDE_PX // 16)

    return run


def _onnxruntime(folder: Path) -> Callable[[Any], Any]:
    import onnxruntime
    import torch

    network = _network(folder)[0]
    path = folder / "vit-s.onnx"
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        example = torch.rand(1, 3, SIDE_PX, SIDE_PX)
        torch.onnx.export(
            network, (example,), str(path), input_names=["input"], output_names=["output"], dynamo=False,
            opset_version=17,
        )  # fmt: skip
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = torch.get_num_threads()
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return lambda window: torch.from_numpy(session.run(None, {"input": window.numpy()})[0])


def _has_bf16() -> bool:
    flags = Path("/proc/cpuinfo")
    return flags.exists() and any(word in flags.read_text() for word in ("avx512_bf16", "amx_bf16", " bf16"))


def _half(runs: Dict[str, Callable[[Any], Any]]) -> Dict[str, Callable[[Any], Any]]:
    import torch

    def halved(run: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def call(window: Any) -> Any:
            with torch.autocast("cpu", dtype=torch.bfloat16):
                return run(window)

        return call

    return {f"{name}, bf16": halved(runs[name]) for name in ("rs-dino", "timm") if name in runs}


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]), Path(sys.argv[2]))))
