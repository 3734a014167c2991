# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Airflow's REST API as a user of its pages uses it, on Airflow 2.11 and 3."""

from __future__ import annotations

import base64
import json
import secrets
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any
from urllib.parse import quote
from urllib.request import Request, urlopen

AIRFLOW_2 = version("apache-airflow").startswith("2.")
USER = "admin"
PASSWORD_FILE = "standalone_admin_password.txt"  # noqa: S105 - where Airflow 2 writes the one it made up


class Rest:
    """One Airflow's API, signed in as its administrator.

    :param url: scheme, host and port
    :param home: Airflow's folder
    """

    def __init__(self, url: str, home: Path) -> None:
        self.url, self._home = url, home
        self._authorization = ""
        self.password = ""
        if not AIRFLOW_2:
            self.password = secrets.token_urlsafe(9)
            known = home / "simple_auth_manager_passwords.json.generated"
            known.write_text(json.dumps({USER: self.password}))

    def sign_in(self) -> None:
        """Sign in.

        :raises OSError: while Airflow does not answer yet
        """
        if AIRFLOW_2:
            self.password = (self._home / PASSWORD_FILE).read_text().strip()
            self._authorization = "Basic " + base64.b64encode(f"{USER}:{self.password}".encode()).decode()
            return
        token = self._call("/auth/token", {"username": USER, "password": self.password})["access_token"]
        self._authorization = f"Bearer {token}"

    def ask(self, path: str, body: Any = None, method: str | None = None) -> Any:
        """Use the API.

        :param path: below the version, such as ``/dags``
        :param body: anything JSON can hold
        """
        return self._call(f"/api/{'v1' if AIRFLOW_2 else 'v2'}{path}", body, method)

    def _call(self, path: str, body: Any = None, method: str | None = None) -> Any:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._authorization:
            headers["Authorization"] = self._authorization
        sent = None if body is None else json.dumps(body).encode()
        with urlopen(Request(self.url + path, sent, headers, method=method), timeout=30) as answer:  # noqa: S310
            return json.load(answer)

    # ------------------------------------------------------------------------------- what buttons do

    def connect(self, conn_id: str, connection: dict[str, Any]) -> None:
        """Make a connection, so that it can be seen and edited under Admin > Connections."""
        self.ask("/connections", _kept(conn_id, connection))

    def check(self, conn_id: str, connection: dict[str, Any]) -> dict[str, Any]:
        """Press "Test" on a connection's form.

        :return: ``status`` and ``message``
        """
        answer: dict[str, Any] = self.ask("/connections/test", _kept(conn_id, connection))
        return answer

    def unpause(self, dag: str) -> None:
        """Switch a DAG on."""
        self.ask(f"/dags/{dag}", {"is_paused": False}, "PATCH")

    def trigger(self, dag: str, conf: dict[str, Any] | None = None, logical_date: datetime | None = None) -> str:
        """Trigger a DAG and return the run's id.

        :param logical_date: None leaves it empty on Airflow 3; Airflow 2 takes the present moment then
        """
        wish: dict[str, Any] = {"conf": conf or {}}
        if logical_date or not AIRFLOW_2:
            wish["logical_date"] = logical_date.isoformat() if logical_date else None
        return str(self.ask(f"/dags/{dag}/dagRuns", wish)["dag_run_id"])

    def runs(self, dag: str) -> list[dict[str, Any]]:
        """Return a DAG's runs."""
        runs: list[dict[str, Any]] = self.ask(f"/dags/{dag}/dagRuns?limit=100")["dag_runs"]
        return runs

    def run(self, dag: str, run: str) -> dict[str, Any]:
        """Return one run."""
        found: dict[str, Any] = self.ask(run_path(dag, run))
        return found

    def tasks(self, dag: str, run: str) -> list[dict[str, Any]]:
        """Return a run's task instances, each of a mapped one."""
        tasks: list[dict[str, Any]] = self.ask(f"{run_path(dag, run)}/taskInstances")["task_instances"]
        return tasks

    def clear(self, dag: str, run: str, task: str, **options: bool) -> None:
        """Press "Clear" on a task.

        :param options: ``include_downstream``
        """
        wish = {"dry_run": False, "dag_run_id": run, "task_ids": [task], "only_failed": False, "reset_dag_runs": True}
        self.ask(f"/dags/{dag}/clearTaskInstances", {**wish, **options})

    def mark(self, dag: str, run: str, task: str, state: str) -> None:
        """Press "Mark as success" or "Mark as failed"."""
        wish: dict[str, Any] = {"new_state": state}
        if AIRFLOW_2:
            wish["dry_run"] = False
        self.ask(f"{run_path(dag, run)}/taskInstances/{task}", wish, "PATCH")


def run_path(dag: str, run: str) -> str:
    """Return where a run stands below the API's version."""
    return f"/dags/{dag}/dagRuns/{quote(run, safe='')}"


def _kept(conn_id: str, connection: dict[str, Any]) -> dict[str, Any]:
    extra = json.dumps(connection.get("extra", {}))
    # Airflow 3.3's "Test connection" button asks with port 0, and is refused where no port is kept.
    return {**connection, "connection_id": conn_id, "extra": extra, "port": connection.get("port") or 0}
