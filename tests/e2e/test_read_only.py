"""The plugin in a folder that nobody may write, as an administrator installs it for everybody."""

import os
import subprocess

import pytest

QGIS_PROCESS = "qgis_process.bin"


@pytest.fixture
def read_only(profile):
    """The plugin's folder, not to be written by anybody."""
    folder = profile.folder / "profiles" / "default" / "python" / "plugins" / "rs_dino_plugin"
    if os.geteuid() != 0:
        modes = {path: path.stat().st_mode for path in [folder, *folder.rglob("*")]}
        for path, mode in modes.items():
            path.chmod(mode & ~0o222)
        yield folder
        for path, mode in modes.items():
            path.chmod(mode)
        return
    if subprocess.run(["mount", "--bind", str(folder), str(folder)], capture_output=True).returncode:
        pytest.skip("nothing can be mounted here, and to root everything can be written")
    subprocess.run(["mount", "-o", "remount,ro,bind", str(folder)], check=True)
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_plugin_runs_from_a_folder_that_cannot_be_written(profile, read_only, raster, tmp_path):
    with pytest.raises(OSError):
        (read_only / "mark").touch()
    labels = tmp_path / "类别 l.tif"
    arguments = [f"INPUT={raster}", "DEVICE=cpu", f"LABELS={labels}"]
    done = profile.run(QGIS_PROCESS, "run", "rsdino:segment", "--", *arguments, PYTHONDONTWRITEBYTECODE="")
    said = done.stdout.decode() + done.stderr.decode()
    assert done.returncode == 0 and "Traceback" not in said, said
    assert labels.is_file()
