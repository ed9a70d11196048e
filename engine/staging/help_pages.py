"""Writes the plugin's help pages, in English and every language of i18n/: the catalogue's words, and
resources/help/words.json. What a language has no words for stays English.
"""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any, Dict, Iterator, List, Mapping

from translate import read_ts, translations

WORDS = "words.json"
TEXTS = {
    "settings": "Settings",
    "advanced": "Advanced settings",
    "results": "Results",
    "all": "All pages",
    "needed": "needed",
}
STYLE = (
    "body{font-family:sans-serif;max-width:46em;margin:2em auto;padding:0 1em;line-height:1.5}"
    "img{max-width:48%;margin-right:1%;vertical-align:top}table{border-collapse:collapse}"
    "td{border-top:1px solid #ccc;padding:.3em .6em;vertical-align:top}"
)
_NOT_SHOWN = ("folder", "output-file")


def page_name(page: str, language: str) -> str:
    """The file of a page: ``segment.html``, ``segment.zh_CN.html``."""
    return f"{page}.html" if language == "en" else f"{page}.{language}.html"


def write_help(resources: Path, target: Path) -> List[Path]:
    """Write a page a task and language, and one that leads to them, into ``target``, where the pictures are."""
    tasks = json.loads((resources / "catalog.json").read_text(encoding="utf-8"))["tasks"]
    words = json.loads((resources / "help" / WORDS).read_text(encoding="utf-8"))
    missing = [page for page in ["index", *(task["id"] for task in tasks)] if page not in words]
    if missing:
        raise SystemExit(f"resources/help/{WORDS} says nothing of {', '.join(missing)}")
    made = []
    known_in: Dict[str, Mapping[str, str]] = {code: read_ts(path) for code, path in translations().items()}
    for language, known in {"en": {}, **known_in}.items():
        pages = {"index": (words["index"]["title"], list(_index(tasks, known, language)))}
        for task in tasks:
            pages[task["id"]] = (task["title"], list(_task(task, known)))
        for page, (title, body) in pages.items():
            lines = [*_head(_in(known, title), language), *_told(words[page], known), *body]
            if page != "index":
                lines.append(f'<p><a href="{page_name("index", language)}">{_in(known, TEXTS["all"])}</a></p>')
            path = target / page_name(page, language)
            path.write_text("\n".join([*lines, "</body></html>", ""]), encoding="utf-8", newline="\n")
            made.append(path)
    return made


def _head(title: str, language: str) -> List[str]:
    return [
        f'<!DOCTYPE html>\n<html lang="{language.replace("_", "-")}"><head><meta charset="utf-8">',
        f"<title>{escape(title)} – RS-DINO</title><style>{STYLE}</style></head><body>",
        f"<h1>{escape(title)}</h1>",
    ]


def _told(words: Mapping[str, Any], known: Mapping[str, str]) -> Iterator[str]:
    yield from (f"<p>{_in(known, paragraph)}</p>" for paragraph in words["words"])
    pictures = "".join(f'<img src="{name}" alt="">' for name in words["pictures"])
    yield f"<p>{pictures}</p>"


def _index(tasks: List[Dict[str, Any]], known: Mapping[str, str], language: str) -> Iterator[str]:
    yield "<ul>"
    for task in tasks:
        link = f'<a href="{page_name(task["id"], language)}">{escape(_in(known, task["title"]))}</a>'
        yield f"<li>{link}: {escape(_in(known, task['description']))}</li>"
    yield "</ul>"


def _task(task: Mapping[str, Any], known: Mapping[str, str]) -> Iterator[str]:
    yield f"<p>{escape(_in(known, task['description']))}</p>"
    shown = [entry for entry in task["inputs"] if entry["kind"] not in _NOT_SHOWN]
    for heading, advanced in (("settings", False), ("advanced", True)):
        rows = [_input(entry, known) for entry in shown if bool(entry.get("advanced")) == advanced]
        if rows:
            yield f"<h2>{_in(known, TEXTS[heading])}</h2><table>{''.join(rows)}</table>"
    rows = [_row(output["title"], output["description"], "", known) for output in task["outputs"]]
    yield f"<h2>{_in(known, TEXTS['results'])}</h2><table>{''.join(rows)}</table>"


def _input(entry: Mapping[str, Any], known: Mapping[str, str]) -> str:
    default = entry.get("default")
    if "default" not in entry:
        said = TEXTS["needed"]
    elif isinstance(default, (list, dict)) or default is None:
        said = ", ".join(map(str, default or ()))
    else:
        said = {"True": "✓", "False": "–"}.get(str(default), str(default))
    return _row(entry["title"], entry["description"], said + (f" {entry['unit']}" if entry.get("unit") else ""), known)


def _row(title: str, description: str, said: str, known: Mapping[str, str]) -> str:
    cells = (f"<b>{escape(_in(known, title))}</b>", escape(_in(known, description)), escape(_in(known, said)))
    return "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"


def _in(known: Mapping[str, str], text: str) -> str:
    return known.get(text) or text
