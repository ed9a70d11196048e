"""Errors that the user sees: one sentence, in the user's language."""

from __future__ import annotations

from typing import Optional

from .catalog import catalogue
from .engine_client.client import TEXTS, ClientError
from .engine_client.documents import Message
from .i18n import filled, language, tr

_IN = "_in"
"""The value ``X_in`` of a message holds the value ``X`` by languages."""
_UNUSABLE = ("client-no-start", "client-not-installed")


class PluginError(Exception):
    """Something cannot be done; the text is one translated sentence, ``details`` is for experts."""

    code = ""
    """Of the message it was made of, if it was."""

    def __init__(self, sentence: str, details: str = "") -> None:
        super().__init__(sentence)
        self.details = details


class EngineUnusable(PluginError):
    """There is no engine, or it does not start; the sentence ends with the way to the page that helps.

    ``what`` is the sentence without it, for that page itself.
    """

    def __init__(self, sentence: str, details: str = "") -> None:
        self.what = sentence
        way = tr("Set it up under Settings ▸ Options ▸ RS-DINO.")
        super().__init__(both(sentence, way), details)


def sentence(message: Message) -> str:
    """A message of the engine, of its client or of its installer in the user's language; so are messages in it."""
    params = {key: sentence(value) if isinstance(value, Message) else value for key, value in message.params.items()}
    for key, value in message.params.items():
        if key.endswith(_IN) and isinstance(value, dict) and value.get(language()):
            params[key[: -len(_IN)]] = value[language()]
    template = TEXTS.get(message.code) or catalogue().messages.get(message.code) or _of_setup(message.code)
    return filled(template or message.text, params, message.text)


def _of_setup(code: str) -> Optional[str]:
    from .engine_client.setup_texts import TEXTS as of_setup  # needed only while something is set up

    return of_setup.get(code)


def both(one: str, other: str) -> str:
    """Two sentences, with what the language has between them."""
    return tr("{one} {other}").format(one=one, other=other)


def why_not_begun(error: Exception) -> str:
    """Why a job cannot begin: what a :class:`PluginError` says, or that its folder cannot be written."""
    if isinstance(error, PluginError):
        return str(error)
    return tr("The job's folder cannot be written: {reason}").format(reason=error)


def from_client(error: ClientError) -> PluginError:
    """A client's error as the user sees it."""
    return failure(error.message, error.details)


def failure(message: Message, details: str = "") -> PluginError:
    """Why something failed, as the user sees it."""
    kind = EngineUnusable if message.code in _UNUSABLE else PluginError
    error = kind(sentence(message), details)
    error.code = message.code
    return error
