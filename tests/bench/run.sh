#!/usr/bin/env bash
# Speed, memory and exactness beside peers: bash tests/bench/run.sh [--quick] [--rounds N] [NAME …]
# PY: the engine's Python (default .venv/bin/python). DEEPNESS_REPO: a checkout of Deepness' repository, to run beside.
# Reports go to bench-out/report.md and bench-out/report.json. Exit code 1: a figure was missed.
set -euo pipefail
cd "$(dirname "$0")/../.."
PY=${PY:-.venv/bin/python}
export OMP_NUM_THREADS=${OMP_NUM_THREADS:-2} OMP_WAIT_POLICY=PASSIVE PYTHONUTF8=1 PYTHONDONTWRITEBYTECODE=1
exec "$PY" tests/bench/suite.py "$@"
