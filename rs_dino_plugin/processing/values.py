"""The inputs of a request as the values of Processing parameters: the way back from :mod:`.inputs`."""

from __future__ import annotations

import json
from typing import Any, Dict, Mapping

from ..catalog import Input, Task
from . import parameters as declared


def parameter_values(task: Task, inputs: Mapping[str, Any]) -> Dict[str, Any]:
    """By the parameter's name, for inputs that have one and that the request names."""
    return {
        parameter.name: _value(task, parameter.input, inputs[parameter.input.name])
        for parameter in declared.parameters(task)
        if parameter.input.name in inputs
    }


def wanted_outputs(task: Task, inputs: Mapping[str, Any]) -> Dict[str, bool]:
    """Which of the outputs that must be asked for a request asks for, by the output's name."""
    wanted: Dict[str, bool] = {}
    for output in task.outputs:
        if output.requested_by is None:
            continue
        name, choice = output.requested_by
        given = inputs.get(name, declared.default_value(task.input(name)))
        wanted[output.name] = choice in (given or ()) if choice else bool(given)
    return wanted


def _value(task: Task, entry: Input, value: Any) -> Any:
    if value is None:
        return None
    if entry.kind == "bands" and declared.bands_are_text(task):
        return ", ".join(str(band) for band in value)
    if entry.kind == "choice":
        return entry.choices.index(value) if value in entry.choices else None
    if entry.kind == "choices":
        return [entry.choices.index(word) for word in value if word in entry.choices]
    if entry.kind == "models":
        return "\n".join(value)
    if entry.kind == "recipe":
        return json.dumps(value, ensure_ascii=False)
    return value
