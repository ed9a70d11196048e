"""Sets an engine up: an environment of its own, PyTorch, the engine's wheel; then checks it and marks it ready.

What an earlier try left half made is gone on with when the same is wished, else removed.
"""

from __future__ import annotations

import os
import platform
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import Callable, Dict, List, Mapping, NamedTuple, Optional

from .command import Finished, IsCancelled, never, run_command
from .documents import DocumentError, Message, parse_document
from .machine import NEWEST, OLDEST, Python, ask_python, find_uv, fitting_python, has_enflame, nvidia_cards
from .setup_downloads import Growth, bytes_below, bytes_on_disk, downloads, share, take_away
from .setup_folder import (
    CONSTRAINTS,
    ENVIRONMENT,
    LOG,
    MAKING,
    READY,
    alone,
    check_folder,
    facts,
    interpreter,
    remove_environment,
    write,
)
from .setup_texts import SetupError, cause, said
from .setup_wishes import Wishes, setup_environment
from .torch_build import TorchBuild, choose_build
from .uv_tool import PYPI, Fetch, Platform, get_uv

TORCH_INDEX = "https://download.pytorch.org/whl"
EXTRAS = "onnx,trees"
ENGINE_MB, PYTHON_MB = 600.0, 30.0
"""About what the engine's packages beside PyTorch take, and what a Python takes that uv fetches."""
_RANGE = {"oldest": "{}.{}".format(*OLDEST), "newest": "{}.{}".format(*NEWEST)}


class Progress(NamedTuple):
    """How far setting up is. ``line`` is the last one that was printed, ``mb`` what the step has brought so far."""

    step: Message
    percent: float
    line: str = ""
    mb: int = 0


class Plan(NamedTuple):
    """How it will be done. ``uv`` None: with pip of ``python``; ``python`` None: uv finds or fetches one."""

    uv: Optional[Path]
    python: Optional[Python]
    build: TorchBuild
    reasons: List[Message]


class Setup:
    """One try. ``fetch`` is the network of the caller; ``hear`` gets :class:`Progress`, from the caller's thread."""

    def __init__(
        self,
        wishes: Wishes,
        environment: Mapping[str, str],
        fetch: Optional[Fetch] = None,
        hear: Callable[[Progress], None] = lambda progress: None,
        cancelled: IsCancelled = never,
    ) -> None:
        self._wishes, self._fetch, self._hear, self._cancelled = wishes, fetch, hear, cancelled
        self._environment = setup_environment(environment, wishes)
        self._target = wishes.folder / ENVIRONMENT
        self._at = Progress(said("setup-step-tool"), 0.0)
        self._places: Dict[str, str] = {}

    def run(self) -> Path:
        """Set up; returns the interpreter. :class:`SetupError` with one sentence for everything that goes wrong."""
        wishes = self._wishes
        if not wishes.wheel.is_file():
            raise SetupError("setup-no-wheel")
        check_folder(wishes.folder)
        try:
            wishes.folder.mkdir(parents=True, exist_ok=True)
            with alone(wishes.folder):
                self._open_folder()
                plan = self.plan()
                stays = self._stays(plan.build)
                self._check_disk(plan.build, stays)
                self._begin(plan.build, stays)
                with downloads(wishes.folder) as self._places:
                    self._make_environment(plan)
                    self._install_torch(plan)
                    self._install_engine(plan)
                take_away(wishes.folder)
                self._check()
                return self._finish(plan)
        except OSError as error:
            raise SetupError("setup-folder-unwritable", folder=str(wishes.folder), reason=str(error)) from error

    def plan(self) -> Plan:
        """Look at the machine, and fetch uv where it is wanted and missing."""
        self._say("setup-step-tool", 0)
        wishes, build = self._wishes, self.build()
        python = self._wished_python()
        reason: Optional[Message] = None
        if wishes.uv:
            try:
                uv = self._uv()
                return self._told(Plan(uv, python, build, [said("setup-with-uv", path=str(uv)), build.reason]))
            except SetupError as error:
                self._heed_cancel()
                reason = error.message
        python = python or fitting_python(self._environment)
        if python is None:
            raise SetupError("setup-no-python", reason=reason or "", **_RANGE)
        if not python.makes_environments:
            raise SetupError("setup-python-unfit", python=str(python.path), **_RANGE)
        code = "setup-with-pip" if reason else "setup-pip-asked"
        how = said(code, python=str(python.path), **({"reason": reason} if reason else {}))
        return self._told(Plan(None, python, build, [how, build.reason]))

    def _told(self, plan: Plan) -> Plan:
        for reason in plan.reasons:
            self._line(reason.text)
        return plan

    def _wished_python(self) -> Optional[Python]:
        if not self._wishes.python:
            return None
        python = ask_python(Path(self._wishes.python), self._environment)
        if python is None or not python.fits:
            raise SetupError("setup-python-unfit", python=self._wishes.python, **_RANGE)
        return python

    def build(self) -> TorchBuild:
        """The build of PyTorch that will be installed, and why; looks at the machine, fetches nothing."""
        in_folder = self._torch_wheels()
        if in_folder:
            return TorchBuild(None, said("setup-torch-folder", file=in_folder[-1].name), in_folder[-1].name)
        cards = nvidia_cards(self._environment)
        return choose_build(self._wishes.build, sys.platform, cards, has_enflame(self._environment))

    def _torch_wheels(self) -> List[Path]:
        return sorted(Path(self._wishes.wheels).glob("torch-*.whl")) if self._wishes.wheels else []

    def _uv(self) -> Path:
        wishes = self._wishes
        own = wishes.folder / "uv" / ("uv.exe" if os.name == "nt" else "uv")
        found = find_uv(self._environment, own)
        if found is not None:
            return found
        here = Platform(sys.platform, platform.machine(), "glibc" not in platform.libc_ver())
        wheels = Path(wishes.wheels) if wishes.wheels else None
        return get_uv(own, here, wishes.index or PYPI, wheels, None if wishes.offline else self._fetch)

    def _open_folder(self) -> None:
        """Known as ours from now on, and with a log of this try; an engine that works there still does."""
        folder = self._wishes.folder
        if not (folder / MAKING).is_file() and not (folder / READY).is_file():
            write(folder / MAKING, {})
        with suppress(OSError):
            (folder / LOG).unlink(missing_ok=True)

    def _stays(self, build: TorchBuild) -> bool:
        """Whether what an earlier try left, whole or half made, is gone on with: it was made with the same wishes and,
        for an installer leaves alone what is there, of the same build of PyTorch."""
        folder = self._wishes.folder
        ready = facts(folder)
        kept = facts(folder, MAKING) or {**ready.get("wishes", {}), "torch_build": ready.get("build")}
        return kept.pop("torch_build", build.name) == build.name and kept == self._wishes.key()

    def _begin(self, build: TorchBuild, stays: bool) -> None:
        """From here on nobody uses what is there. What does not stay goes first, for that fails where it is in use."""
        self._heed_cancel()
        folder = self._wishes.folder
        if not stays:
            remove_environment(folder)
        write(folder / MAKING, {**self._wishes.key(), "torch_build": build.name})
        (folder / READY).unlink(missing_ok=True)

    def _check_disk(self, build: TorchBuild, stays: bool) -> None:
        free = shutil.disk_usage(str(self._wishes.folder)).free / 1e6
        free += 0 if stays else bytes_below(str(self._target)) / 1e6
        needed = 0 if stays and self._target.exists() else build.disk_mb
        if self._wishes.offline and self._wishes.wheels:  # as large as what is in the folder, unpacked
            needed = sum(path.stat().st_size for path in Path(self._wishes.wheels).glob("*.whl")) / 1e6 * 4
        if free < needed:
            folder = str(self._wishes.folder)
            raise SetupError("setup-disk", folder=folder, free=int(free), needed=int(needed))

    def _make_environment(self, plan: Plan) -> None:
        self._say("setup-step-environment", 5)
        if ask_python(interpreter(self._target), self._environment) is not None:
            return
        remove_environment(self._wishes.folder)
        if plan.uv is not None:
            wanted = str(plan.python.path) if plan.python else f">={_RANGE['oldest']},<{NEWEST[0]}.{NEWEST[1] + 1}"
            self._do([str(plan.uv), "venv", "--no-project", "--python", wanted, str(self._target)], plan, 10, PYTHON_MB)
        elif plan.python is not None:
            self._do([str(plan.python.path), "-m", "venv", str(self._target)], plan, 10, PYTHON_MB)

    def _install_torch(self, plan: Plan) -> None:
        self._say("setup-step-torch", 10)
        if self._torch_wheels():
            arguments = ["--no-index", "--find-links", self._wishes.wheels, "--no-deps"]
        elif plan.build.part is not None and not self._wishes.offline:
            base = (self._wishes.torch_index or TORCH_INDEX).rstrip("/")
            arguments = ["--index-url", f"{base}/{plan.build.part}"]
        else:
            arguments = self._sources()
        self._do([*self._installer(plan), *arguments, "torch"], plan, 60, plan.build.disk_mb * 0.6)

    def _install_engine(self, plan: Plan) -> None:
        """The wheel and what it needs beside PyTorch, which stays what it is."""
        self._say("setup-step-engine", 60)
        fixed = self._wishes.folder / CONSTRAINTS
        fixed.write_text(f"torch=={self._version_of('torch')}\n", encoding="utf-8")
        engine = f"rs-dino-engine[{EXTRAS}] @ {self._wishes.wheel.resolve().as_uri()}"
        again = ["--reinstall-package", "rs-dino-engine"] if plan.uv else []
        if plan.uv is None and self._version_of("rs-dino-engine"):
            remove = [str(interpreter(self._target)), "-m", "pip", "uninstall", "--yes", "rs-dino-engine"]
            self._do(remove, plan, 60, ENGINE_MB)
        command = [*self._installer(plan), *self._sources(), *again, "-c", str(fixed), engine]
        self._do(command, plan, 90, ENGINE_MB)
        fixed.unlink()

    def _installer(self, plan: Plan) -> List[str]:
        python = str(interpreter(self._target))
        if plan.uv is not None:
            return [str(plan.uv), "pip", "install", "--python", python]
        return [python, "-m", "pip", "install", "--no-input", "--disable-pip-version-check", "--progress-bar", "off"]

    def _sources(self) -> List[str]:
        """Where packages come from, as pip and uv both understand it."""
        folder = ["--find-links", self._wishes.wheels] if self._wishes.wheels else []
        if self._wishes.offline:
            return ["--no-index", *folder]
        return [*(["--index-url", self._wishes.index] if self._wishes.index else []), *folder]

    def _version_of(self, package: str) -> str:
        ask = f"import importlib.metadata as m; print(*[d.version for d in m.distributions(name={package!r})][:1])"
        done = self._ask([str(interpreter(self._target)), "-I", "-c", ask])
        return done.answer.strip() if done.code == 0 else ""

    def _check(self) -> None:
        self._say("setup-step-check", 90)
        done = self._ask([str(interpreter(self._target)), "-m", "rs_dino_engine", "doctor", "--json"])
        try:
            report = parse_document(done.answer.encode("utf-8"))
        except DocumentError as error:
            reason = (done.tail.splitlines() or [str(error)])[-1]
            raise SetupError("setup-check-failed", details=done.tail, reason=reason) from error
        bad = [f"{check['title']}: {check['said']}" for check in report.get("checks", ()) if check["state"] == "bad"]
        if bad:
            raise SetupError("setup-check-failed", details="\n".join(bad), reason=bad[0])

    def _finish(self, plan: Plan) -> Path:
        made = {
            "wishes": self._wishes.key(),
            "engine": self._version_of("rs-dino-engine"),
            "torch": self._version_of("torch"),
            "build": plan.build.name,
            "made_with": "uv" if plan.uv else "pip",
        }
        write(self._wishes.folder / READY, made)
        (self._wishes.folder / MAKING).unlink()
        self._say("setup-step-check", 100)
        return interpreter(self._target)

    def _do(self, command: List[str], plan: Plan, end: float, expected_mb: float) -> None:
        """A command that has to succeed; what it fetches, about ``expected_mb``, leads to ``end`` per cent."""
        folder, begin = self._wishes.folder, self._at.percent

        def told(mb: int) -> None:
            self._at = self._at._replace(percent=begin + (end - begin) * share(mb, expected_mb), mb=mb)
            self._hear(self._at)

        growth = Growth(lambda: bytes_on_disk(folder, self._target, plan.uv is not None), told)
        done = self._run(command, {**self._environment, **self._places}, growth.look)
        if done.code != 0:
            raise cause(self._at.step, done.tail)

    def _ask(self, command: List[str]) -> Finished:
        """A command that has an answer."""
        return self._run(command, self._environment, answers=True)

    def _run(
        self,
        command: List[str],
        environment: Mapping[str, str],
        meanwhile: Callable[[], None] = lambda: None,
        answers: bool = False,
    ) -> Finished:
        folder = self._wishes.folder
        done = run_command(command, environment, folder, self._line, self._cancelled, answers, meanwhile=meanwhile)
        if done.stopped:
            raise SetupError("setup-cancelled")
        self._heed_cancel()
        return done

    def _heed_cancel(self) -> None:
        if self._cancelled():
            raise SetupError("setup-cancelled")

    def _say(self, step: str, percent: float) -> None:
        self._heed_cancel()
        self._at = Progress(said(step), percent)
        self._hear(self._at)

    def _line(self, line: str) -> None:
        self._at = self._at._replace(line=line)
        self._hear(self._at)
        with (self._wishes.folder / LOG).open("a", encoding="utf-8") as log:
            log.write(line + "\n")
