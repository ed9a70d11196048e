"""Tiled prediction beside peers: time over pure model time, memory, and label mismatch; interleaved rounds."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any, Callable, Dict, List, Optional

import exact
import networks
import scene
from children import HERE, peer_environment, run_json, run_ours
from measure import window_count
from peers import Unavailable, peer_python
from report import Check, Figure, median_row

LIMIT = 1.10
PEERS = {"conv": ("deepness", "geodeep", "habitat"), "vit": ("deepness",)}
TITLES = {"deepness": "Deepness", "geodeep": "GeoDeep", "habitat": "habitat-mapper"}
Tool = Callable[[Path], Dict[str, Any]]


class Settings:
    """What the whole bench is told."""

    def __init__(self, work: Path, quick: bool, rounds: int) -> None:
        self.work, self.quick, self.rounds = work, quick, rounds
        self.side = 2000 if quick else 6000
        self.share = 0.3 if quick else 0.25


def tiled(settings: Settings, network: str) -> Figure:
    """The figure for one network, ``conv`` or ``vit``."""
    side = settings.side
    raster = scene.write_scene(settings.work / f"scene-{side}.tif", side, side)
    model = networks.export(network, settings.work / f"{network}.onnx")
    tools = _ours(settings, network, raster, model)
    rows: Dict[str, List[Dict[str, Any]]] = {name: [] for name in tools}
    for peer in PEERS[network]:
        found = _peer(settings, peer, raster, model)
        if isinstance(found, Unavailable):
            rows[TITLES[peer]] = [{"tool": TITLES[peer], "failed": found.reason}]
        else:
            tools[TITLES[peer]] = found
            rows[TITLES[peer]] = []
    for number in range(settings.rounds):
        for name, tool in tools.items():
            out = settings.work / "out"
            shutil.rmtree(out, ignore_errors=True)
            out.mkdir()
            rows[name].append(_with_ratio(tool(out)))
            print(f"   {network} {number + 1}/{settings.rounds} {rows[name][-1]}", flush=True)
            if number == settings.rounds - 1:
                _keep_labels(rows[name][-1], settings.work / f"{network}-{name}")
    truth = exact.reference(raster, network, False) if networks.NETWORKS[network].radius_px else None
    return _figure(settings, network, rows, truth)


def _ours(settings: Settings, network: str, raster: Path, model: Path) -> Dict[str, Tool]:
    count = str(window_count(settings.side, settings.side, networks.WINDOW_PX, networks.OVERLAP_PX))
    pure = ["--windows", count, "--share", str(settings.share)]
    return {
        "rs-dino": lambda out: run_ours("rs-dino", raster, network, out, *pure),
        "rs-dino (onnxruntime)": lambda out: run_ours(
            "rs-dino (onnxruntime)", raster, network, out, "--onnx", model, *pure
        ),
        "torch, a plain loop": lambda out: run_ours("torch, a plain loop", raster, network, out, "--plain", *pure),
    }


def _peer(settings: Settings, peer: str, raster: Path, model: Path) -> "Tool | Unavailable":
    python = peer_python(peer, settings.work / "venvs")
    if isinstance(python, Unavailable):
        return python
    count = window_count(settings.side, settings.side, networks.WINDOW_PX, networks.OVERLAP_PX)
    more = ["--repo", os.environ.get("DEEPNESS_REPO", "")] if peer == "deepness" else []
    suffix = ".npy" if peer == "deepness" else ".tif"
    script = HERE / "peers" / f"run_{peer}.py"

    def tool(out: Path) -> Dict[str, Any]:
        command = [python, script, raster, model, out / f"labels{suffix}", "--windows", str(count)]
        return run_json(TITLES[peer], [*command, "--share", str(settings.share), *more], peer_environment())

    return tool


def _with_ratio(row: Dict[str, Any]) -> Dict[str, Any]:
    if row.get("seconds") and row.get("model_s"):
        row["ratio"] = round(row["seconds"] / row["model_s"], 3)
        row["cpu_ratio"] = round(row["cpu_s"] / row["model_cpu_s"], 3)
    return row


def _keep_labels(row: Dict[str, Any], stem: Path) -> None:
    if "labels" in row:
        kept = stem.with_name(stem.name.replace(" ", "-") + Path(row["labels"]).suffix)
        shutil.copyfile(row["labels"], kept)
        row["labels"] = str(kept)


def _figure(
    settings: Settings, network: str, rows: Dict[str, List[Dict[str, Any]]], truth: Optional[exact.Reference]
) -> Figure:
    title = f"{settings.side}² × 3, 4 classes, window 512, overlap 128: {network}, medians of {settings.rounds}"
    figure = Figure(f"tiled-{network}", title)
    for found in rows.values():
        row = median_row(found)
        if truth is not None and "labels" in row:
            row.update(exact.compare_labels(Path(row["labels"]), truth))
        row.pop("network", None)
        figure.rows.append(row)
    by_name = {row["tool"]: row for row in figure.rows}
    for name in ("rs-dino", "rs-dino (onnxruntime)"):
        ratio = by_name[name].get("ratio")
        text = f"{name}: {ratio} of its pure model time, at most {LIMIT}"
        figure.checks.append(Check(text, None if ratio is None else ratio <= LIMIT))
    figure.checks += _beside_deepness(by_name)
    peak = by_name["rs-dino"].get("peak_mb")
    figure.checks.append(Check(f"peak {peak} MB above the loaded model, at most 300", peak is not None and peak <= 300))
    if truth is not None:
        wrong = [by_name[n].get("mismatch_beyond_ties") for n in ("rs-dino", "rs-dino (onnxruntime)")]
        figure.checks.append(Check(f"labels unlike the whole-image pass, ties apart: {wrong}", wrong == [0, 0]))
    figure.notes.append(NOTE)
    return figure


def _beside_deepness(rows: Dict[str, Dict[str, Any]]) -> List[Check]:
    peer = rows.get("Deepness", {})
    if "seconds" not in peer:
        return [Check("faster than Deepness", None)]
    ours, same_runtime = rows["rs-dino"].get("ratio"), rows["rs-dino (onnxruntime)"].get("seconds")
    theirs, seconds = peer["ratio"], peer["seconds"]
    plain = rows["rs-dino"].get("seconds")
    return [
        Check(f"in seconds: ours {plain}, Deepness {seconds}", plain is not None and plain < seconds),
        Check(f"each over its own runtime: ours {ours}, Deepness {theirs}", ours is not None and ours < theirs),
        Check(
            f"both through onnxruntime: ours {same_runtime} s, Deepness {seconds} s",
            same_runtime is not None and same_runtime < seconds,
        ),
    ]


NOTE = (
    "seconds: first read to labels written (Deepness: to its label image in memory, without its polygons). "
    "model_s: the model alone on as many windows, in the same process, half before and half after. cpu_ratio: the "
    "same in processor seconds, which a busy machine disturbs less. Peers run as they come. GeoDeep always filters its "
    "labels with a median of 5 px; habitat-mapper overlaps by a half, so it runs 2.2 times the windows."
)
