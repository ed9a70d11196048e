"""Real wheels of a few hundred bytes, so that real pip and real uv install something without a network."""

import base64
import hashlib
import zipfile
from pathlib import Path

ENGINE = """
import json, os, sys
import torch
assert sys.argv[1:] == ["doctor", "--json"], sys.argv
state = "bad" if os.path.exists(os.path.join(os.path.dirname(torch.__file__), "broken")) else "good"
check = {"title": "torch", "state": state, "said": torch.WHERE}
print(json.dumps({"ok": state == "good", "checks": [check]}))
"""


def make_wheel(folder, name, version, files, requires=(), extras=()):
    """A wheel of pure Python; returns its path."""
    folder.mkdir(parents=True, exist_ok=True)
    module, info = name.replace("-", "_"), f"{name.replace('-', '_')}-{version}.dist-info"
    metadata = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}"]
    metadata += [f"Provides-Extra: {extra}" for extra in extras] + [f"Requires-Dist: {one}" for one in requires]
    content = {f"{module}/{file}": text for file, text in files.items()}
    content[f"{info}/METADATA"] = "\n".join(metadata) + "\n"
    content[f"{info}/WHEEL"] = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    record = []
    for file, text in content.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
        record.append(f"{file},sha256={digest},{len(text.encode())}")
    content[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,"]) + "\n"
    path = folder / f"{module}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as packed:
        for file, text in content.items():
            packed.writestr(file, text)
    return path


def make_folder(folder: Path, torch: str = "2.0.0", where: str = "here") -> Path:
    """A folder of wheels with everything that the tiny engine needs."""
    make_wheel(folder, "torch", torch, {"__init__.py": f"WHERE = {where!r}\n"})
    make_wheel(folder, "tiny-runtime", "1.0", {"__init__.py": ""})
    return folder


def make_engine(folder: Path, version: str = "9.9.9") -> Path:
    """The tiny engine's wheel: what the plugin carries."""
    requires = ["torch>=1.10", "tiny-runtime; extra == 'onnx'"]
    files = {"__init__.py": "", "__main__.py": ENGINE}
    return make_wheel(folder, "rs-dino-engine", version, files, requires, ("onnx", "trees"))
