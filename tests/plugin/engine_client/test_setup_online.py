"""Setting up over a network: real pip and real uv, from an index on this machine, through mirrors and a proxy."""

import os
import random
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from package_index import PackageIndex, Proxy, closing, fetch
from tiny_wheels import make_wheel

from rs_dino_plugin.engine_client.setup import Setup
from rs_dino_plugin.engine_client.setup_folder import facts, is_half_made, ready_python
from rs_dino_plugin.engine_client.setup_texts import SetupError

UV = Path(sys.executable).parent / "uv"
NEEDS_UV = pytest.mark.skipif(not UV.is_file(), reason="tests/setup_qgis.sh installs uv")
BOTH = pytest.mark.parametrize("uv", [False, pytest.param(True, marks=NEEDS_UV)], ids=["pip", "uv"])
pytestmark = pytest.mark.usefixtures("only_what_is_named")
TRUSTED = "PIP_TRUSTED_HOST"  # pip keeps only what came from where it trusts, and https needs a certificate
MB = random.Random(0).randbytes(500_000).hex()


@pytest.fixture
def index(tmp_path):
    """PyTorch for the processor on PyTorch's index; on the package index the rest, and another PyTorch."""
    with closing(PackageIndex()) as served:
        torch = {"__init__.py": "WHERE = 'processor'\n", "weight.txt": MB * 6}
        served.add("whl/cpu", make_wheel(tmp_path / "cpu", "torch", "2.0.0", torch, ["tiny-blas"]))
        served.add("whl/cpu", make_wheel(tmp_path / "cpu", "tiny-blas", "1.0", {"__init__.py": "", "weight.txt": MB}))
        served.add("whl/cu128", make_wheel(tmp_path / "cu128", "torch", "2.0.0", {"__init__.py": "WHERE = 'card'\n"}))
        served.add("simple", make_wheel(tmp_path / "all", "torch", "9.0.0", {"__init__.py": "WHERE = 'elsewhere'\n"}))
        served.add("simple", make_wheel(tmp_path / "all", "tiny-runtime", "1.0", {"__init__.py": ""}))
        yield served


@pytest.fixture
def online(begun, index, monkeypatch):
    """Wishes whose environment was made, to be filled from the index."""

    def made(uv, **more):
        monkeypatch.setenv("PATH", f"{UV.parent}:/usr/bin:/bin" if uv else "/usr/bin:/bin")
        places = {"index": index.address + "/simple", "torch_index": index.address + "/whl/"}
        return begun(**{"uv": uv, "build": "cpu", "wheels": "", "offline": False, **places, **more})

    return made


def set_up(wishes, hear=lambda progress: None, cancelled=lambda: False):
    return Setup(wishes, os.environ, fetch, hear, cancelled).run()


@BOTH
def test_pytorch_comes_from_its_index_and_the_rest_from_the_other(online, index, uv):
    wanted = online(uv)
    assert set_up(wanted) == ready_python(wanted.folder)
    made = facts(wanted.folder)
    assert (made["torch"], made["build"], made["made_with"]) == ("2.0.0", "cpu", "uv" if uv else "pip")
    assert index.asked_for("whl/cpu") == {"torch", "tiny_blas"} and index.asked_for("simple") == {"tiny_runtime"}


@BOTH
def test_what_the_package_index_has_can_be_wished(online, index, uv):
    wanted = online(uv, build="index")
    set_up(wanted)
    assert facts(wanted.folder)["torch"] == "9.0.0" and index.asked_for("whl/cpu") == set()


def test_a_card_of_this_machine_leads_to_its_build(online, index, tmp_path, monkeypatch):
    wanted = online(False, build="auto")
    program(tmp_path / "bin" / "nvidia-smi", "echo 'NVIDIA RTX A4000, 551.23, 16376, 8.6'")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:/usr/bin:/bin")
    set_up(wanted)
    assert facts(wanted.folder)["build"] == "cu128" and index.asked_for("whl/cu128") == {"torch"}


@NEEDS_UV
def test_a_card_that_comes_later_brings_its_build(online, index, tmp_path, monkeypatch):
    wanted = online(True, build="auto")
    set_up(wanted)
    assert facts(wanted.folder)["build"] == "cpu" and index.asked_for("whl/cu128") == set()
    program(tmp_path / "bin" / "nvidia-smi", "echo 'NVIDIA RTX A4000, 551.23, 16376, 8.6'")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}:{UV.parent}:/usr/bin:/bin")
    python = set_up(wanted)
    assert facts(wanted.folder)["build"] == "cu128" and index.asked_for("whl/cu128") == {"torch"}
    ask = [str(python), "-I", "-c", "import torch; print(torch.WHERE)"]
    assert subprocess.run(ask, capture_output=True, check=True).stdout.strip() == b"card"


@BOTH
def test_another_mirror_has_the_same_build(online, index, tmp_path, uv):
    wanted = online(uv)
    set_up(wanted)
    asked = index.asked_for("whl/cpu")
    sign = wanted.folder / "env" / "sign"
    sign.touch()
    set_up(replace(wanted, torch_index=index.address + "/mirror/whl"))
    assert sign.exists() and index.asked_for("mirror/whl/cpu") == set() and index.asked_for("whl/cpu") == asked


def program(path, lines):
    """A program of one's own: a shell script."""
    path.parent.mkdir(exist_ok=True)
    path.write_text("#!/bin/sh\n" + lines + "\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@BOTH
def test_what_was_fetched_is_told_while_it_is_fetched(online, index, uv, monkeypatch):
    monkeypatch.setenv(TRUSTED, "127.0.0.1")
    wanted, heard = online(uv), []
    index.hold_back = "torch-"

    def hear(progress):
        heard.append(progress)
        if progress.mb:
            index.go_on.set()

    set_up(wanted, hear)
    told = [one for one in heard if one.mb and one.step.code == "setup-step-torch"]
    assert told and all(10 < one.percent < 60 for one in told)
    assert 1 <= told[0].mb <= 5  # about half of it had come; pip may be between two files
    assert [one.percent for one in heard] == sorted(one.percent for one in heard) and heard[-1].percent == 100
    assert not (wanted.folder / "downloads").exists()


@BOTH
def test_packages_that_came_whole_are_not_fetched_again(online, index, uv, monkeypatch):
    monkeypatch.setenv(TRUSTED, "127.0.0.1")
    wanted = online(uv)
    index.hold_back = "tiny_blas"
    cache = wanted.folder / "downloads" / "cache"

    def torch_is_whole_and_blas_is_coming():
        is_whole = list(cache.glob("wheels-*/**/torch/*.http")) if uv else True  # pip fetches one after the other
        return bool(is_whole) and index.asked_for("whl/cpu") == {"torch", "tiny_blas"}

    with pytest.raises(SetupError) as raised:
        set_up(wanted, cancelled=torch_is_whole_and_blas_is_coming)
    assert raised.value.message.code == "setup-cancelled" and is_half_made(wanted.folder)
    assert [path.name for path in cache.parent.iterdir()] == ["cache"] and not list(cache.glob(".tmp*"))  # no halves
    index.go_on.set()
    index.asked.clear()
    set_up(wanted)
    assert index.asked_for("whl/cpu") == {"tiny_blas"}
    assert ready_python(wanted.folder) is not None and not cache.exists()


@BOTH
def test_all_goes_through_the_proxy(online, index, uv, monkeypatch):
    """The name leads nowhere but through the proxy, which wants a login with a sign that has to be quoted."""
    monkeypatch.setenv(TRUSTED, "packages.invalid")
    with closing(Proxy(index, login="zhang:p@ss/w")) as proxy:
        places = {"index": "http://packages.invalid/simple", "torch_index": "http://packages.invalid/whl"}
        wanted = online(uv, proxy=f"http://zhang:p%40ss%2Fw@127.0.0.1:{proxy.port}", **places)
        set_up(wanted)
    assert facts(wanted.folder)["torch"] == "2.0.0" and index.asked == []
    fetched = {path.rsplit("/", 1)[1].split("-")[0] for path in proxy.passed if path.endswith(".whl")}
    assert fetched == {"torch", "tiny_blas", "tiny_runtime"}
    assert all(path.startswith("http://packages.invalid/") for path in proxy.passed)


@BOTH
def test_a_proxy_that_lets_nothing_through_is_the_network(online, index, uv, monkeypatch):
    monkeypatch.setenv("PIP_RETRIES", "1")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    with closing(Proxy(index, login="zhang:right")) as proxy:
        places = {"torch_index": "https://packages.invalid/whl", "proxy": f"http://zhang:wrong@127.0.0.1:{proxy.port}"}
        with pytest.raises(SetupError) as raised:
            set_up(online(uv, **places))
    assert raised.value.message.code == "setup-network" and proxy.refused and proxy.passed == []


@NEEDS_UV
def test_pythons_come_from_their_mirror(wishes, index, tmp_path, monkeypatch):
    """No Python is on PATH, so uv asks the mirror for one; this one has none."""
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "uv").symlink_to(UV)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    wanted = wishes(uv=True, python="", offline=False, wheels="", python_mirror=index.address + "/pythons")
    with pytest.raises(SetupError) as raised:
        set_up(wanted)
    assert raised.value.message.code == "setup-network", raised.value.details
    assert any(path.startswith("/pythons/") and "cpython-3." in path for path in index.asked)
