"""Keeps the translations complete.

    python engine/staging/translate.py            extract into i18n/*.ts, compile, fail on what is missing
    python engine/staging/translate.py --check    change nothing, fail on what is missing or out of date

Found are ``tr("…")``, ``translate("RsDino", "…")`` and the values of dicts called TEXTS; the catalogue's words
come from the generated rs_dino_plugin/catalog_strings.py, those of the help pages from resources/help/words.json.
A text that is not a literal fails at once.
A language is added by adding i18n/rs_dino_<code>.ts; an empty <TS/> will do, which is then filled with every text.
"""

from __future__ import annotations

import ast
import json
import re
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Dict, Iterator, List, Optional
from xml.sax.saxutils import escape

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ROOT / "rs_dino_plugin"
TRANSLATIONS = ROOT / "i18n"
HELP_WORDS, HELP_PAGES = "resources/help/words.json", "engine/staging/help_pages.py"
PREFIX = "rs_dino_"
CONTEXT = "RsDino"
LRELEASE = ("lrelease", "lrelease-qt5", "/usr/lib/qt5/bin/lrelease", "lrelease-qt6")


def main(arguments: List[str]) -> None:
    if arguments not in ([], ["--check"]):
        raise SystemExit(__doc__)
    texts = extract(SOURCES)
    problems = []
    for language, path in translations().items():
        known = read_ts(path)
        document = ts_document(language, texts, known)
        if not arguments:
            path.write_text(document, encoding="utf-8")
        elif path.read_text(encoding="utf-8") != document:
            problems.append(f"{path.name} is out of date: run make translate")
        problems += [f"{path.name}: {problem}" for problem in missing(texts, known)]
    if problems:
        raise SystemExit("\n".join(problems))
    if not arguments:
        compile_translations(ROOT / "build" / "i18n")
    print(f"{len(texts)} texts, all translated")


def translations() -> Dict[str, Path]:
    """The files of all languages but English, by language (``zh_CN``)."""
    return {path.stem[len(PREFIX) :]: path for path in sorted(TRANSLATIONS.glob(f"{PREFIX}*.ts"))}


def extract(folder: Path) -> List[str]:
    """Every text of the plugin in ``folder`` and of the help beside it, in the order of files and lines, each once."""
    texts: Dict[str, None] = {}
    for path in [*sorted(folder.rglob("*.py")), *folder.parent.glob(HELP_PAGES)]:
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
        for text in _texts(tree, path):
            texts[text] = None
    for path in folder.parent.glob(HELP_WORDS):
        for page in json.loads(path.read_text(encoding="utf-8")).values():
            texts.update(dict.fromkeys([*([page["title"]] if "title" in page else []), *page["words"]]))
    return list(texts)


def _texts(tree: ast.AST, path: Path) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            argument = _translated_argument(node)
            if argument is None:
                continue
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                yield argument.value
            elif isinstance(argument, (ast.JoinedStr, ast.BinOp)):
                raise SystemExit(f'{path}:{node.lineno}: only a literal can be translated; use tr("…").format(…)')
        elif isinstance(node, (ast.Assign, ast.AnnAssign)):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and target.id == "TEXTS" and isinstance(node.value, ast.Dict):
                yield from (ast.literal_eval(value) for value in node.value.values)


def _translated_argument(call: ast.Call) -> Optional[ast.expr]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name == "tr" and len(call.args) == 1:
        return call.args[0]
    if name == "translate" and len(call.args) == 2 and getattr(call.args[0], "value", None) == CONTEXT:
        return call.args[1]
    return None


def read_ts(path: Path) -> Dict[str, str]:
    """Finished translations of a .ts file, by their source text."""
    known = {}
    for entry in ElementTree.parse(path).getroot().iter("message"):
        source, translation = entry.find("source"), entry.find("translation")
        if source is not None and translation is not None and translation.get("type") is None and translation.text:
            known[source.text or ""] = translation.text
    return known


def ts_document(language: str, texts: List[str], known: Dict[str, str]) -> str:
    """A .ts file as Qt Linguist reads it: what is known is kept, what is gone is dropped."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        "<!DOCTYPE TS>",
        f'<TS version="2.1" language="{language}" sourcelanguage="en">',
        f"<context><name>{CONTEXT}</name>",
    ]
    for text in texts:
        translation = f"<translation>{escape(known[text])}</translation>" if text in known else None
        lines += [
            "<message>",
            f"<source>{escape(text)}</source>",
            translation or '<translation type="unfinished"></translation>',
            "</message>",
        ]
    return "\n".join([*lines, "</context>", "</TS>", ""])


def missing(texts: List[str], known: Dict[str, str]) -> List[str]:
    """Texts without a translation, and translations that name other values than their text."""
    problems = [f"no translation of {text!r}" for text in texts if text not in known]
    for text in texts:
        if text in known and _values(text) != _values(known[text]):
            problems.append(f"{known[text]!r} does not name the values of {text!r}")
    return problems


def _values(text: str) -> List[str]:
    return sorted(set(re.findall(r"\{(\w+)[^}]*\}", text)))


def compile_translations(folder: Path) -> None:
    """Compile every .ts file into ``folder``."""
    program = next((found for found in map(shutil.which, LRELEASE) if found), None)
    if program is None:
        raise SystemExit("lrelease is missing; it comes with Qt's tools (Debian: qttools5-dev-tools)")
    folder.mkdir(parents=True, exist_ok=True)
    for path in translations().values():
        target = folder / (path.stem + ".qm")
        subprocess.run([program, "-silent", str(path), "-qm", str(target)], check=True)


if __name__ == "__main__":
    main(sys.argv[1:])
