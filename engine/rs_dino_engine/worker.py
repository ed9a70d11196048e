"""The runner: takes a job folder, runs its task, leaves results or a reason. ``rs-dino worker`` keeps taking."""

from __future__ import annotations

import errno
import faulthandler
import gc
import json
import os
import queue
import shutil
import signal
import sys
import threading
import traceback
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, TextIO

from .errors import EXIT_SUCCESS, Cancelled, EngineError, UserError
from .job_publish import prepare_destination, publish
from .jobs import LOG, RESULTS, JobFolder, Listener
from .live import LiveDesk
from .messages import Message, message
from .protocol import DISMISSED, FAILED, RUNNING, StatusLine, relocate, results_document, write_document
from .tasks.declaration import Declaration, TaskInputs
from .validation import checked_inputs, known_task
from .wire import captured, say

IDLE_S = 600.0
HEARS = ("job", "release", "live")
"""What lines on the wire may speak of."""
_WAKE = "wake"
_NO_SPACE = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_NO_PERMISSION = {errno.EACCES, errno.EPERM, errno.EROFS}
_FULL_BELOW_BYTES = 1 << 20


class Outcome(NamedTuple):
    """How a job ended; ``results`` only of one that succeeded."""

    exit_code: int
    message: Message
    results: Optional[Dict[str, Any]] = None


def run_job(folder: Path, resume: bool = False, listener: Optional[Listener] = None) -> Outcome:
    """Run the job of a folder to its end. Only ``UserError("job-busy")`` is raised: that job is somebody else's."""
    job = JobFolder(folder, resume, listener)
    with _signals_cancel(job), job:
        return run_held(job)


def run_held(job: JobFolder) -> Outcome:
    """Run a job whose lock this process holds. Whatever happens, the folder says so in the end."""
    with captured(job.folder / LOG), _crash_report():
        try:
            outcome = Outcome(EXIT_SUCCESS, message("job-done"), _run(job))
        except EngineError as error:
            if error.detail:
                job.log(error.detail)
            outcome = Outcome(error.exit_code, error.message)
        except BaseException as error:  # the end of a job is one of the two places for this
            _log_traceback(job)
            known = _known_error(error, job.folder)
            outcome = Outcome(known.exit_code, known.message)
        _write_end(job, outcome)
    return outcome


class Destination(NamedTuple):
    """Where a job's results are published: a folder, and the name that their document has there."""

    folder: Path
    document: str


def destination_of(task: Declaration, inputs: TaskInputs) -> Destination:
    """What a task's output folder, or output file, names. Beside a file lie the results of other jobs: there the
    document is called after the file."""
    for name, field in task.inputs.model_fields.items():
        extra: Any = field.json_schema_extra or {}
        if extra.get("kind") == "folder" and name == "output":
            return Destination(Path(getattr(inputs, name)), RESULTS)
        if extra.get("kind") == "output-file" and name == "output":
            path = Path(getattr(inputs, name))
            return Destination(path.parent, f"{path.stem}_{RESULTS}")
    raise TypeError(f"the task {task.id} declares no output")


def serve(requests: TextIO, listener: Optional[Listener] = None, idle_s: float = IDLE_S) -> int:
    """``rs-dino worker``: one JSON a line, ``{"job": folder}`` (with ``"resume": true``), ``{"release": true}``, or one
    of a live session's (:mod:`.live`).

    Jobs are held from the moment they are read, and run one after another; models stay loaded in between. Live
    sessions wait while a job runs. Ends after ``idle_s`` without work, or when the input ends and everything is done.
    """
    work: "queue.Queue[Optional[Any]]" = queue.Queue()
    threading.Thread(target=_read_requests, args=(requests, work, listener), daemon=True).start()
    desk = LiveDesk(lambda: work.put({_WAKE: True}), listener, _known_error)
    while True:
        try:
            item, said = work.get(timeout=idle_s), "live-ended"
        except queue.Empty:
            item, said = None, "live-idle"
        if item is None:
            desk.close(message(said))
            return EXIT_SUCCESS
        if isinstance(item, JobFolder):
            desk.pause()
            with _signals_cancel(item), item:
                run_held(item)
        elif "live" in item:
            desk.hear(item)
        elif _WAKE in item:
            desk.advance()
        else:
            desk.close(message("live-ended"))
            release_models()


def release_models() -> None:
    """Forget loaded models and give their memory back to the device."""
    cache = sys.modules.get("rs_dino_engine.models.cache")
    if cache is None:  # no model was ever loaded, and torch need not be now
        return
    from .devices import empty_caches

    cache.clear()
    gc.collect()
    empty_caches()


def _run(job: JobFolder) -> Dict[str, Any]:
    request = job.request()
    task = known_task(request.process_id)
    inputs = checked_inputs(task, request.inputs)
    job.write_status(RUNNING, message("job-resumed", job=job.folder.name) if job.resume else message("job-started"))
    job.check_cancel()
    destination = destination_of(task, inputs)
    prepare_destination(destination.folder)
    results = task.run(inputs, job)
    job.check_cancel()
    job.report(None, message("job-publishing", folder=str(destination.folder)))
    return _deliver(job, results, destination, _files_given(inputs))


def _files_given(inputs: TaskInputs) -> List[Path]:
    """The files that the inputs name."""
    values = [value for name, value in inputs.model_dump().items() if name != "output"]
    words = [word for value in values for word in (value if isinstance(value, list) else [value])]
    names = [word for word in words if isinstance(word, str)]
    return [Path(name) for name in names if os.path.isfile(name)]  # noqa: PTH113 - of Path a long text is an error


def _deliver(job: JobFolder, results: Dict[str, Any], destination: Destination, read: List[Path]) -> Dict[str, Any]:
    """Publish the files, then both copies of results.json: the job's with absolute hrefs, the destination's with
    hrefs relative to itself, so that the folder can be moved."""
    absolute = {str(name): _anchored(entry, job.outputs) for name, entry in results.items()}
    folder = destination.folder
    published = publish(job.outputs, folder, job.check_cancel, read)
    for said in published.warnings:
        job.warn(said)
    places = {**published.places, str(job.outputs): str(folder)}
    document = relocate(results_document(absolute, job.warnings), places)
    if published.places:  # a job that only checked must not replace the results of one that worked
        _write_copy(folder / destination.document, relocate(document, {str(folder): ""}))
    job.succeed(document)
    return document


def _write_copy(path: Path, document: Dict[str, Any]) -> None:
    """To ``path``, or to the next free name where another program does not let go of it."""
    target = path
    for number in range(2, 10):
        try:
            return write_document(target, document)
        except PermissionError:
            target = path.with_name(f"{path.stem}_{number}.json")
    return write_document(target, document)


def _anchored(entry: Any, outputs: Path) -> Any:
    """A result whose href, when it is a name, lies in the job's outputs."""
    if not isinstance(entry, dict) or "href" not in entry:
        return entry
    href = str(entry["href"])
    return {**entry, "href": href if "://" in href else str(outputs / href)}


def _known_error(error: BaseException, folder: Path) -> EngineError:
    """What an unexpected exception means to the person who runs the job."""
    if isinstance(error, KeyboardInterrupt):
        return Cancelled()
    if isinstance(error, MemoryError):
        return EngineError("out-of-memory")
    if (isinstance(error, OSError) and error.errno in _NO_SPACE) or _is_full(folder):
        return UserError("disk-full", folder=str(folder))
    if isinstance(error, OSError) and error.errno in _NO_PERMISSION and error.filename:
        return UserError("no-permission", path=str(error.filename))
    if isinstance(error, ImportError) and error.name and not error.name.startswith("rs_dino_engine"):
        package = error.name.split(".")[0]
        return UserError("module-missing", package=package, command=f"pip install {package}")
    reason = f"{type(error).__name__}: {error}".splitlines()[0]
    return EngineError("internal", reason=reason, log=str(folder / LOG))


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(str(folder)).free < _FULL_BELOW_BYTES
    except OSError:
        return False


def _write_end(job: JobFolder, outcome: Outcome) -> None:
    if outcome.exit_code == EXIT_SUCCESS:
        return  # written with the results
    status = DISMISSED if outcome.message.code == "cancelled" else FAILED
    try:
        job.end(status, outcome.message)
    except OSError:  # a full disk, or one that is gone; without a final status the job counts as failed all the same
        traceback.print_exc()


def _log_traceback(job: JobFolder) -> None:
    try:
        job.log(traceback.format_exc())
    except OSError:
        traceback.print_exc()


@contextmanager
def _crash_report() -> Iterator[None]:
    """A crash inside a library leaves its Python stack in the log (fd 2 points there)."""
    was_on = faulthandler.is_enabled()
    faulthandler.enable(2)
    try:
        yield
    finally:
        if was_on:
            faulthandler.enable(2)
        else:
            faulthandler.disable()


@contextmanager
def _signals_cancel(job: JobFolder) -> Iterator[None]:
    """Ctrl-C, or being asked to end, cancels the job; the second time it ends at once."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    names = [getattr(signal, n) for n in ("SIGINT", "SIGTERM", "SIGBREAK") if hasattr(signal, n)]

    def first(*_: object) -> None:
        job.ask_cancel()
        for number in names:
            signal.signal(number, signal.SIG_DFL)

    before = {number: signal.signal(number, first) for number in names}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _read_requests(requests: TextIO, work: "queue.Queue[Optional[Any]]", listener: Optional[Listener]) -> None:
    for text in requests:
        try:
            line = json.loads(text)
            folder = Path(line["job"]) if "job" in line else None
        except (ValueError, TypeError):
            print(f"not a request: {text.strip()}", file=sys.stderr)
            continue
        if folder is None:
            work.put(line)
            continue
        job = JobFolder(folder, bool(line.get("resume")), listener)
        try:
            job.take()
        except (UserError, OSError) as error:
            print(error, file=sys.stderr)
            continue
        work.put(job)
    work.put(None)


def mirror(wire: TextIO) -> Listener:
    """A listener that repeats status lines on ``wire`` as long as somebody reads there."""
    gone: List[bool] = []

    def listener(line: StatusLine) -> None:
        if not gone and not say(wire, line.as_line()):
            gone.append(True)

    return listener
