"""Setting an engine up, as a task that goes on when the options are closed."""

from __future__ import annotations

import os
from typing import Optional

from qgis.core import QgsBlockingNetworkRequest, QgsNetworkAccessManager
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtNetwork import QNetworkProxy, QNetworkRequest

from ..engine_client.setup import Setup
from ..engine_client.uv_tool import Fetch
from ..i18n import tr
from ..notices import engine_works
from ..setup_choices import Choices, proxy_address
from .background import Background, running

KIND = "rs-dino-setup"


def start_setup(choices: Choices) -> Background:
    """Begin; the one that is running, if there is one."""
    wishes, fetch = choices.wishes(proxy_address()), qgis_network()

    def work(task: Background) -> str:
        def hear(progress) -> None:
            task.setProgress(progress.percent)
            task.heard.emit(progress)

        python = str(Setup(wishes, os.environ, fetch, hear, task.isCanceled).run())
        engine_works()
        return python

    already = running_setup()
    if already is not None:
        return already
    task = Background(tr("Setting up RS-DINO's engine"), work)
    task.setObjectName(KIND)
    return task.start()


def running_setup() -> Optional[Background]:
    """The one that is at work now."""
    return running(KIND)


def qgis_network() -> Fetch:
    """What fetches by QGIS's network as it is set up now, in another thread; to be called on the main thread."""
    main = QgsNetworkAccessManager.instance()
    proxy = QNetworkProxy(main.fallbackProxy()), main.excludeList(), main.noProxyList()

    def fetch(address: str) -> bytes:
        # a thread keeps the proxy that was set when it first used the network
        QgsNetworkAccessManager.instance().setFallbackProxyAndExcludes(*proxy)
        request = QgsBlockingNetworkRequest()
        if request.get(QNetworkRequest(QUrl(address)), True) != QgsBlockingNetworkRequest.ErrorCode.NoError:
            raise OSError(request.errorMessage())
        return bytes(request.reply().content())

    return fetch
