"""The catalogue: the same bytes every time, and what saved models rely on is only ever added to."""

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest
from rs_dino_engine.catalog import catalog, input_entries, main, strings_module, translatable
from rs_dino_engine.messages import TEXTS, message
from rs_dino_engine.tasks import TASKS, declaration

GOLDEN = Path(__file__).resolve().parents[1] / "contract" / "catalog_golden.json"


def kept(document: dict) -> dict:
    """What may not change: ids, names, kinds, defaults, choices, and which inputs are required."""
    tasks = {}
    for task in document["tasks"]:
        inputs = {}
        for entry in task["inputs"]:
            inputs[entry["name"]] = {k: entry[k] for k in ("kind", "default", "choices", "flag") if k in entry}
        tasks[task["id"]] = {"inputs": inputs, "outputs": {o["name"]: o["kind"] for o in task["outputs"]}}
    return tasks


def broken_promises(old: dict, new: dict) -> list:
    """Every way in which ``new`` breaks what ``old`` promised."""
    found = []
    for task, was in old.items():
        now = new.get(task)
        if now is None:
            found.append(f"the task {task} is gone")
            continue
        outputs = now["outputs"]
        found += [f"{task}: the output {n} changed" for n, kind in was["outputs"].items() if outputs.get(n) != kind]
        for name, entry in was["inputs"].items():
            current = now["inputs"].get(name, {})
            choices_left = set(entry.get("choices", ())) <= set(current.get("choices", ()))
            same = all(current.get(k) == entry.get(k) for k in ("kind", "flag"))
            kept_default = "default" not in entry or ("default" in current and current["default"] == entry["default"])
            if not same or not choices_left or not kept_default:
                found.append(f"{task}: the input {name} was {entry} and is {current}")
        new_names = set(now["inputs"]) - set(was["inputs"])
        found += [f"{task}: the new input {n} needs a default" for n in new_names if "default" not in now["inputs"][n]]
    return found


def test_promises_are_kept():
    """A new task or input is added to the golden file with: python tests/engine/test_catalog.py"""
    golden = json.loads(GOLDEN.read_text(encoding="utf-8"))
    assert broken_promises(golden, kept(catalog())) == []
    assert kept(catalog()) == golden, "additions are recorded in the golden file (see this test's docstring)"


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.pop("segment"),
        lambda t: t["segment"]["inputs"].pop("aoi"),
        lambda t: t["segment"]["inputs"]["aoi"].update(kind="file"),
        lambda t: t["segment"]["inputs"]["device"].update(default="cpu"),
        lambda t: t["segment"]["inputs"]["dtype"]["choices"].remove("bf16"),
        lambda t: t["segment"]["inputs"]["tile_size"].update(flag="--tile"),
        lambda t: t["segment"]["inputs"].update(new={"kind": "flag"}),
        lambda t: t["segment"]["outputs"].pop("labels"),
    ],
)
def test_the_test_above_can_fail(change):
    changed = json.loads(json.dumps(kept(catalog())))
    change(changed)
    assert len(broken_promises(kept(catalog()), changed)) == 1


def test_additions_are_allowed():
    grown = json.loads(json.dumps(kept(catalog())))
    grown["segment"]["inputs"]["new"] = {"kind": "flag", "default": False}
    grown["segment"]["inputs"]["dtype"]["choices"].append("fp8")
    grown["segment"]["inputs"]["output"]["default"] = "maps"  # what had to be said may be left out
    grown["other"] = {"inputs": {}, "outputs": {}}
    assert broken_promises(kept(catalog()), grown) == []


def test_the_same_bytes_every_time(tmp_path):
    main([str(tmp_path / "a.json"), str(tmp_path / "a.py")])
    command = [sys.executable, "-m", "rs_dino_engine.catalog", str(tmp_path / "b.json"), str(tmp_path / "b.py")]
    subprocess.run(command, check=True)
    for ending in (".json", ".py"):
        assert (tmp_path / f"a{ending}").read_bytes() == (tmp_path / f"b{ending}").read_bytes()


def test_shape():
    document = catalog()
    assert set(document) == {"version", "engine", "tasks", "messages"}
    assert document["messages"] == TEXTS
    segment = next(t for t in document["tasks"] if t["id"] == "segment")
    inputs = {i["name"]: i for i in segment["inputs"]}
    assert "default" not in inputs["output"] and inputs["aoi"]["default"] is None
    assert inputs["tile_size"] == {
        "name": "tile_size", "kind": "integer", "title": "Tile size", "description": inputs["tile_size"]["description"],
        "unit": "px", "advanced": True, "minimum": 16, "flag": "--tile-size", "positional": False, "default": None,
    }  # fmt: skip


def test_every_sentence_is_translatable_by_a_literal_call():
    document = catalog()
    calls = [n for n in ast.walk(ast.parse(strings_module(document))) if isinstance(n, ast.Call)]
    words = [tuple(ast.literal_eval(a) for a in call.args) for call in calls]
    assert [w[1] for w in words] == list(translatable(document)) and {w[0] for w in words} == {"RsDino"}
    assert {"Tile size", "flips", TEXTS["cancelled"]} <= {w[1] for w in words}


@pytest.mark.parametrize("name", TASKS)
def test_every_task_is_declared_in_full(name):
    task = declaration(name)
    assert task.id == name and task.title and task.description.endswith(".") and task.outputs
    entries = {e.name: e for e in input_entries(task)}
    assert entries["output"].kind in ("folder", "output-file")
    for entry in entries.values():
        assert entry.title and entry.description, entry.name
        assert entry.kind not in ("choice", "choices") or entry.choices, entry.name
        assert entry.required or entry.default is None or json.dumps(entry.default)
    flags = [e.flag for e in entries.values() if not e.positional]
    assert len(set(flags)) == len(flags) and not {"--json", "--resume", "--help"} & set(flags)
    requested = {o.requested_by.split(":")[0] for o in task.outputs if o.requested_by}
    assert requested <= set(entries)


def test_every_message_is_one_sentence_and_can_be_made():
    for code, text in TEXTS.items():
        assert text.strip() == text and text and "\n" not in text, code
        names = {piece.split("}")[0].split(":")[0].split("!")[0] for piece in text.replace("{{", "").split("{")[1:]}
        assert all(name.isidentifier() for name in names), code
    assert message("cancelled").as_dict() == {"code": "cancelled", "params": {}, "text": "Cancelled."}
    with pytest.raises(KeyError):
        message("no-such-code")


if __name__ == "__main__":
    from rs_dino_engine.protocol import write_document

    before = json.loads(GOLDEN.read_text(encoding="utf-8")) if GOLDEN.exists() else {}
    promises = broken_promises(before, kept(catalog()))
    if promises:
        sys.exit("\n".join(promises))
    write_document(GOLDEN, kept(catalog()))
