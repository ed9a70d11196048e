"""From a request's JSON to the typed inputs of a task, or one clear sentence about what is wrong."""

from __future__ import annotations

from typing import Any, Dict, Optional

from pydantic import ValidationError

from .errors import UserError
from .tasks import TASKS, declaration
from .tasks.declaration import Declaration, TaskInputs


def known_task(name: str) -> Declaration:
    """The declaration of a task; ``UserError("task-unknown")`` for a name that nobody knows."""
    if name not in TASKS:
        raise UserError("task-unknown", name=name, known=", ".join(sorted(TASKS)))
    return declaration(name)


def checked_inputs(task: Declaration, raw: Dict[str, Any]) -> TaskInputs:
    """The task's ``Inputs``. Files may be plain paths or ``{"href": …}``.

    Raises ``UserError`` naming the first option that is wrong; the others are in its detail.
    """
    given = {name: _without_hrefs(value) for name, value in raw.items()}
    try:
        inputs = task.inputs(**given)
    except ValidationError as error:
        raise _sentence(task, error) from None
    for name, field in task.inputs.model_fields.items():
        choices = _extra(field).get("choices")
        value = getattr(inputs, name)
        for one in value if isinstance(value, (list, tuple)) else [value]:
            if choices and one is not None and one not in choices:
                raise UserError("input-choice", option=_option(task, name), value=one, choices=", ".join(choices))
    return inputs


def _without_hrefs(value: Any) -> Any:
    if isinstance(value, dict) and isinstance(value.get("href"), str):
        return value["href"]
    if isinstance(value, list):
        return [_without_hrefs(v) for v in value]
    return value


def _sentence(task: Declaration, error: ValidationError) -> UserError:
    first = error.errors(include_url=False)[0]
    name = str(first["loc"][0]) if first["loc"] else None
    if first["type"] == "missing" and name is not None:
        return UserError("input-missing", detail=str(error), option=_option(task, name))
    if first["type"] == "extra_forbidden" and name is not None:
        known = ", ".join(sorted(task.inputs.model_fields))
        return UserError("input-unknown", detail=str(error), task=task.id, name=name, known=known)
    reason = first["msg"]
    for start in ("Value error, ", "Assertion failed, "):
        if reason.startswith(start):
            reason = reason[len(start) :]
    reason = reason.replace("Input should be", "it should be", 1)
    if name is not None and isinstance(first["input"], (str, int, float)):
        reason += f", not {first['input']!r}"
    option = _option(task, name) if name is not None else task.title
    return UserError("input-invalid", detail=str(error), option=option, reason=reason)


def _option(task: Declaration, name: str) -> str:
    """How a person knows an input: its title, and its option on the command line."""
    field = task.inputs.model_fields.get(name)
    if field is None:
        return name
    extra = _extra(field)
    if extra.get("positional"):
        return field.title or name
    return f"{field.title or name} ({extra.get('flag') or '--' + name.replace('_', '-')})"


def _extra(field: Any) -> Dict[str, Any]:
    extra: Optional[Dict[str, Any]] = field.json_schema_extra
    return extra if isinstance(extra, dict) else {}
