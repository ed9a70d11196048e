"""The command ``rs-dino``: its verbs, and what each of them calls.

Nothing heavy is imported before a verb needs it: help and ``describe`` load neither torch nor GDAL.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any, Callable, Dict, List, NoReturn, Optional, Sequence, TextIO

from .wire import say, take_wire

_VERBS: Dict[str, str] = {
    "models": "list models, show one, import one, get published ones",
    "devices": "what can compute here, and why not",
    "doctor": "check this installation",
    "verify": "check models, devices and arithmetic, and write a report to keep or send back",
    "describe": "the tasks, as OGC API - Processes documents",
    "run": "run a request from a file",
    "worker": "run requests as they come in, keeping models loaded",
    "demo": "run the main job on the bundled sample",
}


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Run the command line; returns the exit code: 0 done, 1 failed, 2 wrong input, 130 cancelled."""
    wire = take_wire()
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    given = list(sys.argv[1:] if arguments is None else arguments)
    from .errors import EXIT_CANCELLED, EXIT_FAILURE, EngineError

    try:
        options = _parser(wire, given).parse_args(given)
        action: Callable[[argparse.Namespace, TextIO], int] = options.action
        return action(options, wire)
    except EngineError as error:
        say(sys.stderr, f"rs-dino: {error}\n")
        return error.exit_code
    except KeyboardInterrupt:
        return EXIT_CANCELLED
    except ImportError as error:
        say(sys.stderr, f"rs-dino: a Python package is missing: {error}\n")
        return EXIT_FAILURE


class Parser(argparse.ArgumentParser):
    """An argument parser whose help goes out on the wire, and that names a misspelt option before anything else."""

    wire: Optional[TextIO] = None
    given: Sequence[str] = ()
    options: Sequence[str] = ()
    """All of the verb that was given."""

    def error(self, message: str) -> NoReturn:
        super().error(_misspelt(Parser.given, Parser.options) or message)

    def _print_message(self, message: str, file: Any = None) -> None:
        if message:
            say(Parser.wire if file is sys.stdout and Parser.wire is not None else sys.stderr, message)


def _parser(wire: TextIO, given: List[str]) -> argparse.ArgumentParser:
    """The parser; of the tasks' verbs only the one that was given is built whole."""
    from . import __version__
    from .cli_task import add_task
    from .tasks import TASKS

    Parser.wire, Parser.given, Parser.options = wire, given, ()
    parser = Parser(prog="rs-dino", description="Rasters in, maps out.")
    parser.add_argument("--version", action="version", version=f"rs-dino {__version__}")
    verbs = parser.add_subparsers(title="verbs", metavar="VERB", parser_class=Parser)
    verbs.required = True
    verb = next((a for a in given if not a.startswith("-")), None)
    for task in TASKS:
        if verb in (None, task) or (verb not in TASKS and verb not in _VERBS):
            add_task(verbs, task)
    for name, text in _VERBS.items():
        if verb is None or verb == name or (verb not in TASKS and verb not in _VERBS):
            _ADD[name](verbs.add_parser(name, help=text, description=text[0].upper() + text[1:] + "."))
    if verb in verbs.choices:
        Parser.options = [o for action in verbs.choices[verb]._actions for o in action.option_strings]
    return parser


def _misspelt(given: Sequence[str], options: Sequence[str]) -> Optional[str]:
    """What to say about the first option that nobody knows; None where all are known. Beginnings of options count."""
    from difflib import get_close_matches

    for word in given if options else ():
        name = word.split("=")[0]
        if word == "--":
            return None
        if name.startswith("--") and not any(option.startswith(name) for option in options):
            near = get_close_matches(name, [option for option in options if option.startswith("--")], 1, 0.7)
            hint = f"did you mean {near[0]}?" if near else "see --help for those that there are."
            return f"there is no option {name}; {hint}"
    return None


def _add_models(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("what", nargs="?", default="list", choices=("list", "show", "import", "get"))
    about = "a name (show), a file or folder (show, import), or a published model (get)"
    parser.add_argument("model", nargs="?", metavar="MODEL", help=about)
    parser.add_argument("--name", help="import: the name under which it is known afterwards")
    parser.add_argument("--head", metavar="FILE", help="a head that is a file of its own")
    beside = "list: also what lies in this folder; can be given several times"
    parser.add_argument("--in", metavar="FOLDER", action="append", dest="folders", help=beside)
    ways = "get: timm (default), huggingface, modelscope, a link, a file or folder here, or - to read it from stdin"
    parser.add_argument("--from", dest="source", metavar="SOURCE", help=ways)
    parser.add_argument("--accept-licence", action="store_true", help="get: you have read and accept the licence")
    parser.add_argument("--proxy", metavar="URL", help="get: instead of what the environment says")
    _finish(parser, "models")


def _add_devices(parser: argparse.ArgumentParser) -> None:
    _finish(parser, "devices")


def _add_doctor(parser: argparse.ArgumentParser) -> None:
    _finish(parser, "doctor")


def _add_verify(parser: argparse.ArgumentParser) -> None:
    from .cli_verify import add_options, run

    add_options(parser)
    parser.set_defaults(action=run)


def _add_describe(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("task", nargs="?", metavar="TASK", help="one task in full; without it, all in short")
    parser.set_defaults(action=_describe)


def _add_run(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("request", metavar="REQUEST.json", type=Path)
    parser.add_argument("--job", metavar="FOLDER", type=Path, help="the job folder; default: one beside the results")
    parser.add_argument("--json", action="store_true", help="print status lines as JSON")
    parser.add_argument("--resume", action="store_true", help="continue an unfinished job with the same request")
    parser.set_defaults(action=_run)


def _add_worker(parser: argparse.ArgumentParser) -> None:
    idle = "leave after this time without work"
    parser.add_argument("--idle", metavar="SECONDS", type=float, default=600.0, help=idle)
    parser.add_argument("--json", action="store_true", help="print status lines as JSON")
    parser.set_defaults(action=_worker)


def _add_demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--output", metavar="DIR", type=Path, default=Path("demo"), help="where the maps go")
    parser.set_defaults(action=_demo)


_ADD: Dict[str, Callable[[argparse.ArgumentParser], None]] = {
    "models": _add_models,
    "devices": _add_devices,
    "doctor": _add_doctor,
    "verify": _add_verify,
    "describe": _add_describe,
    "run": _add_run,
    "worker": _add_worker,
    "demo": _add_demo,
}


def _finish(parser: argparse.ArgumentParser, report: str) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON")

    def action(options: argparse.Namespace, wire: TextIO) -> int:
        from . import cli_report
        from .errors import EngineError

        try:
            code: int = getattr(cli_report, report)(options, wire)
        except EngineError as error:
            if options.json:
                say(wire, json.dumps({"error": error.message.as_dict()}, ensure_ascii=False) + "\n")
            raise
        return code

    parser.set_defaults(action=action)


def _describe(options: argparse.Namespace, wire: TextIO) -> int:
    from .catalog import process_description, process_summary
    from .tasks import TASKS, declaration
    from .validation import known_task
    from .worker import HEARS

    if options.task:
        document = process_description(known_task(options.task))
    else:
        document = {"processes": [process_summary(declaration(name)) for name in TASKS], "x-rsdino": {"worker": HEARS}}
    say(wire, json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    return 0


def _run(options: argparse.Namespace, wire: TextIO) -> int:
    from .cli_task import run_in, run_request
    from .protocol import Request

    if options.job is None:
        return run_request(Request.read(options.request), wire, options.json, options.resume)
    request, folder = options.request.resolve(), options.job.resolve()
    if request != folder / "request.json":
        Request.read(request).write(_made(folder) / "request.json")
    return run_in(folder, wire, options.json, options.resume).exit_code


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _worker(options: argparse.Namespace, wire: TextIO) -> int:
    from .worker import mirror, serve

    return serve(sys.stdin, mirror(wire) if options.json else None, options.idle)


def _demo(options: argparse.Namespace, wire: TextIO) -> int:
    from .demo import demo

    return demo(options.output, wire)
