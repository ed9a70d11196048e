"""A stand-in for the engine, for faults only: a real interpreter with a tiny ``rs_dino_engine`` in it."""

import os
import venv
from pathlib import Path

PREAMBLE = """
import fcntl, json, os, socket, sys, time
from pathlib import Path

job = Path(sys.argv[sys.argv.index("--job") + 1])
request = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
inputs = request["inputs"]
lock = open(job / "job.lock", "w")
fcntl.flock(lock, fcntl.LOCK_EX)
json.dump({"pid": os.getpid(), "host": socket.gethostname(), "leads_group": os.getpgrp() == os.getpid()}, lock)
lock.flush()


def say(status, progress=0, code=None, text="", metrics=None, **params):
    message = {"code": code, "params": params, "text": text} if code else None
    line = {"jobID": job.name, "processID": request["processID"], "status": status, "progress": progress,
            "message": message, "metrics": metrics or {}}
    with open(job / "status.ndjson", "a", encoding="utf-8") as lines:
        lines.write(json.dumps(line, ensure_ascii=False) + "\\n")


say("accepted")
"""


def install(folder: Path, body: str) -> Path:
    """Make a virtual environment whose ``rs_dino_engine`` runs ``body``; returns its interpreter."""
    venv.EnvBuilder(with_pip=False, symlinks=True).create(folder)
    (packages,) = folder.glob("lib/python3*/site-packages")
    (packages / "rs_dino_engine").mkdir()
    (packages / "rs_dino_engine" / "__init__.py").touch()
    (packages / "rs_dino_engine" / "__main__.py").write_text(PREAMBLE + body, encoding="utf-8")
    return folder / "bin" / "python"


def empty_environment(folder: Path) -> Path:
    """An interpreter without any engine."""
    venv.EnvBuilder(with_pip=False, symlinks=os.name != "nt").create(folder)
    return folder / "bin" / "python"
