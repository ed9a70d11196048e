"""The card of a model as a page of text: what it does, on which pictures, how well, under which licence."""

from __future__ import annotations

from html import escape
from typing import Any, Dict, Iterator, List, Mapping, Tuple

from qgis.PyQt.QtCore import QLocale

from ..engine_client.documents import Message
from ..errors import sentence
from ..i18n import language, tr
from ..model_words import band, worded
from .words import coloured, faint

_TOLD_SCORES = ("oa", "miou", "f1", "mae", "rmse", "bias", "r2", "cosine", "explained")
Model = Mapping[str, Any]


def card(model: Model) -> str:
    """HTML of a model that is here, of a file that is none, or of one that can be fetched."""
    if "problem" in model:
        said = coloured(sentence(Message.from_document(model["problem"])), "bad")
        return f"<p>{said}</p><p>{escape(str(model['path']))}</p>"
    rows = list(_published_facts(model) if "hub" in model else _facts(model))
    table = "".join(f'<tr><td style="color:{faint()}">{a}&nbsp;&nbsp;</td><td>{b}</td></tr>' for a, b in rows if b)
    notes = "".join(
        f"<p>{coloured(sentence(Message.from_document(note)), 'note')}</p>" for note in model.get("notes") or ()
    )
    about = f"<p>{escape(worded(model['description']))}</p>" if model.get("description") else ""
    return f"<h3>{escape(worded(model['title']))}</h3>{about}{notes}<table cellspacing=3>{table}</table>"


def task_title(task: str) -> str:
    """segment, canopy-height, feature-map in the user's language."""
    words = {"segment": tr("classes"), "canopy-height": tr("canopy height"), "feature-map": tr("features")}
    return words.get(task, task)


def size(bytes_: float) -> str:
    """In MB or GB."""
    number, unit = (bytes_ / 1e9, "GB") if bytes_ >= 1e9 else (bytes_ / 1e6, "MB")
    return f"{QLocale().toString(number, 'f', 1)} {unit}"


def _facts(model: Model) -> Iterator[Tuple[str, str]]:
    seen, made = model["input"], model["output"]
    yield tr("Name"), escape(f"{model['name']} ({model['version']})")
    yield tr("Gives"), escape(task_title(model["task"]))
    yield tr("Classes"), _classes(made.get("class_map") or {})
    yield tr("Bands"), escape(tr(", ").join(band(one["name"]) for one in seen["bands"]))
    gsd = seen.get("gsd_m")
    yield tr("Made for"), tr("{gsd} m a pixel").format(gsd=QLocale().toString(gsd)) if gsd else tr("any pixel size")
    yield tr("Licence"), escape(model.get("licence") or "")
    yield tr("Scores"), _scores(model.get("scores") or {})
    yield tr("Limits"), escape(worded(model.get("limits") or ""))
    yield tr("Learnt from"), "<br>".join(escape(one) for one in model.get("data") or ())
    yield tr("Attribution"), escape(model.get("attribution") or "")
    yield tr("Size"), size(model["size_bytes"]) if model.get("size_bytes") else ""
    yield tr("Lies in"), escape(model["path"])


def _published_facts(entry: Model) -> Iterator[Tuple[str, str]]:
    yield tr("Name"), escape(entry["name"])
    yield tr("Good for"), escape(worded(entry["good_for"]))
    if entry.get("head_of"):
        yield tr("Needs"), escape(tr("the backbone {name}").format(name=entry["head_of"]))
    yield tr("Size"), tr("about {size}").format(size=size(entry["size_mb"] * 2**20))
    parameters = QLocale().toString(float(entry["parameters_m"]), "f", 0)
    yield tr("Parameters"), tr("{millions} M").format(millions=parameters)
    page = escape(entry["licence_page"])
    yield tr("Licence"), f'{escape(entry["licence"])}: <a href="{page}">{page}</a>'
    yield tr("From"), "<br>".join(escape(source) for source in sources(entry).values())
    yield tr("File"), escape(entry["file"])


def sources(entry: Model) -> Dict[str, str]:
    """Where a published model can be had, for people."""
    found = {"timm": tr("timm's copy on Hugging Face, without an account")} if entry.get("timm") else {}
    found["huggingface"] = tr("Hugging Face, with a token and access granted there")
    found["modelscope"] = tr("ModelScope")
    return found


def _classes(class_map: Mapping[str, Any]) -> str:
    parts: List[str] = []
    for one in class_map.get("classes") or ():
        name = (one.get("names") or {}).get(language()) or one["name"]
        parts.append('<span style="color:rgb({},{},{})">■</span>&nbsp;{}'.format(*one["color"], escape(name)))
    return "&nbsp; ".join(parts)


def _scores(scores: Mapping[str, Any]) -> str:
    """One line a data set or site, whatever it is called; of other numbers those that are known by name."""
    lines = [escape(worded(str(scores["split"])))] if scores.get("split") else []
    tables = [value for value in scores.values() if isinstance(value, Mapping)]
    named = [(name, found) for table in tables for name, found in table.items() if isinstance(found, Mapping)]
    for name, found in [("", scores), *named]:
        told = [
            f"{key} {QLocale().toString(float(value), 'f', 2)}"
            for key, value in found.items()
            if key in _TOLD_SCORES and isinstance(value, (int, float))
        ]
        if told:
            lines.append(escape((f"{name}: " if name else "") + ", ".join(told)))
    return "<br>".join(lines)
