"""What is said about jobs and requests."""

TEXTS = {
    "cancelled": "Cancelled.",
    "internal": "Something went wrong that should not have: {reason}. The log has the details: {log}.",
    "job-started": "Starting.",
    "job-done": "Done.",
    "job-publishing": "Writing the results into {folder}.",
    "job-resumed": "Continuing the job {job} where it stopped.",
    "job-nothing-to-resume": (
        "There is no unfinished job with the same settings in {folder}; starting from the beginning."
    ),
    "job-busy": "The job in {folder} is already running.",
    "job-no-lock": "The disk of {folder} cannot lock files, so other programs cannot see whether this job is alive.",
    "job-never-started": "The job never started. The log says: {tail}",
    "job-died": "The job ended without a word. The log ends with: {tail}",
    "job-died-code": "The job ended without a word, with exit code {exit_code}. The log ends with: {tail}",
    "job-killed": (
        "The job was ended by the system (signal {signal}); most often memory had run out. The log ends with: {tail}"
    ),
    "job-crashed": "The job crashed inside a library (exit code {exit_code}). The log ends with: {tail}",
    "request-missing": "There is no request file {path}.",
    "request-invalid": "The request {path} cannot be used: {reason}.",
    "task-unknown": "There is no task called {name}. Known are: {known}.",
    "input-missing": "{option} is needed.",
    "input-unknown": "The task {task} has no input called {name}. Known are: {known}.",
    "input-invalid": "{option}: {reason}.",
    "input-choice": "{option}: {value} is not one of {choices}.",
    "output-locked": "{path} is open in another program, so it was left alone; the new result is {renamed}.",
    "output-was-read": "{path} is one of the files that were read, so it was left alone; the new result is {renamed}.",
    "output-read-only": "Nothing can be written into {folder}: {reason}. Choose another output folder.",
    "disk-full": "The disk of {folder} is full. Free some space and run again; with --resume the work done is kept.",
    "no-permission": "{path} cannot be read or written: permission denied.",
    "out-of-memory": "Memory ran out. A smaller tile size or batch size needs less.",
    "live-one-raster": "Live mode shows one raster; {count} are chosen. Choose one, or make them one mosaic.",
    "live-basis": "For a feature map live mode needs the basis of an earlier run (More settings, Basis), so that its "
    "colours do not change while the map moves.",
    "live-task": "Live mode cannot show the task {task}: it shows classes, canopy height, and feature maps.",
    "live-ready": "Live mode is ready.",
    "live-ended": "Live mode has ended.",
    "live-idle": "Live mode had nothing to do for a while and has ended.",
    "demo-missing": "This installation has no sample raster, so the demo cannot run.",
    "module-missing": "This needs the Python package {package}, which is not installed. Install it with: {command}.",
}
