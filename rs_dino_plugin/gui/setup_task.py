"""Setting an engine up, as a task that goes on when the options are closed."""

from __future__ import annotations

import os
from typing import Optional

from qgis.core import QgsBlockingNetworkRequest
from qgis.PyQt.QtCore import QUrl
from qgis.PyQt.QtNetwork import QNetworkRequest

from ..engine_client.setup import Setup
from ..i18n import tr
from ..setup_choices import Choices, proxy_address
from .background import Background, running

KIND = "rs-dino-setup"


def start_setup(choices: Choices) -> Background:
    """Begin; the one that is running, if there is one."""
    wishes = choices.wishes(proxy_address())

    def work(task: Background) -> str:
        def hear(progress) -> None:
            task.setProgress(progress.percent)
            task.heard.emit(progress)

        return str(Setup(wishes, os.environ, fetch, hear, task.isCanceled).run())

    already = running_setup()
    if already is not None:
        return already
    task = Background(tr("Setting up RS-DINO's engine"), work)
    task.setObjectName(KIND)
    return task.start()


def running_setup() -> Optional[Background]:
    """The one that is at work now."""
    return running(KIND)


def fetch(address: str) -> bytes:
    """The content at an address, by QGIS's network; raises ``OSError``. For threads other than the main one."""
    request = QgsBlockingNetworkRequest()
    if request.get(QNetworkRequest(QUrl(address)), True) != QgsBlockingNetworkRequest.ErrorCode.NoError:
        raise OSError(request.errorMessage())
    return bytes(request.reply().content())
