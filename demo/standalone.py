# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A real `airflow standalone` on free ports of this machine, which leaves no process behind."""

from __future__ import annotations

import base64
import json
import secrets
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.request import Request, urlopen

import psutil

from demo.stage import DAG, ROOT, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

USER = "admin"
FAVOURITE = 8080
READY_WITHIN = 240.0
GRACE = 15.0


class Standalone:
    """Airflow with all its parts, over a stage of its own.

    :param home: Airflow's folder; what stands there is thrown away
    :param settings: further settings of Airflow, as environment
    """

    def __init__(self, home: Path, **settings: str) -> None:
        port = FAVOURITE if _is_free(FAVOURITE) else free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.password = secrets.token_urlsafe(9)
        self.stage = Stage(home, **_settings(self.url, port), **settings)
        (home / "simple_auth_manager_passwords.json.generated").write_text(json.dumps({USER: self.password}))
        self._token = ""
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start everything and wait until the DAG is there and runs.

        :raises SystemExit: if it does not come up
        """
        with (self.stage.logs / "standalone.log").open("wb") as log:
            # A session of its own, so that Ctrl-C comes to us alone and everything ends in order.
            self._process = subprocess.Popen(
                [str(Path(sys.executable).with_name("airflow")), "standalone"],
                cwd=ROOT,
                env=self.stage.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        until = time.monotonic() + READY_WITHIN
        while not self._is_ready():
            if time.monotonic() > until or self._process.poll() is not None:
                raise SystemExit(f"Airflow did not start; look at {self.stage.logs}/standalone.log")
            time.sleep(0.5)
        self._connect()
        self.ask(f"/api/v2/dags/{DAG}", {"is_paused": False}, "PATCH")

    def _connect(self) -> None:
        """Make the connections, so that they can be seen and edited under Admin > Connections."""
        for vendor, connection in self.stage.sandbox.connections.items():
            extra = json.dumps(connection.get("extra", {}))
            # Airflow 3.3's "Test connection" button asks with port 0, and is refused where no port is kept.
            kept = {**connection, "connection_id": f"{vendor}_default", "extra": extra, "port": 0}
            self.ask("/api/v2/connections", kept)

    def _is_ready(self) -> bool:
        try:
            self._token = self._sign_in()
            return bool(self.ask(f"/api/v2/dags/{DAG}"))
        except (URLError, ConnectionError, TimeoutError, KeyError):
            return False

    def _sign_in(self) -> str:
        return str(self._call("/auth/token", {"username": USER, "password": self.password})["access_token"])

    def ask(self, path: str, body: Any = None, method: str | None = None) -> Any:
        """Use Airflow's REST API.

        :param path: such as ``/api/v2/dags``
        :param body: anything JSON can hold
        """
        return self._call(path, body, method)

    def _call(self, path: str, body: Any = None, method: str | None = None) -> Any:
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        sent = None if body is None else json.dumps(body).encode()
        with urlopen(Request(self.url + path, sent, headers, method=method), timeout=30) as answer:  # noqa: S310
            return json.load(answer)

    def wait(self) -> None:
        """Wait until Airflow ends."""
        if self._process is not None:
            self._process.wait()

    def stop(self) -> None:
        """End Airflow, each of its parts, and the sandbox."""
        if self._process is not None and self._process.poll() is None:
            head = psutil.Process(self._process.pid)
            family = [head, *head.children(recursive=True)]
            _each(family, psutil.Process.terminate)
            _, left = psutil.wait_procs(family, GRACE)
            _each(left, psutil.Process.kill)
            self._process.wait()
        self.stage.close()


def _each(family: Iterable[psutil.Process], end: Callable[[psutil.Process], None]) -> None:
    for one in family:
        with suppress(psutil.NoSuchProcess):
            end(one)


def _settings(url: str, port: int) -> dict[str, str]:
    return {
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__SECRET_KEY": secrets.token_urlsafe(32),
        "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_urlsafe(32),
        "AIRFLOW__CORE__FERNET_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__TEST_CONNECTION": "Enabled",
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(free_port()),
        "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(free_port()),
        "AIRFLOW__DAG_PROCESSOR__REFRESH_INTERVAL": "30",
    }


def free_port() -> int:
    """Return a port nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
