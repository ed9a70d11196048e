"""``rs-dino`` with the trial task beside the real ones."""

import sys

from rs_dino_engine import cli, tasks

tasks.TASKS["trial"] = "trial_tasks"

if __name__ == "__main__":
    sys.exit(cli.main())
