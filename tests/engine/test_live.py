"""Live sessions: what they publish is what a full run gives, and nothing is computed that is not wanted."""

import json
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.transform import from_origin
from rs_dino_engine import patience
from rs_dino_engine.jobs import create, state
from rs_dino_engine.live import LiveDesk
from rs_dino_engine.messages import message
from rs_dino_engine.predict import live as live_module
from rs_dino_engine.predict import piece_store
from rs_dino_engine.protocol import Request
from rs_dino_engine.worker import _known_error, run_job

SAMPLE = Path(__file__).resolve().parents[2] / "resources" / "samples" / "suburb.tif"
HEIGHT, WIDTH = 400, 500


def write(path: Path, gsd_m: float = 0.2) -> Path:
    """A part of the sample with a hole and an empty corner, larger than a window."""
    with rasterio.open(SAMPLE) as data:
        pixels = data.read()[:, :HEIGHT, :WIDTH].copy()
    pixels[:, 120:180, 60:300] = 0
    pixels[:, 250:, 350:] = 0
    settings = dict(driver="GTiff", count=3, height=HEIGHT, width=WIDTH, dtype="uint8", crs="EPSG:32633", nodata=0)
    with rasterio.open(path, "w", transform=from_origin(500000, 5400000, gsd_m, gsd_m), **settings) as data:
        data.write(pixels)
    return path


class Session:
    """A desk with one session, worked through in this thread."""

    def __init__(self, folder: Path, task: str, **inputs) -> None:
        self.folder = create(folder, Request(task, inputs))
        self.said = []
        self._woken = threading.Event()
        self.desk = LiveDesk(self._woken.set, self.said.append, _known_error)
        self.desk.hear({"live": str(folder)})

    @property
    def figures(self) -> dict:
        return [line.metrics for line in self.said if "look" in line.metrics][-1]

    def ask(self, number, rows, cols, **more) -> None:
        self.desk.hear({"live": str(self.folder), "number": number, "rows": rows, "cols": cols, **more})

    def step(self) -> None:
        assert self._woken.wait(60)
        self._woken.clear()
        self.desk.advance()

    def look(self, number, rows, cols, **more) -> dict:
        """Ask, and work until everything is there."""
        self.ask(number, rows, cols, most_s=1e6, **more)
        while self.figures["look"]["done"] < self.figures["look"]["total"]:
            self.step()
        return self.figures

    def pixels(self) -> np.ndarray:
        with rasterio.open(self.folder / "live.vrt") as data:
            return data.read()

    def close(self) -> None:
        self.desk.close(message("live-ended"))


@pytest.fixture
def open_session(tmp_path):
    opened = []

    def make(task="segment", name="会话 s", **changes) -> Session:
        raster = changes.pop("raster", None) or write(tmp_path / "影像 r.tif", changes.pop("gsd_m", 0.2))
        inputs = {
            "rasters": [str(raster)], "output": str(tmp_path / "out"), "device": "cpu", "tile_size": 128,
            "overlap": "32", **changes,
        }  # fmt: skip
        opened.append(Session(tmp_path / name, task, **inputs))
        return opened[-1]

    yield make
    for session in opened:
        session.close()


def full_run(tmp_path: Path, session: Session, layer: str) -> np.ndarray:
    """The map of a full run of the same request."""
    request = json.loads((session.folder / "request.json").read_text(encoding="utf-8"))
    outcome = run_job(create(tmp_path / "full", Request(request["processID"], request["inputs"])))
    assert outcome.exit_code == 0, outcome.message.text
    with rasterio.open(next((tmp_path / "out").glob(f"*_{layer}.tif"))) as data:
        return data.read()


LOOKS = (((150, 260), (100, 300)), ((0, 130), (350, 500)), ((300, 400), (0, 90)), ((0, 400), (0, 500)))


@pytest.mark.parametrize(
    ("task", "layer", "changes"),
    [
        ("segment", "labels", {}),
        ("segment", "labels", {"gsd_m": 0.31}),
        ("segment", "labels", {"gsd_m": 0.13, "layers": ["disagreement", "confidence"], "tta": ["flips"]}),
        ("canopy-height", "canopy_height", {}),
        ("canopy-height", "canopy_height", {"gsd_m": 0.4, "output_grid": "model"}),
    ],
)
def test_every_look_shows_what_a_full_run_gives(tmp_path, open_session, task, layer, changes):
    session = open_session(task, **changes)
    whole = full_run(tmp_path, session, layer)
    nodata = whole.flat[-1]  # the corner is empty
    scale = whole.shape[1] / HEIGHT, whole.shape[2] / WIDTH
    for number, (rows, cols) in enumerate(LOOKS, 1):
        wanted = [[int(at * factor) for at in pair] for pair, factor in zip((rows, cols), scale)]
        session.look(number, *wanted)
        found = session.pixels()
        part = (slice(None), slice(*wanted[0]), slice(*wanted[1]))
        assert np.array_equal(found[part], whole[part]), number
        known = found != nodata
        assert np.array_equal(found[known], whole[known]), "what is shown around it is final, too"
    assert np.array_equal(found, whole) and (whole == nodata).any() and (whole != nodata).any()
    with rasterio.open(session.folder / "live.vrt") as shown, rasterio.open(
        next((tmp_path / "out").glob(f"*_{layer}.tif"))
    ) as made:
        assert shown.transform == made.transform and shown.crs == made.crs and shown.nodata == made.nodata


def test_a_window_alone_is_shown_before_its_neighbours(open_session):
    session = open_session()
    session.ask(1, (150, 260), (100, 300), most_s=1e6)
    while session.figures["computed"] < 1:
        session.step()
    assert 0 < (session.pixels() != 255).sum() < (110 * 200)


def test_the_nearest_windows_come_first(open_session, monkeypatch):
    session = open_session()
    seen, read = [], session.desk._live._engine.reader.read
    monkeypatch.setattr(
        session.desk._live._engine.reader, "read", lambda *at, **how: (seen.append(at), read(*at, **how))[1]
    )
    session.look(1, (0, 400), (0, 500))
    rows, cols = (session.desk._live._engine.plan.rows, session.desk._live._engine.plan.cols)

    def away(at):
        spans = rows.span(at[0]), cols.span(at[1])
        middle = [(span.first + span.end) / 2 for span in spans]
        return (middle[0] - 200) ** 2 + (middle[1] - 250) ** 2

    assert len(seen) == len(rows.offsets) * len(cols.offsets) and [away(at) for at in seen] == sorted(map(away, seen))


def test_a_new_look_supersedes_the_one_before(open_session):
    session = open_session()
    session.ask(1, (0, 400), (0, 500), most_s=1e6)
    assert session.figures["look"]["total"] > 8
    figures = session.look(2, (0, 20), (0, 20))
    assert figures["look"]["number"] == 2
    session.desk.pause()
    assert session.figures["computed"] <= 1 + 2 + live_module.AHEAD, "what was running, and no more"


def test_what_was_seen_is_not_computed_again_also_by_a_later_session(tmp_path, open_session):
    raster = write(tmp_path / "r.tif")
    session = open_session(raster=raster)
    before = session.look(1, (100, 300), (100, 300))
    again = session.look(2, (120, 280), (130, 290))
    assert again["look"]["total"] == 0 and again["computed"] == before["computed"] > 0
    shown = session.pixels()
    session.close()
    later = open_session(raster=raster)
    assert later.look(1, (100, 300), (100, 300))["look"]["total"] == 0
    assert np.array_equal(later.pixels(), shown)
    later.close()
    other = open_session(raster=raster, stretch="range=0,200")
    assert other.look(1, (100, 300), (100, 300))["look"]["total"] > 0, "other pixels"


def test_only_so_many_pieces_are_kept_and_those_just_seen_stay(open_session, monkeypatch):
    monkeypatch.setattr(piece_store.PieceStore.__init__, "__defaults__", (12,))
    session = open_session()
    for number, at in enumerate((0, 100, 200, 0), 1):
        assert session.look(number, (at, at + 60), (at, at + 60))["look"]["total"] > 0 or number == 1
        assert (session.pixels()[0, at : at + 50, at : at + 50] != 255).any()
        assert len(list((session.folder / "pieces").glob("*.tif"))) <= 12


# Files that QGIS or a virus scanner has open: Windows lets nobody replace or delete them


@pytest.fixture
def held(monkeypatch):
    """Names of files that are open elsewhere, as patterns."""
    names = set()
    replace, unlink = Path.replace, Path.unlink

    def check(path):
        if path.exists() and any(path.match(name) for name in names):
            raise PermissionError(13, "sharing violation", str(path))

    monkeypatch.setattr(Path, "replace", lambda self, to: (check(self), check(to), replace(self, to))[2])
    monkeypatch.setattr(Path, "unlink", lambda self: (check(self), unlink(self))[1])
    return names


@pytest.mark.parametrize("name", ["live.vrt", "live.qml"])
def test_what_could_not_be_replaced_is_shown_as_soon_as_it_can_be(open_session, held, name):
    session = open_session("canopy-height")
    nothing, style = session.pixels(), style_ends(session)
    held.add(name)
    session.look(1, (0, 400), (0, 500))
    assert session.said[-1].status == "running" and session.figures["computed"] == 0
    shown = session.figures["shown"]
    assert np.array_equal(session.pixels(), nothing) if name == "live.vrt" else style_ends(session) == style
    held.clear()
    while session.figures["computed"] == 0:  # nothing else comes
        session.step()
    assert not np.array_equal(session.pixels(), nothing)
    assert shown is None and style_ends(session) == tuple(session.figures["shown"])


def test_a_file_that_is_never_let_go_of_ends_the_session_in_one_sentence(open_session, held, monkeypatch):
    monkeypatch.setattr(patience, "GIVE_UP_S", 0.0)
    session = open_session()
    held.add("live.vrt")
    session.ask(1, (0, 400), (0, 500), most_s=1e6)
    while session.said[-1].status == "running":
        session.step()
    assert session.said[-1].status == "failed" and session.said[-1].message["code"] == "output-failed"
    held.clear()
    assert open_session(name="next").look(1, (0, 50), (0, 50))["computed"] > 0


def test_dropped_pieces_that_are_still_open_are_computed_again(open_session, held, monkeypatch):
    monkeypatch.setattr(piece_store.PieceStore.__init__, "__defaults__", (12,))
    session = open_session()
    session.look(1, (0, 60), (0, 60))
    first = session.pixels()[0, :50, :50]
    held.add("[0-9]*.tif")
    session.look(2, (100, 160), (100, 160))
    session.look(3, (200, 260), (200, 260))
    assert len(list((session.folder / "pieces").glob("*.tif"))) > 12, "those that are open stay"
    assert session.look(4, (0, 60), (0, 60))["look"]["total"] > 0
    assert session.said[-1].status == "running" and np.array_equal(session.pixels()[0, :50, :50], first)
    held.clear()
    session.look(5, (330, 390), (0, 60))
    assert len(list((session.folder / "pieces").glob("*.tif"))) <= 12


def test_a_piece_that_may_not_be_renamed_is_shown_all_the_same(open_session, held, monkeypatch):
    monkeypatch.setattr(patience.patiently, "__defaults__", (0.0,))
    session = open_session()
    held.add(".[0-9]*.tif")
    session.look(1, (0, 60), (0, 60))
    assert (session.pixels()[0, :50, :50] != 255).any()


def test_pieces_of_another_raster_that_are_still_open_are_not_taken_for_its_own(tmp_path, open_session, monkeypatch):
    raster = write(tmp_path / "r.tif")
    session = open_session(raster=raster)
    session.look(1, (0, 60), (0, 60))
    session.close()
    monkeypatch.setattr(piece_store.shutil, "rmtree", lambda *_, **__: None)
    other = open_session(raster=raster, stretch="range=0,200")
    assert (other.pixels() == 255).all()
    assert other.look(1, (0, 60), (0, 60))["look"]["total"] > 0


def test_too_much_is_refused_and_nothing_is_begun(open_session):
    session = open_session()
    session.ask(1, (0, 400), (0, 500), most_s=0.0)
    assert session.figures["look"]["refused"] and session.figures["look"]["total"] > 8
    assert session.figures["computed"] == 0
    assert session.look(2, (0, 50), (0, 50))["computed"] > 0


@pytest.mark.parametrize(
    ("task", "changes", "code"),
    [
        ("segment", {"model": "starter-canopy"}, "model-other-task"),
        ("segment", {"rasters": ["missing.tif"]}, None),
        ("feature-map", {}, "live-basis"),
        ("clusters", {}, "live-task"),
        ("segment", {"tile_size": 3}, "input-invalid"),
    ],
)
def test_what_cannot_be_shown_is_one_sentence_and_the_desk_lives(open_session, task, changes, code):
    session = open_session(task, **changes)
    last = session.said[-1]
    assert last.status == "failed" and (code is None or last.message["code"] == code)
    good = open_session(name="good")
    assert good.look(1, (0, 50), (0, 50))["computed"] > 0


def style_ends(session) -> tuple:
    text = (session.folder / "live.qml").read_text(encoding="utf-8")
    return tuple(float(text.split(f'{name}="')[1].split('"')[0]) for name in ("classificationMin", "classificationMax"))


def test_the_ramp_follows_what_is_seen_with_the_looks_and_not_with_the_windows(tmp_path, open_session):
    session = open_session("canopy-height")
    session.look(1, (0, 60), (0, 60))
    first = session.figures["shown"]
    session.look(2, (0, 400), (0, 500))
    shown = [line.metrics["shown"] for line in session.said if "look" in line.metrics]
    whole = full_run(tmp_path, session, "canopy_height")[0]
    heights = whole[whole != -9999]
    assert first[0] == 0 and first[1] >= session.pixels()[0, :60, :60].mean()
    assert session.figures["shown"][1] >= np.percentile(heights, 90)
    assert style_ends(session) == tuple(session.figures["shown"])
    changes = [(before, after) for before, after in zip(shown, shown[1:]) if before != after]
    assert len(changes) <= 3 and all(before is None or before[1] < after[1] for before, after in changes)
    session.close()
    later = open_session("canopy-height", raster=tmp_path / "影像 r.tif")
    assert style_ends(later) == tuple(session.figures["shown"]), "what was seen stays in its colours"


def test_a_feature_map_with_a_basis(tmp_path, open_session):
    session = open_session("feature-map", name="first", tile_size=None, overlap=None)
    whole = full_run(tmp_path, session, "features")
    basis = next((tmp_path / "out").glob("*basis.json"))
    session = open_session("feature-map", basis=str(basis), tile_size=None, overlap=None)
    session.look(1, (0, 400), (0, 500))
    assert np.array_equal(session.pixels(), whole)


def test_lines_that_say_nothing_are_only_noted(open_session):
    session = open_session()
    for line in ({"live": None}, {"live": str(session.folder), "rows": "x"}, {"live": "other", "close": True}):
        session.desk.hear(line)
    assert session.look(1, (0, 50), (0, 50))["computed"] > 0


# The worker as a process


@pytest.fixture
def worker():
    started = []

    def start(*options) -> subprocess.Popen:
        command = [sys.executable, "-m", "rs_dino_engine", "worker", *options]
        started.append(subprocess.Popen(command, stdin=subprocess.PIPE, encoding="utf-8"))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
        if not process.stdin.closed:
            process.stdin.close()


def say(process, **line):
    process.stdin.write(json.dumps(line) + "\n")
    process.stdin.flush()


def session_folder(tmp_path, name="s") -> Path:
    raster = write(tmp_path / f"{name}.tif")
    inputs = {
        "rasters": [str(raster)],
        "output": str(tmp_path / "out"),
        "device": "cpu",
        "tile_size": 128,
        "overlap": "32",
    }
    return create(tmp_path / name, Request("segment", inputs))


def test_worker_leaves_when_it_has_nothing_to_do(tmp_path, worker):
    folder = session_folder(tmp_path)
    process = worker("--idle", "0.5")
    say(process, live=str(folder))
    assert process.wait(120) == 0
    found = state(folder)
    assert found.status == "dismissed" and found.message["code"] == "live-idle"


def test_worker_ends_with_its_input_and_a_job_goes_between(tmp_path, worker, waiting):
    folder, other = session_folder(tmp_path), session_folder(tmp_path, "job")
    process = worker()
    say(process, live=str(folder))
    say(process, live=str(folder), number=1, rows=[0, 400], cols=[0, 500], most_s=1e6)
    say(process, job=str(other))
    waiting(lambda: state(other).status == "successful", 120)
    say(process, live=str(folder), number=2, rows=[0, 60], cols=[0, 60])
    waiting(lambda: '"number": 2' in (folder / "status.ndjson").read_text(encoding="utf-8"), 60)
    process.stdin.close()
    assert process.wait(60) == 0 and state(folder).status == "dismissed"


def test_a_killed_worker_is_seen(tmp_path, worker, waiting):
    folder = session_folder(tmp_path)
    process = worker()
    say(process, live=str(folder))
    waiting(lambda: (folder / "live.vrt").exists(), 120)
    process.kill()
    process.wait()
    assert state(folder).status == "failed"
