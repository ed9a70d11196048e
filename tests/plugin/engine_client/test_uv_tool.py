"""uv out of a package index on this machine, or out of a folder: the newest that runs here, checked, whole."""

import zipfile
from pathlib import Path

import pytest
from package_index import PackageIndex, closing, fetch

from rs_dino_plugin.engine_client.setup_texts import SetupError
from rs_dino_plugin.engine_client.uv_tool import Platform, get_uv

LINUX = Platform("linux", "x86_64")


def wheel(folder, version, tags, content):
    path = folder / f"uv-{version}-py3-none-{tags}.whl"
    program = "uv.exe" if tags.startswith("win") else "uv"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(f"uv-{version}.data/scripts/{program}", content)
        packed.writestr(f"uv-{version}.data/scripts/uvx", "not this one")
    return path


@pytest.fixture
def index(tmp_path):
    """The part of an index that has uv, for several machines."""
    made = [
        wheel(tmp_path, "0.9.9", "manylinux_2_17_x86_64.manylinux2014_x86_64", "older"),
        wheel(tmp_path, "0.13.9", "manylinux_2_17_x86_64.manylinux2014_x86_64", "newest"),
        wheel(tmp_path, "0.13.9", "musllinux_1_1_x86_64", "musl"),
        wheel(tmp_path, "0.13.9", "manylinux_2_17_aarch64", "arm"),
        wheel(tmp_path, "0.13.9", "win_amd64", "windows"),
        wheel(tmp_path, "0.13.9", "macosx_11_0_arm64", "mac"),
    ]
    with closing(PackageIndex()) as served:
        yield served.add("simple", *made)


@pytest.mark.parametrize(
    ("platform", "content"),
    [
        (LINUX, "newest"),
        (Platform("linux", "x86_64", musl=True), "musl"),
        (Platform("linux", "aarch64"), "arm"),
        (Platform("win32", "AMD64"), "windows"),
        (Platform("darwin", "arm64"), "mac"),
    ],
)
def test_the_newest_that_runs_here_is_taken(index, tmp_path, platform, content):
    target = get_uv(tmp_path / "engine" / "uv", platform, index, None, fetch)
    assert target.read_text() == content
    assert target.stat().st_mode & 0o111
    assert [path.name for path in target.parent.iterdir()] == ["uv"]


def test_a_folder_of_wheels_comes_first(index, tmp_path):
    (tmp_path / "w").mkdir()
    wheel(tmp_path / "w", "0.1.0", "manylinux_2_17_x86_64", "from the folder")
    assert get_uv(tmp_path / "uv", LINUX, index, tmp_path / "w", fetch).read_text() == "from the folder"


def code_of(raised):
    return raised.value.message.code


def test_without_the_network_and_wheel_there_is_none(tmp_path):
    with pytest.raises(SetupError) as raised:
        get_uv(tmp_path / "uv", LINUX, "https://nowhere", tmp_path, None)
    assert code_of(raised) == "uv-not-offline"


def test_what_was_altered_is_thrown_away(index, tmp_path):
    for path in tmp_path.glob("*0.13.9*"):
        path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(SetupError) as raised:
        get_uv(tmp_path / "uv", LINUX, index, None, fetch)
    assert code_of(raised) == "uv-altered" and not (tmp_path / "uv").exists()


def test_other_machines_and_addresses_are_one_sentence(index, tmp_path):
    with pytest.raises(SetupError) as raised:
        get_uv(tmp_path / "uv", Platform("linux", "mips"), index, None, fetch)
    assert code_of(raised) == "uv-none-fits"
    with pytest.raises(SetupError) as raised:
        get_uv(tmp_path / "uv", LINUX, index + "/nothing", None, fetch)
    assert code_of(raised) == "uv-unreachable"


def test_a_wheel_that_is_cut_off_is_refused(tmp_path):
    whole = wheel(tmp_path, "0.1.0", "manylinux_2_17_x86_64", "x" * 1000)
    Path(whole).write_bytes(whole.read_bytes()[:100])
    with pytest.raises(SetupError):
        get_uv(tmp_path / "uv", LINUX, "", tmp_path, None)
    assert not (tmp_path / "uv").exists()
