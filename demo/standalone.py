# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A real `airflow standalone` on free ports of this machine, which leaves no process behind."""

from __future__ import annotations

import base64
import secrets
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import URLError

import psutil

from demo.rest import AIRFLOW_2, Rest
from demo.stage import DAG, ROOT, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FAVOURITE = 8080
READY_WITHIN = 240.0
GRACE = 15.0


class Standalone:
    """Airflow with all its parts, over a stage of its own.

    :param home: Airflow's folder; what stands there is thrown away
    :param dags: DAGs that must be there before it counts as started
    :param port: where its page is served; a person's favourite or, if that is taken, a free one, if None
    :param settings: further settings of Airflow, as environment
    """

    def __init__(self, home: Path, dags: Iterable[str] = (DAG,), port: int | None = None, **settings: str) -> None:
        port = port or (FAVOURITE if _is_free(FAVOURITE) else free_port())
        url = f"http://127.0.0.1:{port}"
        self.stage = Stage(home, **{**_settings(url, port), **settings})
        self.rest = Rest(url, home)
        self._awaited = set(dags)
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start everything and wait until the DAGs are there and the first of them runs.

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
        for vendor, connection in self.stage.sandbox.connections.items():
            self.rest.connect(f"{vendor}_default", connection)
        self.rest.unpause(DAG)

    def _is_ready(self) -> bool:
        try:
            self.rest.sign_in()
            known = {one["dag_id"] for one in self.rest.ask("/dags?limit=100")["dags"]}
        except (URLError, OSError, KeyError):
            return False
        return known >= self._awaited

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
        "AIRFLOW__CORE__FERNET_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "AIRFLOW__CORE__PARALLELISM": "4",
        "AIRFLOW__CORE__TEST_CONNECTION": "Enabled",
        "AIRFLOW__LOGGING__WORKER_LOG_SERVER_PORT": str(free_port()),
        "AIRFLOW__LOGGING__TRIGGER_LOG_SERVER_PORT": str(free_port()),
        **(_web_of_2 if AIRFLOW_2 else _web_of_3)(url, port),
    }


def _web_of_2(url: str, port: int) -> dict[str, str]:
    return {
        "AIRFLOW__WEBSERVER__WEB_SERVER_HOST": "127.0.0.1",
        "AIRFLOW__WEBSERVER__WEB_SERVER_PORT": str(port),
        "AIRFLOW__WEBSERVER__BASE_URL": url,
        "AIRFLOW__WEBSERVER__WORKERS": "1",
        "AIRFLOW__WEBSERVER__SECRET_KEY": secrets.token_urlsafe(32),
        "AIRFLOW__API__AUTH_BACKENDS": "airflow.providers.fab.auth_manager.api.auth.backend.basic_auth",
        # Airflow 2 runs one task at a time over SQLite, and nothing else meanwhile, unless it is told not to look.
        "AIRFLOW__CORE__EXECUTOR": "LocalExecutor",
        "_AIRFLOW__SKIP_DATABASE_EXECUTOR_COMPATIBILITY_CHECK": "1",
    }


def _web_of_3(url: str, port: int) -> dict[str, str]:
    return {
        "AIRFLOW__API__HOST": "127.0.0.1",
        "AIRFLOW__API__PORT": str(port),
        "AIRFLOW__API__BASE_URL": url,
        "AIRFLOW__API__WORKERS": "1",
        "AIRFLOW__API__SECRET_KEY": secrets.token_urlsafe(32),
        "AIRFLOW__API_AUTH__JWT_SECRET": secrets.token_urlsafe(32),
        "AIRFLOW__CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
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
