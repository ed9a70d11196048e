"""What is said while an engine is set up, and what goes wrong then.

Words that are not ours, and in whatever language they are, stand on a second line.
"""

from __future__ import annotations

import re
from typing import Dict

from .documents import Message

TEXTS: Dict[str, str] = {
    # which build of PyTorch
    "setup-torch-asked": "PyTorch: the build {build}, as chosen.",
    "setup-torch-index": "PyTorch: what the package index has, as chosen.",
    "setup-torch-mac": "PyTorch for macOS: it uses the processor, and Apple's graphics where they are there.",
    "setup-torch-no-card": "PyTorch for the processor: no NVIDIA driver was found on this machine.",
    "setup-torch-no-cards": "PyTorch for the processor: NVIDIA's driver is here, but it lists no card.",
    "setup-torch-old-card": "PyTorch for the processor: the {card} is older than PyTorch's builds support.",
    "setup-torch-old-driver": "PyTorch for the processor: the driver {driver} of the {card} is too old; update it, then"
    " set up again.",
    "setup-torch-card": "PyTorch for the {card}: the driver {driver} runs the build {build}.",
    "setup-torch-enflame": "PyTorch for the processor. There is an Enflame card: its PyTorch comes with TopsRider; to"
    " use it, choose that Python instead of making an environment.",
    "setup-torch-folder": "PyTorch: {file}, from the folder of wheels.",
    # what it is made with
    "setup-with-uv": "The environment is made by uv ({path}).",
    "setup-with-pip": "The environment is made with {python} and pip, because uv could not be had: {reason}",
    "setup-pip-asked": "The environment is made with {python} and pip.",
    # how far it is
    "setup-step-tool": "Getting uv",
    "setup-step-environment": "Making the environment",
    "setup-step-torch": "Installing PyTorch, the largest part",
    "setup-step-engine": "Installing the engine and what else it needs",
    "setup-step-check": "Checking whether everything works",
    # what can go wrong
    "setup-no-wheel": "The plugin's folder has no engine to install; install the plugin again from its zip.",
    "setup-foreign-folder": "{folder} is not empty and was not made by RS-DINO; choose another folder.",
    "setup-busy": "Another QGIS is setting up the engine in {folder} right now.",
    "setup-disk": "{folder} has {free} MB free; the environment needs about {needed} MB.",
    "setup-folder-unwritable": "{folder} cannot be written.\nWhat the system said: {reason}",
    "setup-folder-in-use": "What is in {folder} cannot be replaced while it is used: end running jobs, or restart QGIS."
    "\nWhat the system said: {reason}",
    "setup-no-python": "No Python {oldest} to {newest} that can make an environment was found, and uv, which would"
    " bring one, could not be had: {reason}",
    "setup-python-unfit": "{python} cannot be used: a 64-bit Python {oldest} to {newest} with venv and ssl is needed.",
    "setup-network": "{step}: the network did not give what is needed. Check the connection, the proxy of QGIS, or"
    " choose a mirror, then try again: packages that came whole are kept.\nWhat the tool said: {reason}",
    "setup-certificate": "{step}: the other side's certificate was not accepted. Behind a company's proxy, its"
    " certificate must be known to the system.\nWhat the tool said: {reason}",
    "setup-nothing-fits": "{step}: no package fits this machine and Python.\nWhat the tool said: {reason}",
    "setup-disk-full": "{step}: the disk is full.",
    "setup-refused": "{step}: a file could not be written; it may be in use.\nWhat the tool said: {reason}",
    "setup-failed": "{step} did not work.\nWhat the tool said: {reason}",
    "setup-check-failed": "Everything was installed, but the engine does not work.\nWhat it said: {reason}",
    "setup-cancelled": "Setting up was cancelled; what was done is kept and will be gone on with.",
    "uv-none-fits": "{index} has no uv for this machine",
    "uv-altered": "the uv that {index} sent is not the one it announced",
    "uv-not-offline": "the folder of wheels has none, and the network is not to be used",
    "uv-unreachable": "{index} did not answer.\nWhat the network said: {reason}",
}

_CAUSES = (
    ("setup-disk-full", r"No space left|os error 28\b|WinError 112|not enough space"),
    ("setup-certificate", r"CERTIFICATE_VERIFY_FAILED|invalid peer certificate|SSLError|UnknownIssuer"),
    (
        "setup-network",
        r"ConnectionError|NewConnectionError|Max retries|ReadTimeout|timed out|name resolution|getaddrinfo|dns error"
        r"|error sending request|Failed to (fetch|download)|connection (was )?(reset|refused|closed)|Proxy ?Error"
        r"|tunnel error|IncompleteRead|HTTP status",
    ),
    ("setup-nothing-fits", r"No matching distribution|No solution found|not a supported wheel|No interpreter found"),
    ("setup-refused", r"Permission denied|Access is denied|PermissionError|WinError (5|32)\b|os error (5|13|32)\b"),
)


class SetupError(Exception):
    """Setting up cannot go on; one sentence as a message, ``details`` are the tail of what was printed."""

    def __init__(self, code: str, details: str = "", **params: object) -> None:
        self.message = said(code, **params)
        self.details = details
        super().__init__(self.message.text)


def said(code: str, **params: object) -> Message:
    """A message of setting up, whose values may be messages; a code that is not in ``TEXTS`` raises ``KeyError``."""
    plain = {name: value.text if isinstance(value, Message) else value for name, value in params.items()}
    return Message(code, dict(params), TEXTS[code].format(**plain))


def cause(step: Message, printed: str) -> SetupError:
    """What went wrong in ``step``, told by what was ``printed``."""
    lines = [line.strip() for line in printed.splitlines() if line.strip()]
    for code, pattern in _CAUSES:
        matching = [line for line in lines if re.search(pattern, line, re.IGNORECASE)]
        if matching:
            return SetupError(code, details=printed, step=step, reason=_short(matching[-1]))
    telling = [line for line in lines if re.match(r"(ERROR|error|fatal)", line)] or lines or ["?"]
    return SetupError("setup-failed", details=printed, step=step, reason=_short(telling[-1]))


def _short(line: str) -> str:
    return line if len(line) <= 300 else line[:297] + "…"
