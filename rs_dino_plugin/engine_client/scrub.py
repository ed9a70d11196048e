"""Takes what is private out of a text that others will see: home folder, user, tokens, passwords in addresses."""

from __future__ import annotations

import re

_OF_MANY = ("root", "user", "admin", "administrator", "ubuntu", "qgis", "runner")
"""Users' names that tell nothing, and are words."""
_IN_ADDRESS = re.compile(r"(?<=://)[^/\s@]+@")
_SIGNED = re.compile(r"(https?://[^\s?\"']+)\?[^\s\"')]+")
_TOKEN = re.compile(r"\bhf_[A-Za-z0-9]{8,}")


def scrubbed(text: str, home: str, user: str) -> str:
    """``text`` without them. ``home`` is found however its separators and capitals are written."""
    if len(home) > 3:
        parts = [re.escape(part) for part in re.split(r"[\\/]+", home.rstrip("\\/"))]
        pattern = r"[\\/]+".join(parts) + r"(?![\w.-])"
        text = re.sub(pattern, "~", text, flags=re.IGNORECASE if "\\" in home or ":" in home else 0)
    text = _SIGNED.sub(r"\1?…", _IN_ADDRESS.sub("…@", _TOKEN.sub("hf_…", text)))
    if len(user) > 1 and user.lower() not in _OF_MANY:
        text = re.sub(r"(?<!\w)" + re.escape(user) + r"(?!\w)", "<user>", text, flags=re.IGNORECASE)
    return text
