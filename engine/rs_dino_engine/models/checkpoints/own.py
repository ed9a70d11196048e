"""Weights that this engine wrote: a safetensors file whose header carries the ModelSpec."""

from __future__ import annotations

import json
from typing import Optional

from ...errors import UserError
from ..folder import parse_spec
from ..weights import one_line
from .format import Checkpoint, Converted, Format

HEADER_KEY = "rs_dino_model"


def convert(checkpoint: Checkpoint, head: Optional[Checkpoint]) -> Converted:
    """The spec as it stands in the header."""
    path = str(checkpoint.path)
    try:
        document = json.loads(checkpoint.beside[HEADER_KEY])
    except (ValueError, RecursionError) as error:
        raise UserError("weights-unreadable", path=path, reason=one_line(error)) from error
    return Converted(parse_spec(document, path), checkpoint.state)


FORMAT = Format("a model of this engine", matches=lambda state: False, convert=convert)
