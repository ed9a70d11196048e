"""Setting an engine up, as a task that goes on when the options are closed."""

from __future__ import annotations

import os
from functools import partial
from typing import Callable, Optional

from qgis.core import QgsBlockingNetworkRequest, QgsFeedback, QgsNetworkAccessManager
from qgis.PyQt.QtCore import QTimer, QUrl
from qgis.PyQt.QtNetwork import QNetworkProxy, QNetworkRequest

from ..engine_client.command import IsCancelled, never
from ..engine_client.setup import Progress, Setup
from ..engine_client.setup_texts import said
from ..i18n import tr
from ..notices import engine_works
from ..setup_choices import Choices, proxy_address
from .background import Background, running

KIND = "rs-dino-setup"
LOOK_MS = 100
"""How often a download looks whether it was cancelled."""


def start_setup(choices: Choices) -> Background:
    """Begin; the one that is running, if there is one."""
    wishes, network = choices.wishes(proxy_address()), qgis_network()

    def work(task: Background) -> str:
        def hear(progress) -> None:
            task.setProgress(progress.percent)
            task.heard.emit(progress)

        def told(received: int) -> None:
            hear(Progress(said("setup-step-tool"), 0.0, mb=received // 1_000_000))

        fetch = partial(network, cancelled=task.isCanceled, told=told)
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


def qgis_network() -> Callable[..., bytes]:
    """What fetches by QGIS's network as it is set up now, in another thread; to be called on the main thread.

    There it takes an address, gives ``told`` how many bytes have come, and raises ``OSError`` when ``cancelled``.
    """
    main = QgsNetworkAccessManager.instance()
    proxy = QNetworkProxy(main.fallbackProxy()), main.excludeList(), main.noProxyList()

    def fetch(
        address: str, cancelled: IsCancelled = never, told: Callable[[int], None] = lambda received: None
    ) -> bytes:
        # a thread keeps the proxy that was set when it first used the network
        QgsNetworkAccessManager.instance().setFallbackProxyAndExcludes(*proxy)
        request, feedback, look = QgsBlockingNetworkRequest(), QgsFeedback(), QTimer()
        request.downloadProgress.connect(lambda received, total: told(received))
        look.timeout.connect(lambda: cancelled() and feedback.cancel())  # while the request waits in this thread
        look.start(LOOK_MS)
        ended = request.get(QNetworkRequest(QUrl(address)), True, feedback)
        look.stop()
        if ended != QgsBlockingNetworkRequest.ErrorCode.NoError:
            raise OSError(request.errorMessage())
        return bytes(request.reply().content())

    return fetch
