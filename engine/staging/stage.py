"""Builds what is installed: the engine's package data, its wheel, and the plugin's folder.

    python engine/staging/stage.py            the engine's package data, for a run from the checkout
    python engine/staging/stage.py plugin     that, the wheel, and build/stage/rs_dino_plugin (needs lrelease)

Tests and QGIS load the staged folder, so that no code has to ask whether it is a checkout.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path
from typing import List

from engine_data import NOT_COPIED, RESOURCES, ROOT, replace_tree, stage_engine_data
from help_pages import write_help
from translate import compile_translations

ENGINE = ROOT / "engine"
BUILD = ROOT / "build"
PLUGIN = "rs_dino_plugin"
STAGE = BUILD / "stage" / PLUGIN

IN_PLUGIN = ("icons", "styles", "help", "catalog.json")
EPOCH = "315532800"  # 1980-01-01, the oldest date that a zip can hold: the same input makes the same wheel


def main(arguments: List[str]) -> None:
    if arguments not in ([], ["plugin"]):
        raise SystemExit(__doc__)
    made = stage_plugin() if arguments else stage_engine_data()
    print(f"Staged {made.relative_to(ROOT)}")


def stage_plugin() -> Path:
    """Make the plugin's folder from scratch, exactly as it goes into the zip."""
    _check_versions()
    wheel = build_wheel()
    if STAGE.exists():
        shutil.rmtree(STAGE)
    shutil.copytree(ROOT / PLUGIN, STAGE, ignore=NOT_COPIED)
    shutil.copy2(ROOT / "metadata.txt", STAGE)
    shutil.copy2(ROOT / "LICENSE", STAGE)
    replace_tree(RESOURCES, STAGE / "resources", IN_PLUGIN)
    write_help(RESOURCES, STAGE / "resources" / "help")
    (STAGE / "resources" / "models.json").write_text(_embedded_models(), encoding="utf-8")
    compile_translations(STAGE / "i18n")
    (STAGE / "engine").mkdir()
    shutil.copy2(wheel, STAGE / "engine")
    return STAGE


def build_wheel() -> Path:
    """The engine's wheel with its data. It is built in a copy, where no earlier build can leave modules behind,
    and kept until a file changes."""
    stage_engine_data()
    copy = BUILD / "wheel-source"
    if copy.exists():
        shutil.rmtree(copy)
    copy.mkdir(parents=True)
    shutil.copytree(ENGINE / "rs_dino_engine", copy / "rs_dino_engine", ignore=NOT_COPIED)
    shutil.copy2(ENGINE / "pyproject.toml", copy)
    shutil.copy2(ROOT / "LICENSE", copy)
    folder = BUILD / "wheel" / _digest(copy)
    if not list(folder.glob("*.whl")):
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(copy)]
        subprocess.run(command, check=True, env={**os.environ, "SOURCE_DATE_EPOCH": EPOCH})
    (wheel,) = folder.glob("*.whl")
    return wheel


def plugin_version() -> str:
    """The version in metadata.txt."""
    metadata = ConfigParser(interpolation=None)
    metadata.read(ROOT / "metadata.txt", encoding="utf-8")
    return metadata["general"]["version"]


def _check_versions() -> None:
    """The catalogue is the engine's, so plugin, catalogue and engine have one version."""
    source = (ENGINE / "rs_dino_engine" / "__init__.py").read_text(encoding="utf-8")
    engine = re.findall(r'__version__ = "(.+)"', source)[0]
    catalogue = json.loads((RESOURCES / "catalog.json").read_text(encoding="utf-8"))["engine"]
    if not plugin_version() == engine == catalogue:
        raise SystemExit(f"Versions differ: metadata.txt {plugin_version()}, engine {engine}, catalog.json {catalogue}")


def _embedded_models() -> str:
    """What the plugin tells of the embedded models without asking the engine."""
    found = []
    for path in sorted((RESOURCES / "models").glob("*/model.json")):
        spec = json.loads(path.read_text(encoding="utf-8"))
        card = {key: spec[key] for key in ("name", "title", "task", "licence") if key in spec}
        card["input"] = {key: spec["input"][key] for key in ("gsd_m", "bands") if key in spec["input"]}
        card["network"] = {"kind": spec.get("network", {}).get("kind", "")}
        card["output"] = {key: spec["output"][key] for key in ("kind", "class_map") if key in spec["output"]}
        found.append(card)
    return json.dumps(found, ensure_ascii=False, indent=1)


def _digest(folder: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


if __name__ == "__main__":
    main(sys.argv[1:])
