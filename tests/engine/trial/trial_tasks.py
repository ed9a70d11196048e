"""A task for tests of how jobs are carried: it counts, and does what goes wrong in real ones."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from typing import List, Optional

from rs_dino_engine.errors import UserError
from rs_dino_engine.messages import message
from rs_dino_engine.tasks.declaration import Declaration, Output, TaskInputs, declare

MODES = ("count", "noise", "killed", "exit", "crash", "raise", "deaf", "children", "fill-disk", "refuse")


class Inputs(TaskInputs):
    output: str = declare("folder", "Output folder", "Where the results go.")
    steps: int = declare("integer", "Steps", "How far to count.", default=3, ge=1, le=1000)
    step_s: float = declare("number", "Step", "Time a step takes.", default=0.0, unit="s", advanced=True)
    stop_at: Optional[int] = declare("integer", "Stop at", "The step that goes wrong.", default=None)
    mode: str = declare("choice", "Mode", "What goes wrong.", default="count", choices=MODES)
    names: List[str] = declare("choices", "Names", "Files that are written.", default=["a.tif"])
    aoi: Optional[str] = declare("aoi", "Area", "A file.", default=None)
    bands: Optional[List[int]] = declare("bands", "Bands", "Numbers.", default=None)
    fancy: bool = declare("flag", "Fancy", "More of it.", default=True)
    preflight: bool = declare("flag", "Only check", "Say what would be done.", default=False)
    recipe: Optional[dict] = declare("recipe", "Recipe", "Nested settings.", default=None)


def run(inputs, job):
    if inputs.mode == "refuse":
        raise UserError("raster-none", path="nowhere")
    first = _first(job)
    for step in range(first, inputs.steps):
        if inputs.mode != "deaf":
            job.check_cancel()
        (job.checkpoint / "step").write_text(str(step), encoding="ascii")
        job.report(100.0 * step / inputs.steps, message("job-started"), step=step)
        if inputs.stop_at in (None, step):
            _go_wrong(inputs.mode, job)
        time.sleep(inputs.step_s)
    results = {}
    for name in inputs.names:
        (job.outputs / name).write_bytes(b"whole " + name.encode("utf-8"))
        results[name.split(".")[0]] = {"href": name, "type": "image/tiff; application=geotiff"}
    results["summary"] = {"value": {"steps": inputs.steps, "first": first, "pid": os.getpid()}}
    return results


def _first(job):
    if not job.resume:
        return 0
    return int((job.checkpoint / "step").read_text(encoding="ascii"))


def _go_wrong(mode, job):
    if mode == "noise":
        print("noise of Python")
        os.write(1, b"noise of a file descriptor\n")
        ctypes.CDLL(None).puts(b"noise of C")
        subprocess.run([sys.executable, "-c", "print('noise of a child')"], check=True)
    elif mode == "killed":
        os.write(2, b"last words\n")
        os.kill(os.getpid(), signal.SIGKILL)
    elif mode == "exit":
        os.write(2, b"last words\n")
        os._exit(7)
    elif mode == "crash":
        import faulthandler

        faulthandler._sigsegv()
    elif mode == "raise":
        raise ValueError("a secret detail")
    elif mode == "children":
        subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    elif mode == "fill-disk":
        with (job.checkpoint / "big").open("wb") as file:
            for _ in range(10_000):
                file.write(b"\0" * 65536)


DECLARATION = Declaration(
    id="trial",
    title="Trial",
    description="Counts: for tests.",
    inputs=Inputs,
    outputs=(Output("a", "raster", "A", "A file."),),
    run=run,
)
