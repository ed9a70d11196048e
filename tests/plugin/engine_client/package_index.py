"""A package index on this machine, as mirrors serve it, and a proxy; both real, and both note what they were asked."""

import base64
import hashlib
import http.server
import threading
import urllib.error
import urllib.request
import zipfile
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit


class PackageIndex:
    """Folders of wheels as ``/<part>/<package>/`` with relative links and hashes. ``asked`` are the paths.

    ``hold_back``: of a file with this in its name half is sent, then a byte now and then, as on a slow line, and
    the rest when ``go_on`` is set. ``holds``: the rest has not been sent.
    """

    def __init__(self) -> None:
        self.asked, self.hold_back, self.go_on = [], "", threading.Event()
        self.holds = False
        self._parts = {}
        self._server = _serve(self._answer)
        self.address = f"http://127.0.0.1:{self._server.server_port}"

    def add(self, part: str, *wheels: Path) -> str:
        """Serve wheels there; the address of that part."""
        digests = [hashlib.sha256(wheel.read_bytes()).hexdigest() for wheel in wheels]
        self._parts.setdefault(part, {}).update(zip(wheels, digests))
        return f"{self.address}/{part}"

    def asked_for(self, part: str) -> set:
        """The packages whose files were fetched from there."""
        paths = [path for path in self.asked if path.startswith(f"/files/{part}/")]
        return {path.rsplit("/", 1)[1].split("-")[0] for path in paths if path.endswith(".whl")}

    def content(self, path: str):
        """What lies at a path, None where nothing does."""
        for part, wheels in self._parts.items():
            for wheel in wheels:
                if path == f"/files/{part}/{wheel.name}":
                    return wheel.read_bytes()
                if path == f"/files/{part}/{wheel.name}.metadata":
                    return _metadata(wheel)
            if path.startswith(f"/{part}/") and path.endswith("/"):
                package = path[len(part) + 2 : -1]
                links = [_link(part, *wheel) for wheel in wheels.items() if _package(wheel[0]) == package]
                return f"<html>{''.join(links)}</html>".encode() if links else None
        return None

    def close(self) -> None:
        self.go_on.set()
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, request: http.server.BaseHTTPRequestHandler) -> None:
        path = urlsplit(request.path).path
        self.asked.append(path)
        found = self.content(path)
        if found is None:
            request.send_error(404)
            return
        _begin(request, found)
        half = len(found) // 2 if self.hold_back and self.hold_back in path and path.endswith(".whl") else 0
        if request.command == "GET":
            with suppress(ConnectionError):  # whoever asked was cancelled
                request.wfile.write(found[:half])
                sent, self.holds = half, self.holds or half > 0
                while half and sent < half + 300 and not self.go_on.wait(0.2):
                    request.wfile.write(found[sent : sent + 1])
                    sent += 1
                if half:
                    self.holds = False
                request.wfile.write(found[sent:])


class Proxy:
    """Passes requests on to ``index``, whatever host they name. ``login``: ``user:password`` that it wants."""

    def __init__(self, index: PackageIndex, login: str = "") -> None:
        self.passed, self.refused = [], 0
        self._index, self._login = index, base64.b64encode(login.encode()).decode() if login else ""
        self._server = _serve(self._answer)
        self.port = self._server.server_port

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _answer(self, request: http.server.BaseHTTPRequestHandler) -> None:
        given = request.headers.get("Proxy-Authorization", "")
        if self._login and given != f"Basic {self._login}":
            self.refused += 1
            request.send_response(407)
            request.send_header("Proxy-Authenticate", 'Basic realm="company"')
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        self.passed.append(request.path)
        found = self._index.content(urlsplit(request.path).path)
        if found is None:
            request.send_error(404)
            return
        _begin(request, found)
        if request.command == "GET":
            request.wfile.write(found)


@contextmanager
def closing(server):
    """Close it in the end."""
    try:
        yield server
    finally:
        server.close()


def fetch(address: str) -> bytes:
    """The content at an address, without any proxy."""
    try:
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(address, timeout=10) as answer:
            return answer.read()
    except urllib.error.HTTPError as error:
        error.close()  # it is the answer, too
        raise


def _package(wheel: Path) -> str:
    return wheel.name.split("-")[0].replace("_", "-")


def _link(part: str, wheel: Path, digest: str) -> str:
    up = "../" * (part.count("/") + 2)
    return f'<a href="{up}files/{part}/{wheel.name}#sha256={digest}" data-core-metadata="true">{wheel.name}</a><br/>\n'


def _metadata(wheel: Path) -> bytes:
    with zipfile.ZipFile(wheel) as packed:
        return packed.read(next(name for name in packed.namelist() if name.endswith("/METADATA")))


def _begin(request: http.server.BaseHTTPRequestHandler, content: bytes) -> None:
    request.send_response(200)
    kind = "text/html" if content.startswith(b"<html>") else "application/octet-stream"
    request.send_header("Content-Type", kind)
    request.send_header("Content-Length", str(len(content)))
    request.send_header("ETag", f'"{hashlib.sha256(content).hexdigest()[:16]}"')
    request.send_header("Cache-Control", "max-age=600")
    request.end_headers()


def _serve(answer):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            answer(self)

        do_HEAD = do_CONNECT = do_GET

        def log_message(self, *arguments):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server
