"""A hub on this machine, for what is fetched from one."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Dict, List, Optional

from rs_dino_engine.models.get import Way


class Hub:
    """A file server: ``files`` by path; ``asked`` are the requests it saw."""

    def __init__(self) -> None:
        self.files: Dict[str, bytes] = {}
        self.redirects: Dict[str, str] = {}
        self.promised: Dict[str, str] = {}
        """The sha256 that is told of a path."""
        self.etags: Dict[str, str] = {}
        """By path; ``Last-Modified`` where it begins with a letter."""
        self.ranges = True
        """Whether Content-Range is told as it should be."""
        self.locked: Optional[str] = None
        self.cut_after: Optional[int] = None
        self.asked: List[Dict[str, Any]] = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                hub.answer(self)

            def log_message(self, *arguments: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def answer(self, to: BaseHTTPRequestHandler) -> None:
        path = to.path.split("?")[0]
        self.asked.append({"path": path, **{k.lower(): v for k, v in to.headers.items()}})
        if self.locked is not None and to.headers.get("Authorization") != f"Bearer {self.locked}":
            to.send_error(401)
        elif path in self.redirects:
            to.send_response(302)
            to.send_header("Location", self.redirects[path])
            self._promise(to, path)
            to.end_headers()
        elif path not in self.files:
            to.send_error(404)
        else:
            self._send(to, path, self._first(to, path))

    def _first(self, to: BaseHTTPRequestHandler, path: str) -> int:
        """The first byte that is wanted: 0 where the beginning is of another file."""
        begun = to.headers.get("If-Range")
        if begun is not None and begun != self.etags.get(path):
            return 0
        return int((to.headers.get("Range") or "bytes=0-")[len("bytes=") : -1])

    def _promise(self, to: BaseHTTPRequestHandler, path: str) -> None:
        if path in self.promised:
            to.send_header("X-Linked-Etag", f'"{self.promised[path]}"')

    def _send(self, to: BaseHTTPRequestHandler, path: str, first: int) -> None:
        content = self.files[path]
        if first and first >= len(content):
            to.send_response(416)
            self._range(to, f"bytes */{len(content)}")
            to.send_header("Content-Length", "0")
            to.end_headers()
            return
        to.send_response(206 if first else 200)
        if first:
            self._range(to, f"bytes {first}-{len(content) - 1}/{len(content)}")
        if path in self.etags:
            told = self.etags[path]
            to.send_header("Last-Modified" if told[:1].isalpha() and told[:2] != "W/" else "ETag", told)
        self._promise(to, path)
        to.send_header("Content-Length", str(len(content) - first))
        to.end_headers()
        body = content[first:]
        if self.cut_after is not None:
            body, self.cut_after = body[: self.cut_after], None
        to.wfile.write(body)

    def _range(self, to: BaseHTTPRequestHandler, told: str) -> None:
        if self.ranges:
            to.send_header("Content-Range", told)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def way(token: Optional[str] = None, proxy: Optional[str] = None) -> Way:
    return Way(token, proxy, lambda done, total: None, lambda: None)
