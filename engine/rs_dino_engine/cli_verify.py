"""``rs-dino verify``: its options, and what it says."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any, List, TextIO

from .errors import EXIT_FAILURE, EXIT_SUCCESS, UserError
from .wire import say


def add_options(parser: argparse.ArgumentParser) -> None:
    """Without any model the arithmetic of this machine is checked, on networks whose values are known."""
    models = "model files or folders; a canopy-height head is joined with the backbone given beside it"
    parser.add_argument("--model", nargs="+", default=[], metavar="MODEL", help=models)
    parser.add_argument("--head", metavar="FILE", help="a head that is a file of its own")
    parser.add_argument("--raster", type=Path, metavar="RASTER", help="what the whole run is over; default: the sample")
    loveda = "the data set's folder (with Val in it): models of its classes are scored on its validation pictures"
    parser.add_argument("--loveda", type=Path, metavar="DIR", help=loveda)
    few = "only so many of them, evenly taken; for a quick look"
    parser.add_argument("--loveda-pictures", type=int, metavar="N", help=few)
    devices = "cpu, cuda:0, gcu:0 …; several: cpu,cuda. Default: the processor and what else is found"
    parser.add_argument("--device", action="append", default=[], metavar="DEVICE", help=devices)
    parser.add_argument("--output", type=Path, default=Path("verify"), metavar="DIR", help="where the report goes")
    reports = "instead of all that: say where two reports differ"
    parser.add_argument("--compare", type=Path, nargs=2, metavar=("A.json", "B.json"), help=reports)
    parser.add_argument("--json", action="store_true", help="print JSON")


def run(options: argparse.Namespace, wire: TextIO) -> int:
    """Exit code 0: all checks that were run passed (two reports agree); 1: some failed (they differ)."""
    return _compare(options, wire) if options.compare else _verify(options, wire)


def _verify(options: argparse.Namespace, wire: TextIO) -> int:
    from .verify.report import REPORT_JSON, REPORT_MD
    from .verify.run import Asked, verify

    if options.raster is not None and not options.raster.exists():
        raise UserError("raster-missing", path=str(options.raster))
    if options.loveda is not None and not options.loveda.is_dir():
        raise UserError("dataset-no-images", path=str(options.loveda), patterns="Val/(Urban|Rural)/images_png")
    raster, loveda = (None if path is None else path.absolute() for path in (options.raster, options.loveda))
    devices = [name for text in options.device for name in text.split(",") if name]
    models = [_absolute(name) for name in options.model]
    head = _absolute(options.head) if options.head else None
    output = options.output.absolute()
    asked = Asked(models, head, raster, loveda, options.loveda_pictures, devices, output)
    report = verify(asked, _tell)
    if options.json:
        say(wire, json.dumps(report.document(), ensure_ascii=False, indent=1, default=str) + "\n")
    else:
        verdict = "Some checks failed." if report.failed else "All checks that were run passed."
        say(wire, f"{verdict}\nThe report: {output / REPORT_MD}\nFor programs: {output / REPORT_JSON}\n")
    return EXIT_FAILURE if report.failed else EXIT_SUCCESS


def _tell(line: str) -> None:
    say(sys.stderr, line + "\n")


def _absolute(name: str) -> str:
    """A file or folder in full; a model's name as it is."""
    path = Path(name).expanduser()
    return str(path.absolute()) if path.exists() else name


def _compare(options: argparse.Namespace, wire: TextIO) -> int:
    from .verify.compare import DIFFERS, compare, read_report

    lines = compare(*(read_report(path) for path in options.compare))
    differ = any(line.state == DIFFERS for line in lines)
    if options.json:
        say(wire, json.dumps([line._asdict() for line in lines], ensure_ascii=False, indent=1) + "\n")
    else:
        say(wire, "\n".join(_shown(lines)) + ("\nThey differ.\n" if differ else "\nThey agree.\n"))
    return EXIT_FAILURE if differ else EXIT_SUCCESS


def _shown(lines: List[Any]) -> List[str]:
    return [f"{line.state:<16}{line.what}: {line.first}  |  {line.second}" for line in lines]
