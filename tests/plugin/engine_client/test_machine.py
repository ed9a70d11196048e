"""What is found on a machine: Pythons, uv and cards, in folders of programs that are made for a test."""

import os
import sys
from pathlib import Path

import pytest

from rs_dino_plugin.engine_client import machine
from rs_dino_plugin.engine_client.machine import Card, ask_python, find_uv, fitting_python, nvidia_cards, python_places

BASE = "/usr/bin/python3"


@pytest.fixture
def program(tmp_path):
    """Makes a program out of lines of a shell, in a folder with a space and Chinese characters."""

    def made(folder, name, lines=f'exec {BASE} "$@"', mode=0o755):
        path = tmp_path / "程序 a" / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"#!/bin/sh\n{lines}\n", encoding="utf-8")
        path.chmod(mode)
        return path

    return made


def on_path(*programs):
    return {"PATH": os.pathsep.join(dict.fromkeys(str(one.parent) for one in programs))}


def made_here(places, tmp_path):
    """The places below the test's folder; the machine's own come behind them."""
    return [place for place in places if tmp_path in place.parents]


def test_pythons_are_looked_for_newest_first_and_in_the_order_of_path(program, tmp_path):
    plain, old, new = program("a", "python3"), program("a", "python3.10"), program("b", "python3.13")
    same, foreign = program("a", "python3.13"), program("b", "python3.9")
    no_program = program("b", "python3.12", mode=0o644)
    places = list(python_places(on_path(plain, new)))
    assert made_here(places, tmp_path) == [same, new, old, plain]
    assert foreign not in places and no_program not in places and len(places) == len(set(places))
    assert Path(sys.executable) not in places  # in QGIS on Windows and macOS that is QGIS


def test_the_first_python_that_fits_is_taken(program):
    """One that is none, too old, without venv, of 32 bits, without ssl, and then one that fits."""
    answers = ["echo I am none", "echo '[[3, 9], true, true, true]'", "echo '[[3, 12], true, false, true]'"]
    answers += ["echo '[[3, 12], false, true, true]'", "echo '[[3, 12], true, true, false]'", "exit 1"]
    unfit = [program(str(number), "python3.13", answer) for number, answer in enumerate(answers)]
    fits = program("last", "python3.13", "echo '[[3, 13], true, true, true]'")
    found = fitting_python(on_path(*unfit, fits))
    assert found.path == fits and found.fits and found.version == (3, 13)


def test_a_real_python_tells_what_it_is(program):
    found = ask_python(program("a", "python3"), {"PATH": "/usr/bin:/bin"})
    assert found.version == sys.version_info[:2] and found.is_64_bit and found.makes_environments
    assert ask_python(Path("/nowhere/python3"), {}) is None


def test_a_python_whose_ssl_does_not_load_is_unfit(program):
    """Its ssl is there, and lacks what it was to be built with."""
    start = "import sys; sys.modules['_ssl'] = None; exec(sys.argv[1])"
    python = program("a", "python3.12", f'shift 2; exec {BASE} -I -c "{start}" "$@"')
    found = ask_python(python, {"PATH": "/usr/bin:/bin"})
    assert found.makes_environments and not found.has_ssl and not found.fits


def test_windows_places(program, tmp_path, monkeypatch):
    """The launcher's first, then PATH without the store's stub, QGIS's own last."""
    asked = 'case "$1" in -3.12-64) echo /launcher/3.12;; -3.10-64) echo /launcher/3.10;; *) exit 103;; esac'
    launcher, on_it = program("bin", "py", asked), program("Python311", "python.exe")
    stub, own = program("WindowsApps", "python.exe"), program("QGIS", "python3.exe")
    monkeypatch.setattr(sys, "base_exec_prefix", str(own.parent))
    path = on_path(launcher, stub, on_it)["PATH"]
    places = list(machine._windows_places({"PATH": path}, path))
    assert places == [Path("/launcher/3.12"), Path("/launcher/3.10"), on_it, own]
    without = on_path(stub, on_it)["PATH"]
    assert list(machine._windows_places({"PATH": without}, without)) == [on_it, own]


def test_uv_is_ours_or_on_path_or_where_its_installer_puts_it(program, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    own = tmp_path / "engine" / "uv"
    assert find_uv({"PATH": str(tmp_path)}, own) is None
    installed = tmp_path / ".local" / "bin" / "uv"
    installed.parent.mkdir(parents=True)
    installed.write_bytes(program("a", "uv").read_bytes())
    installed.chmod(0o755)
    assert find_uv({"PATH": str(tmp_path)}, own) == installed
    assert find_uv(on_path(program("a", "uv")), own) == program("a", "uv")
    own.parent.mkdir()
    own.touch()
    assert find_uv(on_path(program("a", "uv")), own) == own


NEW = "NVIDIA RTX A4000, 551.23, 16376, 8.6\nNVIDIA GeForce GTX 1060, 551.23, 6144, 6.1"
OLD = 'case "$*" in *compute_cap*) echo "Field compute_cap is not a valid field"; exit 2;; esac\n'


@pytest.mark.parametrize(
    ("lines", "cards"),
    [
        (
            f"echo '{NEW}'",
            [Card("NVIDIA RTX A4000", (551, 23), 16376, 8.6), Card("NVIDIA GeForce GTX 1060", (551, 23), 6144, 6.1)],
        ),
        (OLD + "echo 'Tesla K80, 450.51, 11441'", [Card("Tesla K80", (450, 51), 11441, None)]),
        ("echo 'No devices were found'", []),
        ("echo 'NVIDIA-SMI has failed' >&2; exit 9", []),
    ],
)
def test_cards_are_those_that_the_driver_lists(program, lines, cards):
    assert nvidia_cards(on_path(program("a", "nvidia-smi", lines))) == cards


def test_without_a_driver_there_is_nothing_to_ask(program, tmp_path, monkeypatch):
    monkeypatch.setattr(machine.shutil, "which", lambda name, path: None)  # this machine may have one
    assert nvidia_cards({"PATH": str(tmp_path)}) is None
    monkeypatch.undo()
    broken = program("a", "nvidia-smi")
    broken.write_bytes(b"\x7fELF broken")
    assert nvidia_cards(on_path(broken)) is None
