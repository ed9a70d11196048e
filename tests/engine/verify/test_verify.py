"""The whole kit on small models: what it finds, what it writes, what it keeps to itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import rasterio
import torch
from rs_dino_engine.job_history import new_job
from rs_dino_engine.models.networks.dinov3 import vit
from rs_dino_engine.models.official import OFFICIAL
from rs_dino_engine.protocol import Request
from rs_dino_engine.verify.compare import DIFFERS, compare, read_report
from rs_dino_engine.verify.report import without_places
from rs_dino_engine.verify.seeded import meta_shapes, telling
from rs_dino_engine.worker import run_job
from verify_cases import THIN, write_segmenter


def document(folder: Path) -> dict:
    return json.loads((folder / "report.json").read_text(encoding="utf-8"))


def test_backbone_and_head_pass_and_are_told(tmp_path, model_files, verified):
    report = verified(model_files.backbone, model_files.head)
    assert [c for c in report.checks if c.state == "failed"] == []
    written = document(tmp_path / "out")
    assert written["ok"] and [m["model"] for m in written["models"]] == [s["model"] for s in written["samples"]]
    backbone, canopy = written["models"]
    assert (canopy["model"], backbone["facts"]["rope periods"]) == ("chmv2", "rounded to bfloat16")
    assert backbone["fingerprints"][0]["shape"] == [64, 16, 16] and len(backbone["fingerprints"][0]["values"]) == 64
    assert backbone["speed"][0]["window_s"] > 0 and isinstance(backbone["speed"][0]["peak_mb"], int)
    assert written["samples"][1]["peak_mb"] >= 0 and written["samples"][1]["windows"] >= 1
    assert [f["file"] for f in written["files"]] == ["thin.pth", "head.pth"]
    assert "CHMv2" in (tmp_path / "out" / "report.md").read_text(encoding="utf-8")


def test_the_report_tells_nothing_private(tmp_path, model_files, verified, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secretsecret")
    verified(model_files.backbone, tmp_path / "no such place" / "nothing.pth")
    for name in ("report.json", "report.md"):
        text = (tmp_path / "out" / name).read_text(encoding="utf-8")
        assert "nothing.pth" in text
        for private in (str(tmp_path), model_files.folder.name, "no such place", str(Path.home()) + "/", "hf_secret"):
            assert private not in text, private
        assert str(Path(sys.executable).parent) not in text


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("/home/某人/models/x.pth is damaged", "x.pth is damaged"),
        (r"C:\Users\me\x.pth, D:\y.tif", "x.pth, y.tif"),
        ("ViT-S/16 at 1/4, 3 m/s", "ViT-S/16 at 1/4, 3 m/s"),
        ("from https://host/x?token=abc it came", "from (link) it came"),
        ("(/a/b.tif)", "(b.tif)"),
    ],
)
def test_places_are_cut_off(text, left):
    assert without_places(text) == left


def test_a_published_name_with_other_contents_fails(tmp_path, verified, named_check):
    path = tmp_path / OFFICIAL[0].file
    torch.save(telling(meta_shapes(THIN)), str(path))
    report = verified(path)
    assert named_check(report, "hash of").state == "failed" and "08c60483" in named_check(report, "hash of").said
    assert named_check(report, "size of").state == "failed"
    assert named_check(report, "contents of").state == "passed"
    assert named_check(report, "parameters of").state == "failed"


def test_a_published_file_is_known_by_its_hash(tmp_path, model_files, verified, named_check, monkeypatch):
    from rs_dino_engine.models import official
    from rs_dino_engine.models.folder import sha256_of

    entry = OFFICIAL[0]._replace(
        hash8=sha256_of(model_files.backbone)[:8], parameters_m=model_files.backbone.stat().st_size / 4e6
    )
    monkeypatch.setattr(official, "OFFICIAL", [entry])
    monkeypatch.setattr(official, "_BY_NAME", {entry.name: entry})
    renamed = tmp_path / "weights (1).pth"
    renamed.write_bytes(model_files.backbone.read_bytes())
    report = verified(renamed)
    assert [named_check(report, n).state for n in ("hash of", "size of")] == ["passed", "passed"]
    assert report.document()["files"][0]["official"] == entry.name


def test_a_truncated_file_fails_and_the_others_are_still_checked(tmp_path, model_files, verified, named_check):
    cut = tmp_path / "cut.pth"
    data = model_files.backbone.read_bytes()
    cut.write_bytes(data[: len(data) * 2 // 3])
    report = verified(cut, model_files.backbone)
    assert named_check(report, "contents of cut.pth").state == "failed"
    assert named_check(report, "model cut.pth").state == "failed"
    assert named_check(report, "feature-map of").state == "passed" and report.failed


def test_weights_that_are_no_numbers_fail(tmp_path, verified, named_check):
    state = telling(meta_shapes(THIN))
    state["blocks.3.mlp.fc1.bias"][5] = float("nan")
    torch.save(state, str(tmp_path / "bad.pth"))
    report = verified(tmp_path / "bad.pth")
    weights = named_check(report, "weights of")
    assert weights.state == "failed" and "blocks.3" in weights.said
    assert named_check(report, "features of").state == "failed"


def test_a_head_without_its_backbone_fails(model_files, verified, named_check):
    report = verified(model_files.head)
    assert named_check(report, "head head.pth").said == "Its backbone was not given."


def test_a_device_that_is_not_there_fails_and_the_processor_is_used(model_files, verified, named_check):
    report = verified(model_files.backbone, devices=["gcu:3", "cpu"])
    assert named_check(report, "device gcu:3").state == "failed"
    assert named_check(report, "feature-map of").state == "passed"


def test_reports_of_the_same_agree_and_broken_arithmetic_differs(tmp_path, model_files, verified, monkeypatch):
    one = verified(model_files.backbone, output=tmp_path / "a").document()
    two = verified(model_files.backbone, output=tmp_path / "b").document()
    assert [line for line in compare(one, two) if line.state == DIFFERS] == []
    assert any(line.what.startswith("seconds a window") for line in compare(one, two))
    monkeypatch.setattr(vit, "rotate", lambda x, angles: x)
    broken = verified(model_files.backbone, output=tmp_path / "c").document()
    assert [line.what.split(",")[0] for line in compare(one, broken) if line.state == DIFFERS] == [
        "features of dinov3-vit-of-64-channels-web"
    ]


def command(*arguments) -> subprocess.CompletedProcess:
    line = [sys.executable, "-m", "rs_dino_engine", "verify", *map(str, arguments)]
    return subprocess.run(line, capture_output=True, encoding="utf-8", check=False)


def test_the_command_checks_without_any_model_and_compares(tmp_path):
    done = command("--output", tmp_path / "结果")
    assert done.returncode == 0, done.stderr
    assert "arithmetic of ViT-S/16, cpu fp32" in done.stderr and "report.md" in done.stdout
    report = tmp_path / "结果" / "report.json"
    assert document(tmp_path / "结果")["counts"]["failed"] == 0
    same = command("--compare", report, report)
    assert (same.returncode, same.stdout.splitlines()[-1]) == (0, "They agree.")
    other = document(tmp_path / "结果")
    other["checks"][2]["state"] = "failed"
    changed = tmp_path / "other.json"
    changed.write_text(json.dumps(other), encoding="utf-8")
    assert command("--compare", report, changed).returncode == 1
    changed.write_text("{}", encoding="utf-8")
    assert command("--compare", report, changed).returncode == 2
    with pytest.raises(Exception, match="not a report"):
        read_report(changed)


def test_wrong_input_is_a_sentence(tmp_path):
    done = command("--raster", tmp_path / "none.tif", "--output", tmp_path / "out")
    assert done.returncode == 2 and "none.tif does not exist" in done.stderr and "Traceback" not in done.stderr


@pytest.fixture
def loveda(tmp_path):
    """Two pictures of the data set's layout; the masks have 0 where nothing is said."""
    root, rng = tmp_path / "LoveDA", np.random.default_rng(0)
    for part, name in (("Urban", "3514"), ("Rural", "2522")):
        for kind, bands, high in (("images_png", 3, 256), ("masks_png", 1, 8)):
            folder = root / "Val" / part / kind
            folder.mkdir(parents=True)
            pixels = rng.integers(0, high, (bands, 96, 96)).astype(np.uint8)
            if bands == 1:
                pixels = np.repeat(np.repeat(pixels[:, ::16, ::16], 16, 1), 16, 2)
            with rasterio.open(
                folder / f"{name}.png", "w", driver="PNG", width=96, height=96, count=bands, dtype="uint8"
            ) as data:
                data.write(pixels)
    return root


def test_loveda_is_scored_by_its_own_protocol(tmp_path, loveda, verified, named_check):
    segmenter = write_segmenter(tmp_path / "segmenter")
    report = verified(segmenter, loveda=loveda)
    found = named_check(report, "LoveDA").figures
    assert found["pictures"] == found["of"] == 2
    hits = total = 0
    for part, name in (("Urban", "3514"), ("Rural", "2522")):
        image = loveda / "Val" / part / "images_png" / f"{name}.png"
        inputs = {"rasters": [str(image)], "output": str(tmp_path / "own"), "model": str(segmenter), "polygons": False}
        outcome = run_job(new_job(tmp_path / "own", Request("segment", inputs)))
        mask = loveda / "Val" / part / "masks_png" / f"{name}.png"
        with rasterio.open(outcome.results["labels"]["href"]) as made, rasterio.open(mask) as wanted:
            labels, truth = made.read(1), wanted.read(1).astype(int)
        hits += int((labels[truth > 0] == truth[truth > 0] - 1).sum())
        total += int((truth > 0).sum())
    assert found["pixels"] == total and found["oa"] == round(hits / total, 4)
    assert set(found["classes"]) == {"background", "building", "road", "water", "barren", "forest", "agriculture"}
    part = verified(segmenter, loveda=loveda / "Val", loveda_pictures=1, output=tmp_path / "part")
    assert "Only 1 of 2" in named_check(part, "LoveDA").said


def test_models_of_other_classes_are_not_scored(loveda, verified, named_check):
    report = verified("starter-landcover", loveda=loveda)
    assert named_check(report, "LoveDA").state == "not run" and not report.failed
