"""Setting an engine up: real environments by real pip and uv out of a folder of wheels, and every way it can end."""

import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from tiny_wheels import make_engine, make_folder, make_wheel

from rs_dino_plugin.engine_client.lock import held
from rs_dino_plugin.engine_client.setup import Setup
from rs_dino_plugin.engine_client.setup_folder import facts, interpreter, is_half_made, ready_python, remove
from rs_dino_plugin.engine_client.setup_texts import SetupError, cause, said
from rs_dino_plugin.engine_client.setup_wishes import Wishes, setup_environment

UV = Path(sys.executable).parent / "uv"
NEEDS_UV = pytest.mark.skipif(not UV.is_file(), reason="tests/setup_qgis.sh installs uv")
BASE = "/usr/bin/python3"
pytestmark = pytest.mark.usefixtures("only_what_is_named")


def changed(wishes, **more):
    return Wishes(**{**wishes.__dict__, **more})


def set_up(wishes):
    heard = []
    return Setup(wishes, os.environ, hear=heard.append).run(), heard


def set_up_until(wishes, step):
    """Cancelled as soon as ``step`` begins."""
    stop = threading.Event()

    def hear(progress):
        if progress.step.code == step:
            stop.set()

    with pytest.raises(SetupError) as raised:
        Setup(wishes, os.environ, hear=hear, cancelled=stop.is_set).run()
    assert code_of(raised) == "setup-cancelled"


def code_of(raised):
    return raised.value.message.code


def test_an_engine_is_set_up_checked_and_marked_ready(wishes):
    wanted = wishes()
    assert ready_python(wanted.folder) is None
    python, heard = set_up(wanted)
    assert python == ready_python(wanted.folder) == interpreter(wanted.folder / "env")
    made = facts(wanted.folder)
    assert (made["engine"], made["torch"], made["made_with"]) == ("9.9.9", "2.0.0", "pip")
    assert not is_half_made(wanted.folder)
    steps = list(dict.fromkeys(one.step.code for one in heard))
    assert steps == [f"setup-step-{step}" for step in ("tool", "environment", "torch", "engine", "check")]
    assert [one.percent for one in heard] == sorted(one.percent for one in heard) and heard[-1].percent == 100
    done = subprocess.run([str(python), "-I", "-c", "import tiny_runtime"], check=False)
    assert done.returncode == 0  # the extras came along
    assert "torch-2.0.0" in (wanted.folder / "setup.log").read_text(encoding="utf-8")


@NEEDS_UV
def test_the_same_with_uv(wishes, monkeypatch):
    monkeypatch.setenv("PATH", f"{UV.parent}:/usr/bin:/bin")
    wanted = wishes(uv=True)
    python, _ = set_up(wanted)
    assert facts(wanted.folder)["made_with"] == "uv" and ready_python(wanted.folder) == python
    assert facts(wanted.folder)["torch"] == "2.0.0"


def test_cancelled_it_is_not_used_and_gone_on_with(begun):
    wanted = begun()
    set_up_until(wanted, "setup-step-engine")
    assert ready_python(wanted.folder) is None and is_half_made(wanted.folder)
    kept = wanted.folder / "env" / "kept"
    kept.touch()
    set_up(wanted)
    assert kept.exists() and ready_python(wanted.folder) is not None


def test_other_wishes_begin_anew(begun):
    wanted = begun()
    sign = wanted.folder / "env" / "sign"
    sign.touch()
    set_up_until(wanted, "setup-step-torch")
    assert sign.exists()
    set_up_until(changed(wanted, build="cpu"), "setup-step-environment")
    assert not sign.exists()


def test_a_newer_plugin_replaces_the_engine_in_its_place(begun, tmp_path):
    wanted = begun()
    set_up(wanted)
    set_up(changed(wanted, wheel=make_engine(tmp_path / "newer", "9.9.10")))
    assert facts(wanted.folder)["engine"] == "9.9.10"
    files = {"__init__.py": "AGAIN = 1", "__main__.py": "print('{\"checks\": []}')"}
    other = make_wheel(tmp_path / "again", "rs-dino-engine", "9.9.10", files, ["torch"], ("onnx", "trees"))
    python, _ = set_up(changed(wanted, wheel=other))  # the same version with other content
    asked = [str(python), "-I", "-c", "import rs_dino_engine as e; e.AGAIN"]
    assert subprocess.run(asked, check=False).returncode == 0


def test_while_it_is_replaced_nobody_uses_it(begun):
    wanted = begun()
    set_up(wanted)
    set_up_until(wanted, "setup-step-torch")
    assert ready_python(wanted.folder) is None


@pytest.fixture
def ready(begun):
    """Wishes whose engine stands ready, as far as its folder says."""
    wanted = begun()
    (wanted.folder / "making.json").unlink()
    made = {"wishes": wanted.key(), "engine": "9.9.8", "torch": "2.0.0", "build": "torch-2.0.0-py3-none-any.whl"}
    (wanted.folder / "ready.json").write_text(json.dumps(made), encoding="utf-8")
    assert ready_python(wanted.folder) is not None
    return wanted


def is_as_it_was(wanted):
    whole = ready_python(wanted.folder) is not None and not is_half_made(wanted.folder)
    return whole and facts(wanted.folder)["engine"] == "9.9.8"


def test_an_engine_stays_usable_when_the_machine_does_not_suit(ready):
    with pytest.raises(SetupError) as raised:
        set_up(changed(ready, python="/nowhere/python"))
    assert code_of(raised) == "setup-python-unfit" and is_as_it_was(ready)


def test_an_engine_stays_usable_when_the_disk_is_too_small_for_another(ready, monkeypatch):
    """What the one that goes frees is counted."""
    monkeypatch.setattr(shutil, "disk_usage", lambda path: shutil._ntuple_diskusage(9e9, 9e9, 1e9))
    other = changed(ready, wheels="", offline=False, build="cpu")
    with pytest.raises(SetupError) as raised:
        set_up(other)
    params = raised.value.message.params
    assert code_of(raised) == "setup-disk" and params["needed"] == 3000 and 1000 < params["free"] < 1100
    assert is_as_it_was(ready)


def test_an_engine_stays_usable_when_it_is_cancelled_before_it_is_touched(ready):
    set_up_until(changed(ready, build="cpu"), "setup-step-tool")
    assert is_as_it_was(ready)


def test_cancelled_while_uv_is_fetched_it_is_cancelled_and_not_made_by_pip(ready, monkeypatch):
    stop = threading.Event()

    def fetch(address):
        stop.set()
        raise OSError("aborted")

    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    with pytest.raises(SetupError) as raised:
        Setup(changed(ready, uv=True, offline=False), os.environ, fetch, cancelled=stop.is_set).plan()
    assert code_of(raised) == "setup-cancelled"


def test_an_engine_that_is_in_use_stays_as_it_was(ready, monkeypatch):
    """As on Windows, where a folder with an open file cannot be renamed."""

    def refuse(path, target):
        raise PermissionError(13, "in use")

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(SetupError) as raised:
        set_up(changed(ready, build="cpu"))
    assert code_of(raised) == "setup-folder-in-use" and is_as_it_was(ready)


@NEEDS_UV
def test_another_pytorch_in_the_folder_of_wheels_is_installed(wishes, tmp_path, monkeypatch):
    """The same file in another folder is none, and the environment stays."""
    monkeypatch.setenv("PATH", f"{UV.parent}:/usr/bin:/bin")
    wanted = wishes(uv=True)
    set_up(wanted)
    sign = wanted.folder / "env" / "sign"
    sign.touch()
    set_up(changed(wanted, wheels=str(make_folder(tmp_path / "moved"))))
    assert sign.exists()
    set_up(changed(wanted, wheels=str(make_folder(tmp_path / "other", torch="2.0.0+cu118"))))
    assert facts(wanted.folder)["torch"] == "2.0.0+cu118" and not sign.exists()


def test_an_engine_that_does_not_work_is_never_used(begun):
    wanted = begun()
    make_wheel(Path(wanted.wheels), "torch", "2.0.0", {"__init__.py": "WHERE = 'nowhere'\n", "broken": ""})
    with pytest.raises(SetupError, match="torch: nowhere"):
        set_up(wanted)
    assert ready_python(wanted.folder) is None


def test_pytorch_stays_what_was_installed(begun):
    """The folder's PyTorch is taken although a later one is on offer for the packages that need it."""
    wanted = begun()

    def hear(progress):
        if progress.step.code == "setup-step-engine":
            make_wheel(Path(wanted.wheels), "torch", "3.0.0", {"__init__.py": "WHERE = 'later'\n"})

    Setup(wanted, os.environ, hear=hear).run()
    assert facts(wanted.folder)["torch"] == "2.0.0"


def test_what_lacks_is_said_by_name(begun):
    wanted = begun()
    next(Path(wanted.wheels).glob("tiny_runtime*")).unlink()
    with pytest.raises(SetupError) as raised:
        set_up(wanted)
    assert code_of(raised) == "setup-nothing-fits" and "tiny-runtime" in str(raised.value)
    assert raised.value.message.params["step"] == said("setup-step-engine")
    assert "tiny" in raised.value.details


def test_a_folder_of_somebody_else_is_left_alone(wishes):
    wanted = wishes()
    wanted.folder.mkdir()
    (wanted.folder / "照片.jpg").touch()
    with pytest.raises(SetupError) as raised:
        set_up(wanted)
    assert code_of(raised) == "setup-foreign-folder"
    remove(wanted.folder)
    assert (wanted.folder / "照片.jpg").exists()


def test_two_at_once_are_kept_apart(wishes):
    wanted = wishes()
    wanted.folder.mkdir()
    with held(wanted.folder / ".lock"), pytest.raises(SetupError) as raised:
        set_up(wanted)
    assert code_of(raised) == "setup-busy"
    set_up_until(wanted, "setup-step-tool")


def test_what_was_set_up_can_be_removed(begun):
    wanted = begun()
    remove(wanted.folder)
    assert not is_half_made(wanted.folder) and not (wanted.folder / "env").exists()
    set_up_until(wanted, "setup-step-environment")  # the folder is still known as ours


def test_a_folder_that_cannot_be_made_is_one_sentence(wishes, tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SetupError) as raised:
        set_up(wishes(folder=tmp_path / "file" / "engine"))
    assert code_of(raised) == "setup-folder-unwritable"


@pytest.mark.parametrize("python", ["/nowhere/python", "/bin/true"])
def test_a_python_that_is_none_is_refused(wishes, python):
    with pytest.raises(SetupError) as raised:
        set_up(wishes(python=python))
    assert code_of(raised) == "setup-python-unfit"


def test_without_uv_and_network_pip_is_used_and_why_is_said(wishes):
    wanted = wishes(uv=True)
    wanted.folder.mkdir()
    plan = Setup(wanted, os.environ).plan()
    assert plan.uv is None and plan.python.path == Path(BASE)
    assert plan.reasons[0].params["reason"].code == "uv-not-offline"
    assert "has none" in plan.reasons[0].text


def test_settings_that_lead_elsewhere_do_not_reach_pip(wishes):
    parent = {"PIP_TARGET": "/x", "PIP_INDEX_URL": "http://own", "PYTHONHOME": "/qgis", "PATH": "/bin"}
    made = setup_environment(parent, wishes(proxy="http://p:1", python_mirror="http://m"))
    assert not {"PIP_TARGET", "PYTHONHOME"} & set(made)
    assert made["PIP_INDEX_URL"] == "http://own"
    assert made["HTTPS_PROXY"] == made["https_proxy"] == "http://p:1"
    assert made["UV_PYTHON_INSTALL_MIRROR"] == "http://m" and made["UV_PYTHON_DOWNLOADS"] == "never"


def test_uv_trusts_what_the_system_trusts_unless_told_otherwise(wishes):
    made = setup_environment({}, wishes())
    assert made["UV_SYSTEM_CERTS"] == made["UV_NATIVE_TLS"] == "1"
    made = setup_environment({"UV_NATIVE_TLS": "0"}, wishes())
    assert made["UV_NATIVE_TLS"] == "0" and "UV_SYSTEM_CERTS" not in made


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device", "setup-disk-full"),
        ("WARNING: Retrying after connection broken by 'NewConnectionError('<pip…", "setup-network"),
        ("  Caused by: error sending request for url (https://pypi.org/simple/torch/)", "setup-network"),
        ("[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed", "setup-certificate"),
        ("ERROR: No matching distribution found for torch", "setup-nothing-fits"),
        ("  × No solution found when resolving dependencies:", "setup-nothing-fits"),
        ("ERROR: [WinError 5] Access is denied: 'c:\\\\users\\\\torch_cpu.dll'", "setup-refused"),
        ("ERROR: something quite new", "setup-failed"),
        ("", "setup-failed"),
    ],
)
def test_causes_are_told_by_what_was_printed(line, code):
    error = cause(said("setup-step-torch"), f"Collecting torch\n{line}\n\n")
    assert error.message.code == code
    assert json.dumps(error.message.document()["params"]["reason"])
