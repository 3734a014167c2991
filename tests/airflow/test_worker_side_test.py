# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Airflow 3.3 can test a connection on a worker: its own supervisor, which hands the connection on as a URI, over HTTP."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import uuid
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

pytest.importorskip("airflow.sdk.execution_time.connection_test_supervisor", reason="Airflow tests on workers from 3.3")

SUPERVISE = """
import sys, uuid
from airflow.sdk.execution_time.connection_test_supervisor import supervise_connection_test
supervise_connection_test(
    connection_test_id=uuid.UUID(sys.argv[1]), connection_id=sys.argv[2], timeout=60, token="made-token", server=sys.argv[3]
)
"""


@pytest.fixture
def api_server():
    """The two routes of the execution API that the supervisor calls."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.answer(json.dumps(self.server.connection).encode())

        def do_PATCH(self):
            self.server.told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            self.answer(b"")

        def answer(self, body):
            self.send_response(200 if body else 204)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.told = None
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("vendor", ["directo", "smaily"])
@pytest.mark.parametrize("good", [True, False], ids=["right", "wrong"])
def test_a_worker_tests_a_connection_and_tells_no_secret(connections, api_server, vendor, good):
    connection = {**connections[vendor], "extra": json.dumps(connections[vendor]["extra"])}
    if not good:
        connection["password"] = "wrong-made-secret"
    api_server.connection = {"conn_id": f"my_{vendor}", **connection}
    command = [sys.executable, "-c", SUPERVISE, str(uuid.uuid4()), f"my_{vendor}", f"http://127.0.0.1:{api_server.server_port}/"]
    ran = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)
    assert api_server.told["state"] == ("success" if good else "failed"), api_server.told
    message = api_server.told["result_message"]
    assert ("accepted the credentials" in message) is good
    assert "password" in message or good
    assert connection["password"] not in message + ran.stdout + ran.stderr
