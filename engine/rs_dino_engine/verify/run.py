"""Everything that is asked, in order: this installation, its arithmetic, then every model on every device."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Callable, Iterator, List, NamedTuple, Optional

from .. import __version__
from ..demo import SAMPLES
from ..devices import Device, choose, findings
from ..devices.cpu import processor_name, system_memory
from ..devices.device import short_reason
from ..doctor import examine as examine_installation
from ..errors import Cancelled, EngineError, UserError
from ..models.cache import MODELS
from ..models.library import FoundModel, find_model, library_folder
from . import files
from .arithmetic import forget, self_check
from .loveda import score
from .markdown import markdown
from .model import Model
from .report import FAILED, PASSED, REPORT_JSON, REPORT_MD, Check, Report
from .sample import run_sample

_NOT_TOLD = ("models", "model library", "disk here", "temporary disk", "RS-DINO", "processors", "memory")
"""Of what the doctor says: it is the person's own, or told elsewhere."""


class Asked(NamedTuple):
    """What is to be verified. ``devices``: names, none: the processor and what else there is."""

    models: List[str]
    head: Optional[str]
    raster: Optional[Path]
    loveda: Optional[Path]
    loveda_pictures: Optional[int]
    devices: List[str]
    output: Path


def verify(asked: Asked, tell: Callable[[str], None]) -> Report:
    """Do all of it and write both reports; ``tell`` gets a line for every check."""
    _prepare(asked.output)
    report = Report(_private(asked), tell)
    try:
        _installation(report)
        devices = list(_devices(asked.devices, report))
        for device in devices:
            for check in self_check(device):
                report.add(check)
        forget()
        for found in _models(asked, report):
            _model(found, asked, devices, report)
    finally:  # what was found until then is kept
        MODELS.clear()
        write(report, asked.output)
    return report


def write(report: Report, folder: Path) -> None:
    document = report.document()
    text = json.dumps(document, ensure_ascii=False, indent=1, default=str)
    (folder / REPORT_JSON).write_text(text + "\n", encoding="utf-8")
    (folder / REPORT_MD).write_text(markdown(document), encoding="utf-8")


def _prepare(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write(Report([]), folder)
    except OSError as error:
        raise UserError("output-read-only", folder=str(folder), reason=short_reason(error)) from error


def _private(asked: Asked) -> List[Path]:
    """Whatever may be named in a sentence, and where it lies."""
    given = [Path(m).expanduser() for m in asked.models] + [asked.output, Path.home(), Path.cwd(), SAMPLES]
    given += [Path(sys.executable), Path(sys.prefix), library_folder()]
    return given + [p for p in (asked.raster, asked.loveda, Path(asked.head) if asked.head else None) if p is not None]


def _installation(report: Report) -> None:
    found = examine_installation()
    told = [c for c in found if c.title not in _NOT_TOLD and not c.title.startswith("device")]
    report.put("versions", {"rs-dino": __version__, **{c.title: c.said for c in told}})
    memory = system_memory()
    machine = {"processor": processor_name(), "made": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())}
    report.put("machine", {**machine, **({"memory_gb": round(memory.total_mb / 1024, 1)} if memory else {})})
    bad = [f"{c.title} {c.said}" for c in found if c.state == "bad"]
    said = "; ".join(bad) if bad else "Everything that is needed is there."
    report.add(Check("installation", FAILED if bad else PASSED, said))


def _devices(wanted: List[str], report: Report) -> Iterator[Device]:
    """The ones asked for; one that is not there is a check that failed."""
    names = wanted or ["cpu", *(f.kind for f in findings() if f.available and f.kind != "cpu")]
    for name in names:
        try:
            device = choose(name)
        except UserError as error:
            report.add(Check(f"device {name}", FAILED, error.message.text))
            continue
        report.put("devices", {"name": device.name, "title": device.title, "dtype": device.dtype})
        report.add(Check(f"device {device.name}", PASSED, f"{device.title}, {', '.join(device.dtypes)}."))
        yield device


def _models(asked: Asked, report: Report) -> Iterator[FoundModel]:
    """Every model that was given, and every backbone with a head that was given."""
    heads = [asked.head] if asked.head else []
    backbones: List[FoundModel] = []
    for name in [*asked.models, *heads]:
        path = Path(name).expanduser()
        if path.exists():
            files.examine(path, report)
    for name in asked.models:
        try:
            found = find_model(name)
        except UserError as error:
            if error.message.code == "head-without-backbone":
                heads.append(name)
            else:
                report.add(Check(f"model {Path(name).name}", FAILED, error.message.text))
            continue
        if found.origin in ("embedded", "library"):
            files.examine(found.path, report)
        backbones.append(found)
        yield found
    for head in heads:
        yield from _with_head(head, backbones, report)


def _with_head(head: str, backbones: List[FoundModel], report: Report) -> Iterator[FoundModel]:
    problem = "Its backbone was not given."
    for backbone in backbones:
        try:
            yield find_model(str(backbone.path), head)
        except UserError as error:
            problem = error.message.text
        else:
            return
    report.add(Check(f"head {Path(head).name}", FAILED, problem))


def _model(found: FoundModel, asked: Asked, devices: List[Device], report: Report) -> None:
    model = Model(found, report)
    for device in devices:
        where = f"{found.spec.name}, {device.name}"
        try:
            if not model.measure(device):
                continue
            out = asked.output / f"{found.spec.name}-{device.name.replace(':', '-')}"
            run_sample(found, asked.raster, device, out, report)
            if asked.loveda is not None and found.spec.output.kind == "classes":
                score(found, asked.loveda, asked.loveda_pictures, device, asked.output / "loveda-work", report)
        except Cancelled:
            raise
        except (EngineError, RuntimeError, TypeError, OSError, MemoryError) as error:
            report.add(Check(where, FAILED, f"{short_reason(error)}."))
        finally:
            MODELS.clear()
            device.empty_cache()
    model.put()
