# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Starting and stopping."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading

import pytest
import requests

from airflow_provider_marketsync.sandbox import Sandbox


def _start(*arguments):
    command = [sys.executable, "-m", "airflow_provider_marketsync.sandbox", "--port-base", "0", *arguments]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment)


def _stop(server):
    server.send_signal(signal.SIGTERM)
    out, err = server.communicate(timeout=10)
    return server.returncode, out, err


def test_command_prints_one_json_line_of_urls_and_stops_on_request():
    server = _start()
    urls = json.loads(server.stdout.readline())
    assert list(urls) == ["control", "directo", "smaily", "salesmanago", "mailup"]
    assert requests.get(urls["control"], timeout=5).status_code == 200
    assert _stop(server) == (0, "", "")


def test_command_prints_airflow_connections():
    server = _start("--connections")
    *lines, control = [server.stdout.readline() for _ in range(3)]
    assert control.startswith("# control port: http://")
    directo, smaily = (json.loads(re.fullmatch(r"AIRFLOW_CONN_\w+_DEFAULT='(.*)'\n", line)[1]) for line in lines)
    assert lines[0].startswith("AIRFLOW_CONN_DIRECTO_DEFAULT=")
    assert directo["conn_type"] == "directo"
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/xmlcore/cap_xml_direct/xmlcore\.asp", directo["host"])
    assert directo["extra"] == {"database": "demo_ee"}
    assert smaily["conn_type"] == "smaily"
    assert (smaily["host"], smaily["login"]) == ("demo", "api-user")
    assert smaily["extra"]["base_url"].startswith("http://127.0.0.1:")
    assert requests.get(smaily["extra"]["base_url"], timeout=5).status_code == 401
    assert _stop(server)[0] == 0


def test_command_says_what_to_do_about_a_taken_port():
    with Sandbox() as first:
        base = first.urls["control"].rpartition(":")[2]
        server = _start("--port-base", base)
        out, err = server.communicate(timeout=20)
    assert (server.returncode, out) == (1, "")
    assert "--port-base" in err
    assert "Traceback" not in err


def test_printed_connections_work():
    with Sandbox() as sandbox:
        directo = sandbox.connections["directo"]
        form = {"token": directo["password"], "get": 1, "what": "customer"}
        assert b"<transport>" in requests.post(directo["host"], data=form, timeout=5).content


def test_sandbox_listens_on_loopback_and_leaves_no_thread_behind():
    before = threading.active_count()
    Sandbox().stop()
    sandbox = Sandbox().start()
    assert all(url.startswith("http://127.0.0.1:") for url in sandbox.urls.values())
    sandbox.stop()
    sandbox.stop()
    assert threading.active_count() == before


def _first_of_free_ports():
    for base in range(28_700, 29_300, 10):
        with contextlib.ExitStack() as held, contextlib.suppress(OSError):
            for port in range(base, base + 8):
                held.enter_context(socket.socket()).bind(("127.0.0.1", port))
            return base
    raise AssertionError("no eight free ports in a row")


def test_given_port_base_gives_the_vendors_the_ports_after_it():
    base = _first_of_free_ports()
    with Sandbox(port_base=base) as sandbox:
        ports = {name: int(url.rpartition(":")[2]) - base for name, url in sandbox.urls.items()}
    assert ports == {"control": 0, "directo": 1, "smaily": 2, "salesmanago": 3, "mailup": 4}


def test_taken_port_is_an_error_and_leaves_nothing_running():
    with Sandbox() as first:
        base = int(first.urls["control"].rpartition(":")[2])
        before = threading.active_count()
        with pytest.raises(OSError, match="address already in use"):
            Sandbox(port_base=base).start()
        assert threading.active_count() == before


def test_stopping_does_not_wait_for_callers_that_wait_for_a_silent_server():
    sandbox = Sandbox().start()
    sandbox.call("/smaily/faults", [{"kind": "silent_before"}])
    with pytest.raises(requests.ReadTimeout):
        requests.get(sandbox.urls["smaily"], timeout=0.2)
    sandbox.call("/smaily/faults", [{"kind": "slow_first_byte", "seconds": 60}])
    with pytest.raises(requests.ReadTimeout):
        requests.get(sandbox.urls["smaily"], timeout=0.2)
    sandbox.stop()


def test_pytest_plugin_loads_without_the_web_library():
    code = "import sys, airflow_provider_marketsync.sandbox.pytest_plugin; sys.exit('aiohttp' in sys.modules)"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    assert subprocess.run([sys.executable, "-c", code], env=environment, check=False).returncode == 0


def test_sandbox_imports_nothing_else_of_the_package_and_no_airflow():
    code = (
        "import sys, airflow_provider_marketsync.sandbox.server\n"
        "ours = [m for m in sys.modules if m.startswith('airflow_provider_marketsync.')"
        " and not m.startswith('airflow_provider_marketsync.sandbox')]\n"
        "sys.exit(str(ours) if ours or 'airflow' in sys.modules else 0)"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
