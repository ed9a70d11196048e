"""What the command line says in words: the end of a job, models, devices, the health of an installation."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any, Dict, List, Optional, Sequence, TextIO

from .cli_scores import score_lines
from .wire import say

_LAYERS = (".tif", ".gpkg", ".geojson", ".shp", ".fgb", ".parquet")


def summary(results: Dict[str, Any]) -> str:
    """What a job found and where it lies: what was assumed, files, the table of classes."""
    rasters = (results.get("summary", {}).get("value") or {}).get("rasters") or []
    lines = list(dict.fromkeys(note["text"] for raster in rasters for note in raster.get("notes", ())))
    files = {name: entry for name, entry in results.items() if "href" in entry}
    if not files:
        lines += [_plan_line(raster) for raster in rasters if "preflight" in raster]
    else:
        lines.append("Results:")
        width = max(len(name) for name in files)
        lines += [f"  {name:<{width}}  {entry['href']}" for name, entry in files.items()]
        if any(str(entry["href"]).lower().endswith(_LAYERS) for entry in files.values()):
            lines.append("In QGIS: drag the files onto the map; colours and class names come with them.")
        if "model" in files:
            lines.append(f"Use it with: --model {Path(files['model']['href']).parent}")
        lines += [f"{raster['name']}: {heights_said(raster)}" for raster in rasters if raster.get("canopy_height")]
    for name, entry in results.items():
        classes = entry.get("value") if name == "classes" or name.endswith("_classes") else None
        if classes and files:
            head = "class" if name == "classes" else f"class ({name[: -len('_classes')]})"
            lines += ["", *_table((head, "area", "share"), [_class_row(row) for row in classes])]
    if "assessment" in results:
        lines += ["", *_assessment_lines(results["assessment"]["value"])]
    return "\n".join(lines) + "\n" if lines else "Done.\n"


def _assessment_lines(document: Dict[str, Any]) -> List[str]:
    """How good a map is."""
    from .accuracy.report import said, shown_rows

    rows = shown_rows(document)
    return [*said(document), "", *_table(list(rows[0]), [list(row.values()) for row in rows])]


def heights_said(raster: Dict[str, Any]) -> str:
    """What was found of the heights of a raster, and of its trees where they were looked for."""
    heights, trees = raster["canopy_height"], raster.get("trees")
    said = f"mean height {heights['mean']:.1f} m, highest {heights['maximum']:.1f} m"
    if trees and trees["count"]:
        said += f"; {trees['count']} trees, mean {trees['mean_height_m']:.1f} m, tallest {trees['tallest_m']:.1f} m"
    elif trees:
        said += "; no trees"
    return said


def models(options: argparse.Namespace, wire: TextIO) -> int:
    """``rs-dino models list | show NAME | import FILE [--name] | get [NAME]``."""
    from .errors import UserError
    from .models import library

    if options.what == "get" and options.model is None:
        return _published(options, wire)
    if options.what != "list" and options.model is None:
        raise UserError("input-missing", option="MODEL")
    if options.what == "list":
        return _list(options, wire)
    if options.what == "get":
        one = _get(options)
    elif options.what == "import":
        one = library.import_model(options.model, options.name, options.head)
    else:
        one = library.find_model(options.model, options.head)
    return _json(wire, _model(one)) if options.json else _show_model(one, options.what != "show", wire)


def _list(options: argparse.Namespace, wire: TextIO) -> int:
    """Embedded and imported models, and what lies in the folders that were named."""
    from .models.library import list_models
    from .models.places import look_in

    seen = [look_in(Path(folder)) for folder in options.folders or ()]
    found = list_models() + [model for one in seen for model in one.models]
    problems = [problem for one in seen for problem in one.problems]
    if options.json:
        unread = [{"path": str(p.path), "origin": "file", "problem": p.message.as_dict()} for p in problems]
        return _json(wire, [_model(m) for m in found] + unread)
    rows = [(m.spec.name, m.spec.task, m.origin, m.spec.title) for m in found]
    lines = _table(("name", "task", "origin", "title"), rows) + [p.message.text for p in problems]
    say(wire, "\n".join(lines) + "\n")
    return 0


def _published(options: argparse.Namespace, wire: TextIO) -> int:
    """What can be got, and what each is good for."""
    from .models.get import is_accepted
    from .models.official import FORM_PAGE, LICENCE, LICENCE_PAGE, OFFICIAL

    if options.json:
        licence = {"licence": LICENCE, "licence_page": LICENCE_PAGE, "accepted": is_accepted(LICENCE)}
        more = {**licence, "form_page": FORM_PAGE}
        return _json(wire, [{**e._asdict(), "file": e.file, "size_mb": round(e.size_mb), **more} for e in OFFICIAL])
    rows = [(e.name, f"{e.size_mb:.0f} MB", e.hash8, e.title, e.good_for) for e in OFFICIAL]
    lines = _table(("name", "about", "sha256", "title", "good for"), rows)
    lines += ["", f"All stand under the {LICENCE}: {LICENCE_PAGE}", "Get one: rs-dino models get NAME --accept-licence"]
    say(wire, "\n".join(lines) + "\n")
    return 0


def _get(options: argparse.Namespace) -> Any:
    import os
    import sys

    from .models.get import Way, get

    shown = [-1]

    def progress(done: int, total: Optional[int]) -> None:
        megabytes = done // 2**20
        if megabytes == shown[0] and done != total:
            return
        shown[0] = megabytes
        if options.json:
            say(sys.stderr, json.dumps({"done": done, "total": total}) + "\n")
        elif sys.stderr.isatty():
            of = "" if total is None else f" of {total // 2**20}"
            say(sys.stderr, f"\r{megabytes}{of} MB ")

    way = Way(os.environ.get("HF_TOKEN"), options.proxy, progress, lambda: None)
    # a signed link is as good as a password: it need not stand where every user of the machine can read it
    source = sys.stdin.readline().strip() if options.source == "-" else options.source
    return get(options.model, source, options.accept_licence, way)


def devices(options: argparse.Namespace, wire: TextIO) -> int:
    """``rs-dino devices``: every kind of device with its reason, and what ``auto`` would take."""
    document = devices_document()
    if options.json:
        return _json(wire, document)
    rows = [(d["kind"], str(d["count"]), d["reason"]["text"]) for d in document["devices"]]
    say(wire, "\n".join(_table(("device", "number", "state"), rows)) + "\n\n" + document["auto"]["text"] + "\n")
    return 0


def devices_document() -> Dict[str, Any]:
    """The same, as a document."""
    from .devices import choose, findings

    found = [{"kind": f.kind, "count": f.count, "reason": f.reason.as_dict()} for f in findings()]
    auto = choose("auto")
    return {"devices": found, "auto": {"name": auto.name, "dtype": auto.dtype, **auto.reason.as_dict()}}


def doctor(options: argparse.Namespace, wire: TextIO) -> int:
    """``rs-dino doctor``: every check in plain words; exit code 1 when something essential is missing."""
    from .doctor import examine

    checks = examine()
    failed = any(c.state == "bad" for c in checks)
    if options.json:
        _json(wire, {"ok": not failed, "checks": [c.as_dict() for c in checks]})
    else:
        marks = {"good": "ok  ", "note": "note", "bad": "BAD "}
        width = max(len(c.title) for c in checks)
        lines = [f"{marks[c.state]}  {c.title:<{width}}  {c.said}" for c in checks]
        verdict = "Something essential is missing; see BAD above." if failed else "Everything that is needed is there."
        lines += ["", verdict]
        say(wire, "\n".join(lines) + "\n")
    return 1 if failed else 0


def _model(found: Any) -> Dict[str, Any]:
    document: Dict[str, Any] = found.spec.model_dump(mode="json", exclude_none=True)
    size = found.weights.stat().st_size if found.weights.is_file() else None
    notes = [note.as_dict() for note in found.notes]
    return {**document, "path": str(found.path), "origin": found.origin, "size_bytes": size, "notes": notes}


def _show_model(found: Any, imported: bool, wire: TextIO) -> int:
    spec = found.spec
    lines = [f"{spec.title} ({spec.name} {spec.version})", *([spec.description] if spec.description else []), ""]
    gsd = f"{spec.input.gsd_m:g} m a pixel" if spec.input.gsd_m else "any pixel size"
    facts = [
        ("task", spec.task),
        ("bands", ", ".join(b.name for b in spec.input.bands)),
        ("made for", gsd),
        ("window", f"{spec.input.window_px} px"),
        ("licence", spec.licence),
        ("attribution", spec.attribution),
        ("limits", spec.limits),
        ("lies in", str(found.path)),
    ]
    if spec.output.class_map is not None:
        facts.insert(4, ("classes", ", ".join(f"{c.id} {c.name}" for c in spec.output.class_map.classes)))
    lines += [f"  {name:<11}  {value}" for name, value in facts if value]
    lines += ["  scores", *score_lines(spec.scores, 2)] if spec.scores else []
    lines += [f"Note: {note.text}" for note in found.notes]
    if imported:
        lines += ["", f"Imported. Use it with --model {spec.name}"]
    say(wire, "\n".join(lines) + "\n")
    return 0


def _plan_line(raster: Dict[str, Any]) -> str:
    """What a run would take, of a job that only checked."""
    from .progress import duration

    plan = raster["preflight"]
    return (
        f"{raster['name']}: {plan['windows']} window{'s' * (plan['windows'] != 1)}, about {duration(plan['seconds'])}, "
        f"{plan['memory_mb']} MB of memory beside the model, {plan['disk_mb']} MB of disk."
    )


def _class_row(row: Dict[str, Any]) -> Sequence[str]:
    area = row.get("area_m2")
    return (row["name"], "" if area is None else _area(area), f"{100 * (row.get('share') or 0):.1f} %")


def _area(square_metres: float) -> str:
    """In the unit people would use: m², ha or km²."""
    if square_metres >= 1e7:
        return f"{square_metres / 1e6:,.1f} km²"
    if square_metres >= 1e4:
        return f"{square_metres / 1e4:,.2f} ha"
    return f"{square_metres:,.1f} m²"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> List[str]:
    """Columns as wide as they need to be; numbers (columns whose values begin with a digit) to the right."""
    widths = [max(_width(line[i]) for line in [head, *rows]) for i in range(len(head))]
    right = [bool(rows) and all(row[i][:1].isdigit() or not row[i] for row in rows) for i in range(len(head))]

    def cell(text: str, i: int) -> str:
        space = " " * (widths[i] - _width(text))
        return space + text if right[i] else text + space

    return ["  ".join(cell(text, i) for i, text in enumerate(line)).rstrip() for line in [head, *rows]]


def _width(text: str) -> int:
    """Columns of a terminal that a text takes; Chinese characters take two."""
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(c) in "WF" else 1 for c in text)


def _json(wire: TextIO, document: Any) -> int:
    say(wire, json.dumps(document, ensure_ascii=False, indent=2) + "\n")
    return 0
