"""What is wished of setting an engine up, and the environment in which pip and uv then run."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Dict, Mapping

from .environment import engine_environment
from .torch_build import AUTOMATIC

_SETTINGS_OF_OTHERS = (
    "PIP_USER",
    "PIP_TARGET",
    "PIP_PREFIX",
    "PIP_REQUIRE_VIRTUALENV",
    "UV_SYSTEM_PYTHON",
    "UV_LINK_MODE",  # links into a cache that is taken away would break the engine
)
_SYSTEM_CERTIFICATES = ("UV_SYSTEM_CERTS", "UV_NATIVE_TLS")
"""uv's newer and its older name for trusting what the system trusts, which is more than what uv brings."""


@dataclass(frozen=True)
class Wishes:
    """What is to be set up, and from where. Empty addresses are the usual ones, an empty ``python`` any that fits."""

    folder: Path
    wheel: Path
    python: str = ""
    build: str = AUTOMATIC
    index: str = ""
    torch_index: str = ""
    python_mirror: str = ""
    wheels: str = ""
    offline: bool = False
    proxy: str = ""
    uv: bool = True

    def key(self) -> Dict[str, Any]:
        """What has to be the same for a half-made environment to be gone on with."""
        return {"python": self.python, "build": self.build, "uv": self.uv}


def setup_environment(parent: Mapping[str, str], wishes: Wishes) -> Dict[str, str]:
    """The environment of pip and uv: cleaned of QGIS and of settings that lead elsewhere, with mirror and proxy."""
    made = engine_environment(parent, os.pathsep)
    made = {name: value for name, value in made.items() if name.upper() not in _SETTINGS_OF_OTHERS}
    usual = {"PIP_RETRIES": "10", "PIP_DEFAULT_TIMEOUT": "60", "UV_HTTP_TIMEOUT": "120", "UV_NO_PROGRESS": "1"}
    if not any(name in made for name in _SYSTEM_CERTIFICATES):
        usual.update(dict.fromkeys(_SYSTEM_CERTIFICATES, "1"))
    made = {**usual, **made}
    if wishes.python_mirror:
        made["UV_PYTHON_INSTALL_MIRROR"] = wishes.python_mirror
    if wishes.offline:
        made["UV_PYTHON_DOWNLOADS"] = "never"
    if wishes.wheels:  # another folder could have another PyTorch
        made = {name: value for name, value in made.items() if not name.upper().endswith("_FIND_LINKS")}
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy") if wishes.proxy else ():
        made[name] = wishes.proxy
    return made
