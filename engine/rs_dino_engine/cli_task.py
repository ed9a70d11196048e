"""A verb of the command line out of a task's declaration, and what happens when it is called."""

from __future__ import annotations

import argparse
import glob
import json
import re
from pathlib import Path
from typing import Any, Dict, Optional, TextIO

from .catalog import InputEntry, input_entries
from .errors import EXIT_FAILURE, EXIT_SUCCESS, EXIT_USER_ERROR, UserError
from .job_history import FOLDER, forget_refused, new_job, tidy, unfinished_job
from .messages import message
from .protocol import Request
from .tasks import declaration
from .tasks.declaration import Declaration
from .wire import say, screen

_FILE_KINDS = ("rasters", "raster", "aoi", "places", "file", "folder", "output-file", "model", "models")
_PLAIN_KINDS = ("text", "choice", "device", "flag", "field")
_METAVARS = {
    "folder": "DIR", "output-file": "FILE", "file": "FILE", "aoi": "FILE", "model": "MODEL", "models": "MODEL",
    "device": "DEVICE", "integer": "N", "number": "X", "bands": "N,N,…", "text": "TEXT", "recipe": "FILE",
    "raster": "RASTER", "rasters": "RASTER", "choices": "A,B,…", "places": "FILE", "field": "FIELD",
}  # fmt: skip
# A path that GDAL understands rather than the file system: /vsicurl/…, NETCDF:"…":x, https://…, <VRTDataset…
_NOT_A_PATH = re.compile(r"^(/vsi|[A-Za-z][A-Za-z0-9+.-]+://|[A-Z][A-Z0-9_]+:|<)")


def add_task(verbs: Any, name: str) -> None:
    """Add the verb of a task to argparse's subparsers."""
    task = declaration(name)
    short = task.description.split(":")[0].rstrip(".")
    parser = verbs.add_parser(name, help=short[0].lower() + short[1:], description=task.description)
    advanced = parser.add_argument_group("advanced options")
    for entry in input_entries(task):
        _add_input(advanced if entry.advanced else parser, entry)
    parser.add_argument("--json", action="store_true", help="print status lines as JSON instead of a progress bar")
    parser.add_argument("--resume", action="store_true", help="continue an unfinished job with the same settings")

    def action(options: argparse.Namespace, wire: TextIO) -> int:
        return run_request(Request(name, given_inputs(task, options)), wire, options.json, options.resume)

    parser.set_defaults(action=action)


def given_inputs(task: Declaration, options: argparse.Namespace) -> Dict[str, Any]:
    """What was given on the command line, as a request's inputs; files absolute, as hrefs."""
    inputs: Dict[str, Any] = {}
    for entry in input_entries(task):
        value = getattr(options, entry.name)
        if value is None or value == []:
            continue
        if entry.kind in _FILE_KINDS:
            inputs[entry.name] = [_reference(v, entry) for v in value] if entry.is_list else _reference(value, entry)
        elif entry.is_list:
            words = [w.strip() for text in value for w in text.split(",")]
            words = [w for w in words if w and w.lower() != "none"]
            inputs[entry.name] = [_number(w) for w in words] if entry.kind == "bands" else words
        elif entry.kind == "recipe":
            inputs[entry.name] = _recipe(value)
        else:
            inputs[entry.name] = (
                value if entry.kind in ("text", "choice", "device", "flag", "field") else _number(value)
            )
    return inputs


def run_request(request: Request, wire: TextIO, as_json: bool, resume: bool) -> int:
    """Run a request in a job folder beside its results; returns the exit code."""
    from .job_publish import prepare_destination
    from .validation import checked_inputs, known_task
    from .worker import destination_of

    task = known_task(request.process_id)
    destination = destination_of(task, checked_inputs(task, request.inputs)).folder.absolute()
    new = [path for path in (destination, *destination.parents) if not path.exists()]
    prepare_destination(destination)
    folder = unfinished_job(destination, request) if resume else None
    if resume and folder is None:
        _note(message("job-nothing-to-resume", folder=str(destination / FOLDER)).text)
    resumed = folder is not None
    folder = folder or new_job(destination, request)
    outcome = run_in(folder, wire, as_json, resumed)
    if outcome.exit_code == EXIT_USER_ERROR and not resumed:
        forget_refused(folder, new)
    tidy(destination, request if outcome.exit_code == EXIT_SUCCESS else None)
    return outcome.exit_code


def run_in(folder: Path, wire: TextIO, as_json: bool, resume: bool) -> Any:
    """Run the job of a folder with a progress bar, or status lines; returns its ``worker.Outcome``."""
    from .cli_report import summary
    from .progress import Progress
    from .worker import mirror, run_job

    with screen() as terminal:
        outcome = run_job(folder, resume, mirror(wire) if as_json else Progress(terminal))
    if outcome.exit_code != EXIT_SUCCESS:
        _note(outcome.message.text)
        if outcome.exit_code == EXIT_FAILURE:
            _note(f"The log is {folder / 'log.txt'}")
    elif not as_json:
        say(wire, summary(outcome.results or {}))
    return outcome


def _add_input(parser: Any, entry: InputEntry) -> None:
    text = entry.description + (f" Unit: {entry.unit}." if entry.unit else "")
    if entry.choices:
        text += f" {'One of' if entry.kind == 'choice' else 'Of'}: {', '.join(entry.choices)}."
    if not entry.required and entry.default not in (None, "", []):
        text += f" Default: {_shown(entry)}."
    text = text.replace("%", "%%")
    metavar = _METAVARS.get(entry.kind, entry.name.upper())
    if entry.positional:
        parser.add_argument(entry.name, metavar=metavar, help=text, nargs="+" if entry.is_list else None)
    elif entry.kind == "flag":
        other = "--no-" + entry.flag[2:]
        parser.add_argument(entry.flag, dest=entry.name, action="store_const", const=True, help=text)
        hidden = argparse.SUPPRESS if not entry.default else f"not: {entry.title.lower()}"
        parser.add_argument(other, dest=entry.name, action="store_const", const=False, help=hidden)
    else:
        how = {"action": "append"} if entry.is_list else {}
        parser.add_argument(entry.flag, dest=entry.name, metavar=metavar, help=text, required=entry.required, **how)


def _shown(entry: InputEntry) -> str:
    if isinstance(entry.default, bool):
        return "yes" if entry.default else "no"
    if isinstance(entry.default, (list, tuple)):
        return ",".join(str(v) for v in entry.default)
    return str(entry.default)


def _reference(text: str, entry: InputEntry) -> Any:
    """An absolute path as ``{"href": …}``; a model's name, a pattern or what only GDAL understands stays text."""
    if _NOT_A_PATH.match(text):
        return text
    path = str(Path(text).expanduser().absolute())
    if entry.kind in ("folder", "output-file") or Path(path).exists():
        return {"href": path}
    is_pattern = entry.kind == "rasters" and glob.has_magic(text)
    return text if entry.kind in ("model", "models") else (path if is_pattern else {"href": path})


def _number(text: str) -> Any:
    """A number where the text is one, so that requests hold numbers; anything else is left to be complained about."""
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text


def _recipe(text: str) -> Any:
    path: Optional[Path] = None if text.lstrip().startswith("{") else Path(text)
    try:
        return json.loads(text if path is None else path.read_bytes().decode("utf-8-sig"))
    except (OSError, ValueError) as error:
        raise UserError("request-invalid", path=str(path or "recipe"), reason=str(error)) from None


def _note(text: str) -> None:
    with screen() as terminal:
        say(terminal, f"rs-dino: {text}\n")
