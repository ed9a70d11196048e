"""Errors that the user sees: one sentence, in the user's language."""

from __future__ import annotations

from .catalog import catalogue
from .engine_client.client import TEXTS, ClientError
from .engine_client.documents import Message
from .i18n import filled


class PluginError(Exception):
    """Something cannot be done; the text is one translated sentence, ``details`` is for experts."""

    def __init__(self, sentence: str, details: str = "") -> None:
        super().__init__(sentence)
        self.details = details


def sentence(message: Message) -> str:
    """A message of the engine or of its client in the user's language."""
    template = TEXTS.get(message.code) or catalogue().messages.get(message.code) or message.text
    return filled(template, message.params, message.text)


def from_client(error: ClientError) -> PluginError:
    """A client's error as the user sees it."""
    return PluginError(sentence(error.message), error.details)
