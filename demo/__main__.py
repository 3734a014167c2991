# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""``make demo``: Directo's customers reach Smaily, and everything that can go wrong does."""

from __future__ import annotations

import sys
import time

from demo.checks import check_everything
from demo.play import Play
from demo.stage import PLACE, ROOT, Stage
from demo.told import Told


def main() -> int:
    """Play the story and return how it ended."""
    began, told = time.monotonic(), Told()
    # The story ends today, because the provider reads the real clock; so the vendors' clock begins some days ago.
    stage = Stage(PLACE, AIRFLOW__CORE__MAX_TASK_RETRY_DELAY="1")
    try:
        play = Play(stage, told)
        play.all()
        check_everything(play)
    finally:
        stage.close()
    told.say("")
    seconds, logs = time.monotonic() - began, stage.logs.relative_to(ROOT)
    told.say(f"All this took {seconds:.0f} s. Airflow's own words are in {logs}; `make ui` shows the same in its pages.")
    if told.broken:
        told.say(f"{len(told.broken)} promises were not kept.")
    return 1 if told.broken else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
