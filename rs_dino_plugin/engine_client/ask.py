"""One question to an engine on this machine: a verb of its command line that answers with JSON."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, List, Mapping, Optional

from .client import ClientError
from .command import Finished, Hear, IsCancelled, never, run_command
from .documents import Message
from .environment import engine_environment

NOT_INSTALLED = "No module named rs_dino_engine"


class Refusal(ClientError):
    """The engine says why it did not do what was asked."""

    def __init__(self, message: Message) -> None:
        Exception.__init__(self, message.text)
        self.message, self.details = message, ""


def ask(
    python: Path,
    arguments: List[str],
    variables: Optional[Mapping[str, str]] = None,
    hear: Hear = lambda line: None,
    cancelled: IsCancelled = never,
    given: str = "",
) -> Any:
    """The answer to ``rs-dino ARGUMENTS --json``; None when it was cancelled.

    ``variables`` come on top of the cleaned environment; ``given`` goes to stdin, for what no list of processes is to
    show. Raises :class:`ClientError`.
    """
    environment = {**engine_environment(os.environ, os.pathsep), **(variables or {})}
    command = [str(python), "-m", "rs_dino_engine", *arguments, "--json"]
    try:
        done = run_command(command, environment, Path.home(), hear, cancelled, answers=True, given=given)
    except OSError as error:
        raise ClientError("client-no-start", python=str(python), reason=str(error)) from error
    return None if done.stopped else _answer(done, python)


def _answer(done: Finished, python: Path) -> Any:
    if NOT_INSTALLED in done.tail:
        raise ClientError("client-not-installed", python=str(python))
    try:
        answer = json.loads(done.answer)
    except ValueError as error:
        if done.code < 0:
            raise ClientError("client-killed", details=done.tail, signal=-done.code) from error
        raise ClientError("client-crashed", details=done.tail, exit_code=done.code) from error
    if isinstance(answer, dict) and "error" in answer:
        raise Refusal(Message.from_document(answer["error"]))
    return answer
