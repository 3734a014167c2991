# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A throw-away Airflow, set up before anything imports it; connections to the sandbox; a server that writes down calls."""

from __future__ import annotations

import atexit
import importlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

if "airflow" in sys.modules:
    raise RuntimeError("Airflow was imported before its home was chosen; nothing outside tests/airflow may import it")

ROOT = Path(__file__).parents[2]
HOME = Path(tempfile.mkdtemp(prefix="marketsync-airflow-"))
DAGS = HOME / "dags"
atexit.register(shutil.rmtree, HOME, ignore_errors=True)
os.environ.update(
    AIRFLOW_HOME=str(HOME),
    AIRFLOW__CORE__DAGS_FOLDER=str(DAGS),
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__CORE__UNIT_TEST_MODE="False",
    AIRFLOW__DATABASE__SQL_ALCHEMY_CONN=f"sqlite:///{HOME}/airflow.db",
    # The tests run DAGs in their own process, whose sandbox is a thread of it.
    no_proxy="*",
)
# Importing Airflow sets logging up anew, which must not happen in the middle of a test that looks at logs.
importlib.import_module("airflow.settings")


@pytest.fixture(scope="session")
def sandbox_server():
    from airflow_provider_marketsync.sandbox import Sandbox

    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(sandbox_server):
    sandbox_server.reset()
    return sandbox_server


@pytest.fixture
def connect(monkeypatch):
    """Define a connection: ``connect("smaily_default", **connection)``."""

    def define(conn_id, **connection):
        monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", json.dumps(connection))

    return define


@pytest.fixture
def connections(sandbox, connect):
    """Give ``directo_default`` and ``smaily_default``, which lead to the sandbox."""
    for vendor, connection in sandbox.connections.items():
        connect(f"{vendor}_default", **connection)
    return sandbox.connections


@pytest.fixture
def marketsync(monkeypatch, tmp_path):
    """Give the test a ledger and an extracts folder of its own."""
    monkeypatch.setenv("AIRFLOW__MARKETSYNC__LEDGER", str(tmp_path / "ledger.db"))
    monkeypatch.setenv("AIRFLOW__MARKETSYNC__EXTRACTS", str(tmp_path / "extracts"))
    return tmp_path


@pytest.fixture
def recorder():
    """A server that answers 200 to everything and writes down what came in."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self.server.calls.append((self.command, self.path, dict(self.headers), body))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        do_GET = do_POST = answer

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.calls = []
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="session")
def dag_bag():
    """Return a function that parses the DAG files of the throw-away Airflow, whose database is migrated once."""
    shutil.copytree(ROOT / "example_dags", DAGS)
    shutil.copytree(Path(__file__).parent / "dags", DAGS, dirs_exist_ok=True)
    subprocess.run([sys.executable, "-m", "airflow", "db", "migrate"], check=True, capture_output=True)
    try:
        from airflow.dag_processing.dagbag import DagBag
    except ImportError:
        from airflow.models.dagbag import DagBag
    import inspect

    known = inspect.signature(DagBag).parameters
    return lambda: DagBag(dag_folder=str(DAGS), **({"include_examples": False} if "include_examples" in known else {}))
