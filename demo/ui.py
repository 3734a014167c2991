# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""``make ui``: Airflow's web page on the example DAG, with the sandbox behind it, until Ctrl-C."""

from __future__ import annotations

import signal
import sys

from demo.people import CAST, CROWD
from demo.rest import USER
from demo.stage import DAG, ROOT
from demo.standalone import Standalone

HOME = ROOT / ".demo" / "ui"


def main() -> int:
    """Serve until Ctrl-C."""
    for ending in (signal.SIGINT, signal.SIGTERM):
        signal.signal(ending, signal.default_int_handler)
    airflow = Standalone(HOME)
    try:
        airflow.stage.call("/directo/seed", CROWD)
        airflow.stage.call("/directo/seed", CAST)
        print("Starting Airflow; this takes half a minute or so ...", flush=True)
        airflow.start()
        print(_welcome(airflow), flush=True)
        airflow.wait()
    except KeyboardInterrupt:
        print("\nEnding Airflow and the sandbox ...", flush=True)
    finally:
        airflow.stop()
    return 0


def _welcome(airflow: Standalone) -> str:
    ledger = airflow.stage.ledger.relative_to(ROOT)
    return f"""
    Airflow   {airflow.rest.url}/dags/{DAG}
    user      {USER}
    password  {airflow.rest.password}
    sandbox   {airflow.stage.sandbox.urls["control"]}   (what it can do)

  The DAG runs by itself once an hour, and now. Its first run holds some 950 people, who would
  be mailed for the first time: the log of the task "upsert" says so. Look at them, accept them:

    .demo/venv/bin/marketsync plan {DAG} --ledger {ledger}
    .demo/venv/bin/marketsync accept {DAG} --ledger {ledger}

  Then press "Trigger" in Airflow: they are created. Ctrl-C here ends everything.
"""


if __name__ == "__main__":
    sys.exit(main())
