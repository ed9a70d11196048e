"""One file from the network: gone on with, checked, its token and proxy; against a real server on this machine."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import List, Optional

import pytest
from hub_server import Hub
from rs_dino_engine.errors import UserError
from rs_dino_engine.models.download import download

TOKEN = "hf_secret"
OLD, NEW = b"\1" * 5_000_000, b"\2" * 5_000_000
CUT = 3_000_000


def test_a_token_is_told_to_nobody_else(hub: Hub, tmp_path: Path) -> None:
    other = Hub()
    try:
        other.files = {"/cdn": b"content"}
        hub.locked, hub.redirects = TOKEN, {"/file": f"{other.url}/cdn"}
        download(f"{hub.url}/file", tmp_path / "f", None, TOKEN, lambda done, total: None, lambda: None)
        assert (tmp_path / "f").read_bytes() == b"content"
        assert "authorization" in hub.asked[0] and "authorization" not in other.asked[0]
    finally:
        other.close()


def test_an_interrupted_download_goes_on(hub: Hub, tmp_path: Path) -> None:
    content = bytes(range(256)) * 20000
    hub.files, hub.cut_after = {"/big": content}, 3_000_000
    seen: List[int] = []

    def fetch() -> Path:
        sha = hashlib.sha256(content).hexdigest()[:8]
        return download(
            f"{hub.url}/big?sig=secret",
            tmp_path / "big",
            sha,
            None,
            lambda done, total: seen.append(done),
            lambda: None,
        )

    with pytest.raises(UserError, match="go on where it stopped") as raised:
        fetch()
    assert "secret" not in str(raised.value) and not (tmp_path / "big").exists()
    assert fetch().read_bytes() == content
    assert hub.asked[1]["range"] == "bytes=3000000-"
    assert seen == sorted(seen) and seen[-1] == len(content)


def test_what_was_altered_is_thrown_away(hub: Hub, tmp_path: Path) -> None:
    hub.files = {"/f": b"not it"}
    with pytest.raises(UserError, match="not the published file"):
        download(f"{hub.url}/f", tmp_path / "f", "abcd1234", None, lambda done, total: None, lambda: None)
    assert list(tmp_path.glob("f*")) == []


@pytest.mark.parametrize("redirected", [False, True])
def test_what_a_hub_tells_of_a_file_is_checked(hub: Hub, tmp_path: Path, redirected: bool) -> None:
    content = bytes(range(256)) * 8000
    hub.files = {"/f": content, "/cdn": content}
    hub.redirects = {"/r": f"{hub.url}/cdn"}
    path = "/r" if redirected else "/f"

    def fetch() -> Path:
        return download(f"{hub.url}{path}", tmp_path / "f", None, None, lambda done, total: None, lambda: None)

    hub.promised = {path: hashlib.sha256(content).hexdigest()}
    assert fetch().read_bytes() == content
    hub.promised = {path: "0" * 64}
    with pytest.raises(UserError, match="not the published file"):
        fetch()
    assert list(tmp_path.glob("*.part")) == []
    hub.promised = {path: "0123456789abcdef0123456789abcdef01234567"}  # of a small file: git's hash, which is no sha256
    fetch()


@pytest.mark.parametrize("said_by", ["option", "environment"])
def test_a_proxy_is_used(hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said_by: str) -> None:
    """A proxy is asked for whole addresses."""
    hub.files = {"http://weights.invalid/f": b"by way of it"}
    if said_by == "environment":
        monkeypatch.setenv("http_proxy", hub.url)
    given = hub.url if said_by == "option" else None
    nothing = (lambda done, total: None, lambda: None)
    download("http://weights.invalid/f", tmp_path / "f", None, None, *nothing, given)
    assert (tmp_path / "f").read_bytes() == b"by way of it"


def fetched(hub: Hub, target: Path, sha256: Optional[str] = None) -> bytes:
    return download(f"{hub.url}/f", target, sha256, None, lambda done, total: None, lambda: None).read_bytes()


def begun(hub: Hub, target: Path, etag: Optional[str], sha256: Optional[str] = None) -> None:
    """Three of five million bytes of the old file are here."""
    hub.files, hub.cut_after, hub.etags = {"/f": OLD}, CUT, {"/f": etag} if etag else {}
    with pytest.raises(UserError, match="go on where it stopped"):
        fetched(hub, target, sha256)
    assert target.with_name(target.name + ".part").stat().st_size == CUT


@pytest.mark.parametrize("etag", ['"one"', "Tue, 01 Sep 2026 10:00:00 GMT"])
def test_a_file_that_changed_meanwhile_is_begun_anew(hub: Hub, tmp_path: Path, etag: str) -> None:
    begun(hub, tmp_path / "f", etag)
    hub.files, hub.etags = {"/f": NEW}, {"/f": '"two"'}
    assert fetched(hub, tmp_path / "f") == NEW
    assert hub.asked[-1]["if-range"] == etag and hub.asked[-1]["range"] == f"bytes={CUT}-"
    assert [p.name for p in tmp_path.glob("f*")] == ["f"]


@pytest.mark.parametrize("etag", ['"one"', "Tue, 01 Sep 2026 10:00:00 GMT"])
def test_one_that_did_not_is_gone_on_with(hub: Hub, tmp_path: Path, etag: str) -> None:
    begun(hub, tmp_path / "f", etag)
    hub.files = {"/f": OLD[:CUT] + NEW[CUT:]}
    assert fetched(hub, tmp_path / "f") == OLD[:CUT] + NEW[CUT:]


@pytest.mark.parametrize("etag", [None, 'W/"one"'])
def test_without_anything_to_know_a_file_by_only_what_a_hash_checks_is_gone_on_with(
    hub: Hub, tmp_path: Path, etag: Optional[str]
) -> None:
    begun(hub, tmp_path / "f", etag)
    assert fetched(hub, tmp_path / "f") == OLD and "range" not in hub.asked[-1]
    begun(hub, tmp_path / "f", etag, "00")
    assert fetched(hub, tmp_path / "f", hashlib.sha256(OLD).hexdigest()) == OLD
    assert hub.asked[-1]["range"] == f"bytes={CUT}-"


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("content", [NEW + NEW, NEW[:CUT], NEW[: CUT - 1]], ids=["longer", "as long as", "shorter"])
def test_a_beginning_of_a_file_of_another_length_is_begun_anew(
    hub: Hub, tmp_path: Path, content: bytes, told: bool
) -> None:
    """A server that looks at ranges alone: 206 and 416 tell another length, or none."""
    sha256 = hashlib.sha256(content).hexdigest()
    begun(hub, tmp_path / "f", None, "00")
    hub.files, hub.ranges = {"/f": content}, told
    assert fetched(hub, tmp_path / "f", sha256) == content


def test_what_is_whole_already_is_not_fetched_again(hub: Hub, tmp_path: Path) -> None:
    begun(hub, tmp_path / "f", '"one"')
    (tmp_path / "f.part").write_bytes(OLD)
    hub.files = {"/f": OLD}
    assert fetched(hub, tmp_path / "f") == OLD and len(hub.asked) == 2
    begun(hub, tmp_path / "f", '"one"')
    (tmp_path / "f.part").write_bytes(OLD + b"more")
    assert fetched(hub, tmp_path / "f") == OLD


@pytest.mark.parametrize("note", ["", "[]", "{}", json.dumps({"validator": "a\r\nb: c", "total": "x"}), None])
def test_a_beginning_of_nobody_knows_what_is_begun_anew(hub: Hub, tmp_path: Path, note: Optional[str]) -> None:
    hub.files = {"/f": NEW}
    (tmp_path / "f.part").write_bytes(OLD[:CUT])
    if note is not None:
        (tmp_path / "f.part.json").write_text(note)
    assert fetched(hub, tmp_path / "f") == NEW and "range" not in hub.asked[-1]
