"""Errors that reach people: one sentence for everybody, details for experts."""

from __future__ import annotations

from typing import Any, Optional

from .messages import Message, message

EXIT_SUCCESS, EXIT_FAILURE, EXIT_USER_ERROR, EXIT_CANCELLED = 0, 1, 2, 130


class EngineError(Exception):
    """The run failed; ``code`` names a sentence of :mod:`.messages`, ``detail`` goes to the log only."""

    exit_code = EXIT_FAILURE

    def __init__(self, code: str, detail: Optional[str] = None, **params: Any) -> None:
        self.message: Message = message(code, **params)
        self.detail = detail
        super().__init__(self.message.text)


class UserError(EngineError):
    """What was asked cannot be done, and the person who asked can change that."""

    exit_code = EXIT_USER_ERROR


class Cancelled(EngineError):
    """The job was asked to stop."""

    exit_code = EXIT_CANCELLED

    def __init__(self) -> None:
        super().__init__("cancelled")
