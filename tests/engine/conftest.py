"""What the tests of jobs share: the trial task, run in processes of its own."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

TRIAL = Path(__file__).parent / "trial"
sys.path.insert(0, str(TRIAL))
# jobs run in folders of their own, where a relative entry would mean something else
os.environ["PYTHONPATH"] = os.pathsep.join(
    str(Path(p).absolute()) for p in os.environ.get("PYTHONPATH", "").split(os.pathsep) if p
)


class Trial:
    """The command line with the trial task; paths have spaces and Chinese characters."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "我的 数据"
        self.folder.mkdir()
        self.output = self.folder / "结果 1"

    def command(self, *arguments) -> list:
        return [sys.executable, str(TRIAL / "trial_cli.py"), *map(str, arguments)]

    def run(self, *arguments, **options) -> subprocess.CompletedProcess:
        return subprocess.run(
            self.command(*arguments), capture_output=True, encoding="utf-8", timeout=60, cwd=self.folder, **options
        )

    def trial(self, *arguments, output=None, **options) -> subprocess.CompletedProcess:
        return self.run("trial", "--output", output or self.output, *arguments, **options)

    def jobs(self, output=None) -> list:
        return sorted(((output or self.output) / ".rs-dino").glob("*/"))

    def folder_for(self, name="任务 1", **inputs) -> Path:
        """A job folder as a client makes it."""
        from rs_dino_engine.jobs import create
        from rs_dino_engine.protocol import Request

        return create(self.folder / name, Request("trial", {"output": str(self.output), **inputs}))

    def run_command(self, folder, *more) -> list:
        return self.command("run", folder / "request.json", "--job", folder, *more)


@pytest.fixture
def trial(tmp_path) -> Trial:
    return Trial(tmp_path)


@pytest.fixture
def trial_task(monkeypatch):
    """The trial task in this process."""
    from rs_dino_engine import tasks

    monkeypatch.setitem(tasks.TASKS, "trial", "trial_tasks")
    return tasks.declaration("trial")


def wait_for(condition, seconds=20.0):
    """Wait until the condition holds and return its value; fails after ``seconds``."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        value = condition()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError("waited in vain")


@pytest.fixture
def waiting():
    return wait_for


@pytest.fixture
def as_nobody():
    """Act as a user without rights, for tests of permissions; skips where that is not possible."""
    if os.name == "nt" or os.geteuid() != 0:
        yield  # an ordinary user: permissions hold anyway (Windows tests bring their own)
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)
