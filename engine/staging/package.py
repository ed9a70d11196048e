"""Makes dist/rs_dino_plugin-<version>.zip out of the staged folder, and refuses what plugins.qgis.org refuses.

python engine/staging/package.py            stage, zip, check the structure
python engine/staging/package.py --scan     also run bandit, detect-secrets and flake8 (they must be installed
                                            where this Python is) as the upload does
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import zipfile
from configparser import ConfigParser
from pathlib import Path
from typing import List

from stage import PLUGIN, ROOT, plugin_version, stage_plugin

MAX_BYTES = 20_000_000
MANDATORY = (
    "name", "description", "version", "qgisMinimumVersion", "author", "email", "about",
    "tracker", "repository", "homepage",
)  # fmt: skip
FORBIDDEN = re.compile(r"\.pyc$|__pycache__|\.git(/|$)|__MACOSX|\\|^/|^[A-Za-z]:|(^|/)\.\.(/|$)")


def main(arguments: List[str]) -> None:
    if arguments not in ([], ["--scan"]):
        raise SystemExit(__doc__)
    archive = make_zip(stage_plugin(), ROOT / "dist" / f"{PLUGIN}-{plugin_version()}.zip")
    problems = structure_problems(archive)
    if arguments:
        problems += scan_problems(archive)
    if problems:
        raise SystemExit("\n".join(problems))
    print(f"Made {archive.relative_to(ROOT)}, {archive.stat().st_size / 1e6:.2f} MB")


def make_zip(folder: Path, archive: Path) -> Path:
    """Zip a folder so that the same files make the same bytes: sorted, one date, one mode."""
    archive.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            name = path.relative_to(folder.parent).as_posix()
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            entry.external_attr = 0o100644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, path.read_bytes(), compresslevel=9)
    return archive


def structure_problems(archive: Path) -> List[str]:
    """What the upload would reject, one sentence each."""
    problems = []
    if archive.stat().st_size > MAX_BYTES:
        problems.append(f"{archive.name} has {archive.stat().st_size} bytes, more than {MAX_BYTES}.")
    with zipfile.ZipFile(archive) as packed:
        names = packed.namelist()
        for name in names:
            if FORBIDDEN.search(name) or not name.startswith(PLUGIN + "/"):
                problems.append(f"{name} may not be in the zip.")
        for needed in ("__init__.py", "metadata.txt", "LICENSE"):
            if f"{PLUGIN}/{needed}" not in names:
                problems.append(f"{needed} is missing.")
        if not any(name.endswith(".whl") for name in names):
            problems.append("The engine's wheel is missing.")
        metadata = ConfigParser(interpolation=None)
        metadata.read_string(packed.read(f"{PLUGIN}/metadata.txt").decode("utf-8"))
    for key in MANDATORY:
        if not metadata["general"].get(key):
            problems.append(f"metadata.txt has no {key}.")
    for key in ("tracker", "repository", "homepage"):
        if not re.fullmatch(r"https://[\w.-]+(/[\w./-]+)?", metadata["general"].get(key, "")):
            problems.append(f"metadata.txt: {key} is not a URL.")
    return problems


def scan_problems(archive: Path) -> List[str]:
    """What the scanners of plugins.qgis.org find in the unpacked zip; one finding blocks an upload."""
    with tempfile.TemporaryDirectory() as temporary:
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(temporary)
        problems = []
        for command in (
            ["bandit", "-q", "-r", ".", "-s", "B404,B411"],
            ["flake8", "--isolated", "--max-line-length=120", "."],
        ):
            done = subprocess.run([sys.executable, "-m", *command], cwd=temporary, stdout=subprocess.PIPE, check=False)
            if done.returncode:
                problems.append(f"{command[0]}:\n{done.stdout.decode('utf-8', 'replace')}")
        secrets = subprocess.run(
            [sys.executable, "-m", "detect_secrets", "scan", "--all-files", "--exclude-files", r"metadata\.txt", "."],
            cwd=temporary, stdout=subprocess.PIPE, check=True,
        )  # fmt: skip
        found = json.loads(secrets.stdout)["results"]
        if found:
            problems.append(f"detect-secrets: {found}")
        return problems


if __name__ == "__main__":
    main(sys.argv[1:])
