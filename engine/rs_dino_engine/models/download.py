"""One file from the network: goes on where it stopped, is checked, and appears under its name only when it is whole."""

from __future__ import annotations

import re
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any, Callable, Dict, Optional
from urllib.parse import urlsplit

from .. import __version__
from ..errors import UserError
from .folder import sha256_of
from .partial import Partial

TIMEOUT_S = 60
_CHUNK_BYTES = 2**20
_REFUSED, _MISSING = (401, 403), (404, 410)
_REST, _COMPLETE = 206, 416
_PROMISED = "X-Linked-ETag"
"""Where Hugging Face tells the sha256 of a large file, in its answer or in the redirect to where the file lies."""


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows redirects, but tells a token only to the host it was meant for; keeps the sha256 that a hub tells."""

    def __init__(self) -> None:
        self.promised: Optional[str] = None

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        self.note(headers)
        request = super().redirect_request(req, fp, code, msg, headers, newurl)
        if request is not None and urlsplit(newurl).netloc != urlsplit(req.full_url).netloc:
            request.remove_header("Authorization")
        return request

    def note(self, headers: Any) -> None:
        """What the answer says about the whole file; the first one counts, for it is the hub's own."""
        told = str(headers.get(_PROMISED) or "").strip('"').lower()
        if self.promised is None and re.fullmatch("[0-9a-f]{64}", told):
            self.promised = told


def download(
    url: str,
    target: Path,
    sha256: Optional[str],
    token: Optional[str],
    progress: Callable[[int, Optional[int]], None],
    check_cancel: Callable[[], None],
    proxy: Optional[str] = None,
) -> Path:
    """Fetch ``url`` into ``target``; ``sha256`` is the hash or its beginning, else the one that the hub tells counts.

    What an interrupted download has left is gone on with while the server has the same file (:mod:`.partial`).
    ``progress(bytes done, bytes in all)``. The token goes into a header and into nothing that is shown. Raises
    ``UserError`` saying what to do by hand.
    """
    part = Partial(target, sha256 is not None)
    target.parent.mkdir(parents=True, exist_ok=True)
    redirects = _Redirects()
    opener = urllib.request.build_opener(redirects, *_proxies(proxy))
    try:
        _fetch(opener, redirects, url, part, token, progress, check_cancel)
    except urllib.error.HTTPError as error:
        error.close()
        raise _refusal(url, error.code) from None
    except (urllib.error.URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", None) or error
        raise UserError("download-failed", host=urlsplit(url).netloc or url, reason=str(reason)) from None
    wanted = sha256 or redirects.promised
    if wanted is not None and not sha256_of(part.path).startswith(wanted.lower()):
        part.forget()
        raise UserError("download-altered", file=target.name, host=urlsplit(url).netloc)
    part.finish(target)
    return target


def _proxies(proxy: Optional[str]) -> "list[urllib.request.ProxyHandler]":
    """What the environment says, unless one is named."""
    return [] if proxy is None else [urllib.request.ProxyHandler({"http": proxy, "https": proxy})]


def _fetch(
    opener: urllib.request.OpenerDirector,
    redirects: _Redirects,
    url: str,
    part: Partial,
    token: Optional[str],
    progress: Callable[[int, Optional[int]], None],
    check_cancel: Callable[[], None],
) -> None:
    """Fetch what is missing of ``part``; all of it where the server's file is not the one that was begun."""
    rest = part.asks()
    try:
        response = _open(opener, url, token, rest)
    except urllib.error.HTTPError as error:
        if error.code != _COMPLETE or not rest:
            raise
        redirects.note(error.headers)
        error.close()
        if part.is_whole(error.headers):
            return
        rest, response = {}, _open(opener, url, token, {})
    goes_on = bool(rest) and response.status == _REST
    if goes_on and not part.goes_on(response.headers):
        response.close()
        goes_on, response = False, _open(opener, url, token, {})
    with response:
        redirects.note(response.headers)
        if not goes_on:
            part.begin(response.headers)
        _receive(response, part, progress, check_cancel)


def _open(opener: urllib.request.OpenerDirector, url: str, token: Optional[str], more: Dict[str, str]) -> Any:
    headers: Dict[str, str] = {"User-Agent": f"rs-dino/{__version__}", "Accept-Encoding": "identity", **more}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return opener.open(urllib.request.Request(url, headers=headers), timeout=TIMEOUT_S)


def _receive(
    response: Any,
    part: Partial,
    progress: Callable[[int, Optional[int]], None],
    check_cancel: Callable[[], None],
) -> None:
    have = part.size
    length = response.headers.get("Content-Length")
    total = have + int(length) if length is not None else None
    with part.path.open("ab") as file:
        while True:
            check_cancel()
            chunk = response.read(_CHUNK_BYTES)
            if not chunk:
                break
            file.write(chunk)
            have += len(chunk)
            progress(have, total)
    if total is not None and have < total:
        raise OSError(f"the connection ended after {have} of {total} bytes")


def _refusal(url: str, code: int) -> UserError:
    host = urlsplit(url).netloc
    if code in _REFUSED:
        return UserError("download-refused", host=host, status=code)
    if code in _MISSING:
        return UserError("download-missing", url=_without_query(url))
    return UserError("download-failed", host=host, reason=f"HTTP {code}")


def _without_query(url: str) -> str:
    """A link without what signs it."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"
