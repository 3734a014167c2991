# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The stage: a sandbox, a throw-away Airflow that knows it, and what happened on both sides."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import IO, Any, cast

from airflow_provider_marketsync.sandbox import Sandbox

ROOT = Path(__file__).parents[1]
PLACE = ROOT / ".demo" / "airflow"
DAG = "directo_to_smaily"


class Stage:
    """Everything a run needs, made anew.

    :param home: Airflow's folder; what stands there is thrown away
    :param settings: further settings of Airflow, as environment
    """

    def __init__(self, home: Path, **settings: str) -> None:
        self.home, self.logs = home, home / "out"
        shutil.rmtree(home, ignore_errors=True)
        self.logs.mkdir(mode=0o700, parents=True)
        self.sandbox = Sandbox().start()
        self.environment = {**_neutral(), **self._settings(), **settings}
        self.ledger = self.home / "marketsync" / "ledger.db"
        self._airflow: subprocess.Popen[str] | None = None

    def _settings(self) -> dict[str, str]:
        return {
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW__CORE__DAGS_FOLDER": str(ROOT / "example_dags"),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{self.home}/airflow.db",
        }

    def connections(self) -> dict[str, str]:
        """Return the connections as environment."""
        return {f"AIRFLOW_CONN_{name.upper()}_DEFAULT": json.dumps(one) for name, one in self.sandbox.connections.items()}

    # ------------------------------------------------------------------------------------------- Airflow

    def airflow(self, log: str, *words: str) -> int:
        """Run one of Airflow's commands and return its exit code; what it prints goes into a log."""
        if self._airflow is None:
            command = [sys.executable, "-m", "demo.airflow_commands"]
            self._airflow = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment | self.connections(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        asked, answers = cast("IO[str]", self._airflow.stdin), cast("IO[str]", self._airflow.stdout)
        print(json.dumps([str(self.logs / log), *words]), file=asked, flush=True)
        return int(answers.readline() or 1)

    def marketsync(self, *words: str) -> str:
        """Run our own command and return what it says."""
        command = [sys.executable, "-m", "airflow_provider_marketsync.cli", *words, "--ledger", str(self.ledger)]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True)
        return done.stdout + done.stderr

    # ------------------------------------------------------------------------------------------- vendors

    def call(self, path: str, body: Any = ...) -> Any:
        """Use the sandbox's control port."""
        return self.sandbox.call(path) if body is ... else self.sandbox.call(path, body)

    def subscribers(self) -> dict[str, dict[str, Any]]:
        """Return everybody who stands in Smaily, by address."""
        return {one["email"].lower(): one for one in self.call("/smaily/store")["contacts"] if not one["is_deleted"]}

    def cards(self) -> list[dict[str, Any]]:
        """Return every customer's card in Directo."""
        cards: list[dict[str, Any]] = self.call("/directo/store")["customers"]
        return cards

    def requests(self, vendor: str) -> list[dict[str, Any]]:
        """Return every request a vendor got so far."""
        requests: list[dict[str, Any]] = self.call(f"/{vendor}/requests")
        return requests

    def close(self) -> None:
        """End Airflow's process and the servers."""
        if self._airflow is not None:
            self._airflow.communicate()
        self.sandbox.stop()


def _neutral() -> dict[str, str]:
    """Return this environment without what it says of another Airflow, and with no proxy before this machine."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
    # `airflow standalone` starts its parts as `airflow`, from the path.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])
    return {
        **kept,
        "no_proxy": "127.0.0.1,localhost",
        "NO_PROXY": "127.0.0.1,localhost",
        "PYTHONWARNINGS": "ignore",
        "PATH": path,
    }
