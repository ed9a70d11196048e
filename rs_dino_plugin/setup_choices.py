"""What the user has chosen for setting an engine up and for fetching models; kept in QGIS's settings."""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Dict, List
from urllib.parse import quote

from qgis.core import QgsNetworkAccessManager, QgsSettings
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtNetwork import QNetworkProxy, QNetworkProxyFactory, QNetworkProxyQuery

from .engine_client.setup_wishes import Wishes
from .engine_client.torch_build import AUTOMATIC
from .paths import engine_wheel
from .settings import engine_folder, set_engine_folder

_GROUP = "rsdino/setup/"
MODEL_FOLDERS = "rsdino/model_folders"


@dataclass(frozen=True)
class Choices:
    """Empty addresses are the usual ones."""

    folder: str = ""
    python: str = ""
    build: str = AUTOMATIC
    index: str = ""
    torch_index: str = ""
    python_mirror: str = ""
    model_mirror: str = ""
    wheels: str = ""
    offline: bool = False
    uv: bool = True

    def wishes(self, proxy: str) -> Wishes:
        """The same, for the installer."""
        given = {name: value for name, value in asdict(self).items() if name not in ("folder", "model_mirror")}
        folder = Path(self.folder) if self.folder else engine_folder()
        return Wishes(folder=folder, wheel=engine_wheel(), proxy=proxy, **given)


MIRRORS_IN_CHINA = {
    "index": "https://pypi.tuna.tsinghua.edu.cn/simple",
    "torch_index": "https://mirrors.nju.edu.cn/pytorch/whl",
    "python_mirror": "https://mirror.nju.edu.cn/github-release/astral-sh/python-build-standalone",
    "model_mirror": "https://hf-mirror.com",
}


def load_choices() -> Choices:
    """What was chosen."""
    settings = QgsSettings()
    read = {
        field.name: settings.value(_GROUP + field.name, field.default, type=type(field.default))
        for field in fields(Choices)
        if field.name != "folder"
    }
    return Choices(folder=str(engine_folder()), **read)


def save_choices(choices: Choices) -> None:
    """Keep them; what is the default is not written."""
    settings, usual = QgsSettings(), Choices()
    set_engine_folder(choices.folder)
    for name, value in asdict(choices).items():
        if name == "folder":
            continue
        if value == getattr(usual, name):
            settings.remove(_GROUP + name)
        else:
            settings.setValue(_GROUP + name, value)


def model_folders() -> List[str]:
    """The folders in which the user keeps models."""
    found = QgsSettings().value(MODEL_FOLDERS, [])
    return [found] if isinstance(found, str) and found else list(found or [])


def set_model_folders(folders: List[str]) -> None:
    """Keep them."""
    QgsSettings().setValue(MODEL_FOLDERS, folders)


def proxy_address() -> str:
    """The proxy that QGIS uses, as programs beside it are told of it; empty when there is none. Main thread only."""
    proxy = QgsNetworkAccessManager.instance().fallbackProxy()
    kinds = QNetworkProxy.ProxyType
    if proxy.type() == kinds.DefaultProxy:
        query = QNetworkProxyQuery(QUrl("https://pypi.org"))
        proxy = next(iter(QNetworkProxyFactory.systemProxyForQuery(query)), proxy)
    scheme = {kinds.HttpProxy: "http", kinds.HttpCachingProxy: "http", kinds.Socks5Proxy: "socks5h"}.get(proxy.type())
    if scheme is None or not proxy.hostName():
        return ""
    user = quote(proxy.user(), safe="")
    login = f"{user}:{quote(proxy.password(), safe='')}@" if user else ""
    return f"{scheme}://{login}{proxy.hostName()}:{proxy.port()}"


def network_variables(choices: Choices, proxy: str) -> Dict[str, str]:
    """What an engine that fetches models has to know of the network."""
    found = {"HF_ENDPOINT": choices.model_mirror} if choices.model_mirror else {}
    return {**found, **({"HTTPS_PROXY": proxy, "HTTP_PROXY": proxy} if proxy else {})}
