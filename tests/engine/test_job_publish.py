"""Publishing: whole files or none, nothing that is open elsewhere is touched, names that belong together stay so."""

import os
import subprocess
from pathlib import Path

import pytest
from rs_dino_engine import job_publish
from rs_dino_engine.errors import Cancelled, UserError
from rs_dino_engine.job_publish import prepare_destination, publish


def made(tmp_path, *names) -> Path:
    outputs = tmp_path / "job" / "outputs"
    for name in names:
        (outputs / name).parent.mkdir(parents=True, exist_ok=True)
        (outputs / name).write_bytes(b"new " + name.encode("utf-8"))
    return outputs


def never():
    pass


def names_in(folder) -> list:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())


def test_files_and_folders_are_published(tmp_path):
    outputs = made(tmp_path, "森 林_labels.tif", "model/model.json", "model/model.safetensors")
    destination = tmp_path / "结果"
    published = publish(outputs, destination, never)
    assert names_in(destination) == ["model/model.json", "model/model.safetensors", "森 林_labels.tif"]
    assert published.places[str(outputs / "model" / "model.json")] == str(destination / "model" / "model.json")
    assert published.warnings == [] and names_in(outputs) == []


def test_a_re_run_replaces(tmp_path):
    for _ in range(2):
        publish(made(tmp_path, "a.tif"), tmp_path / "out", never)
    assert names_in(tmp_path / "out") == ["a.tif"]


def locked(monkeypatch, *paths):
    """Act as Windows does for files that a program holds open: neither they nor anything onto them is renamed."""

    def replace(source, target):
        if source in paths or (target in paths and target.exists()):
            raise PermissionError(13, "sharing violation", str(target))
        source.replace(target)

    monkeypatch.setattr(job_publish, "replace", replace)


def test_a_locked_file_is_left_alone_and_its_companions_go_with_the_new_one(tmp_path, monkeypatch):
    names = ("r_labels.tif", "r_labels.qml", "r_labels.tif.aux.xml", "r_confidence.tif")
    out = tmp_path / "out"
    publish(made(tmp_path, *names), out, never)
    (out / "r_labels.tif").write_bytes(b"old")
    locked(monkeypatch, out / "r_labels.tif")
    published = publish(made(tmp_path, *names), out, never)
    assert (out / "r_labels.tif").read_bytes() == b"old"
    assert (out / "r_labels_2.tif").read_bytes() == b"new r_labels.tif"
    assert {"r_labels_2.qml", "r_labels_2.tif.aux.xml", "r_confidence.tif"} <= set(names_in(out))
    assert "r_confidence_2.tif" not in names_in(out)
    assert {w.code for w in published.warnings} == {"output-locked"}
    assert published.places[str(tmp_path / "job" / "outputs" / "r_labels.tif")] == str(out / "r_labels_2.tif")


def test_what_the_job_has_read_is_not_written_over(tmp_path):
    out = tmp_path / "out"
    publish(made(tmp_path, "a_labels.tif", "b_labels.tif"), out, never)
    (out / "a_labels.tif").write_bytes(b"read")
    again = made(tmp_path, "a_labels.tif", "a_labels.qml", "b_labels.tif")
    published = publish(again, out, never, read=[out / "." / "a_labels.tif", tmp_path / "gone.tif"])
    assert (out / "a_labels.tif").read_bytes() == b"read"
    assert names_in(out) == ["a_labels.tif", "a_labels_2.qml", "a_labels_2.tif", "b_labels.tif"]
    assert {w.code for w in published.warnings} == {"output-was-read"}


def test_free_names_count_on(tmp_path, monkeypatch):
    out = tmp_path / "out"
    publish(made(tmp_path, "a.tif", "a_2.tif"), out, never)
    locked(monkeypatch, out / "a.tif", out / "a_2.tif")
    publish(made(tmp_path, "a.tif"), out, never)
    assert names_in(out) == ["a.tif", "a_2.tif", "a_3.tif"]


def test_a_file_that_is_locked_at_the_last_moment_gets_another_name(tmp_path, monkeypatch):
    out = tmp_path / "out"
    publish(made(tmp_path, "a.tif"), out, never)

    def replace(source, target):
        if source != target and target.name == "a.tif":
            raise PermissionError(13, "sharing violation", str(target))
        source.replace(target)

    monkeypatch.setattr(job_publish, "replace", replace)
    published = publish(made(tmp_path, "a.tif"), out, never)
    assert names_in(out) == ["a.tif", "a_2.tif"] and len(published.warnings) == 1


@pytest.mark.parametrize("journal", ["-wal", "-shm", "-journal"])
def test_a_geopackage_with_a_journal_is_open_elsewhere(tmp_path, journal):
    out = tmp_path / "out"
    publish(made(tmp_path, "p.gpkg"), out, never)
    (out / f"p.gpkg{journal}").write_bytes(b"")
    publish(made(tmp_path, "p.gpkg"), out, never)
    assert {"p.gpkg", "p_2.gpkg"} <= set(names_in(out))


def test_names_with_dots_are_not_mixed_up(tmp_path, monkeypatch):
    out = tmp_path / "out"
    names = ("ortho.v2_labels.tif", "ortho.v2_labels.qml", "ortho.v3_labels.tif")
    publish(made(tmp_path, *names), out, never)
    locked(monkeypatch, out / "ortho.v2_labels.tif")
    publish(made(tmp_path, *names), out, never)
    assert set(names_in(out)) == {*names, "ortho.v2_labels_2.tif", "ortho.v2_labels_2.qml"}


def test_read_only_destination_is_a_sentence(tmp_path, as_nobody):
    with pytest.raises(UserError) as raised:
        prepare_destination(tmp_path / "out")
    assert raised.value.message.code == "output-read-only" and "permission denied" in str(raised.value)


def test_a_destination_that_is_a_file_is_a_sentence(tmp_path):
    (tmp_path / "out").write_bytes(b"")
    with pytest.raises(UserError) as raised:
        prepare_destination(tmp_path / "out")
    assert raised.value.message.code == "output-read-only"


@pytest.fixture
def other_disk(tmp_path):
    """A file system of 1 MB; skips where we may not mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    if os.name == "nt" or os.geteuid() != 0 or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("a file system of our own cannot be mounted here")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_across_file_systems(tmp_path, other_disk):
    published = publish(made(tmp_path, "a.tif", "m/b.json"), other_disk / "out", never)
    assert names_in(other_disk / "out") == ["a.tif", "m/b.json"] and len(published.places) == 2


def test_a_full_disk_leaves_nothing_half_done(tmp_path, other_disk):
    out = other_disk / "out"
    publish(made(tmp_path, "a.tif"), out, never)
    outputs = made(tmp_path, "a.tif", "b.tif")
    (outputs / "b.tif").write_bytes(b"1" * 2_000_000)
    with pytest.raises(OSError, match="No space left"):
        publish(outputs, out, never)
    assert names_in(out) == ["a.tif"], "not even the file that would have fitted"


def test_cancel_between_copies_leaves_nothing(tmp_path, other_disk):
    asked = []

    def check():
        asked.append(1)
        if len(asked) == 2:
            raise Cancelled()

    with pytest.raises(Cancelled):
        publish(made(tmp_path, "a.tif", "b.tif"), other_disk / "out", check)
    assert names_in(other_disk / "out") == []
