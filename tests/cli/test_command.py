# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The command as a process: its start, its servers, its errors, and that it needs no Airflow to look into a ledger."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from urllib.request import urlopen

import click
import pytest
from click.testing import CliRunner

from airflow_provider_marketsync.cli.main import Commands, main
from airflow_provider_marketsync.exceptions import LedgerError, SyncLockedError
from tests.cli.conftest import CUSTOMERS

COMMAND = [sys.executable, "-m", "airflow_provider_marketsync.cli"]


def run(*words, **environment):
    return subprocess.run([*COMMAND, *words], capture_output=True, text=True, env={**os.environ, **environment})


@contextmanager
def serving(*words):
    process = subprocess.Popen(
        [*COMMAND, "sandbox", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell's background job ignores Ctrl-C, and hands that on to what it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_sandbox_prints_its_urls_answers_and_ends_quietly(ending):
    with serving("--port-base", "0") as process:
        urls = json.loads(process.stdout.readline())
        with urlopen(f"{urls['control']}/") as answer:  # noqa: S310
            assert json.load(answer)["vendors"] == sorted(set(urls) - {"control"})

        process.send_signal(ending)
        rest, errors = process.communicate(timeout=10)

    assert (process.returncode, rest, errors) == (0, "", "")


def test_connections_are_printed_as_lines_of_an_environment():
    with serving("--port-base", "0", "--connections") as process:
        line = process.stdout.readline()

    name, _, value = line.partition("=")
    assert name == "AIRFLOW_CONN_DIRECTO_DEFAULT"
    assert json.loads(value.strip().strip("'"))["conn_type"] == "directo"


def test_a_taken_port_is_told_in_one_line():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = run("sandbox", "--port-base", str(taken.getsockname()[1]))

    assert said.returncode == 1
    assert said.stderr.startswith("marketsync: The sandbox can not listen at 127.0.0.1")
    assert len(said.stderr.splitlines()) == 1


def test_a_missing_extra_is_told_with_what_to_install(tmp_path):
    (tmp_path / "aiohttp.py").write_text("raise ModuleNotFoundError('No module named aiohttp', name='aiohttp')")
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])
    said = run("sandbox", "--port-base", "0", PYTHONPATH=path)

    assert said.returncode == 1
    assert "pip install 'airflow-provider-marketsync[sandbox]'" in said.stderr


def test_with_a_named_ledger_airflow_is_never_imported(shop, tmp_path):
    shop.run(CUSTOMERS)
    (tmp_path / "airflow").mkdir()
    (tmp_path / "airflow" / "__init__.py").write_text("raise SystemExit('Airflow was imported')")
    path = os.pathsep.join([str(tmp_path), *filter(None, [os.environ.get("PYTHONPATH")])])

    for words in (("plan", "shop"), ("why", "1"), ("accept", "shop", "--yes")):
        said = run(*words, "--ledger", shop.place.ledger, PYTHONPATH=path)
        assert (said.returncode, said.stderr) == (0, ""), words


@pytest.mark.parametrize(("error", "code"), [(LedgerError("broken"), 1), (SyncLockedError("busy"), 75)])
def test_an_error_to_mend_and_one_to_wait_for_have_exit_codes_of_their_own(error, code):
    def fail():
        raise error

    group = Commands(commands={"fail": click.Command("fail", callback=fail)})
    result = CliRunner().invoke(group, ["fail"])

    assert (result.exit_code, result.stderr) == (code, f"marketsync: {error}\n")


def test_a_wrong_definition_is_told_in_one_line(shop):
    shop.definition.write_text("id: shop\nmappings: {}\n")
    said = shop.ask("plan", str(shop.definition), code=1)

    assert said.startswith("marketsync: ")
    assert len(said.splitlines()) == 1


def test_every_command_has_help():
    for command in main.commands:
        result = CliRunner().invoke(main, [command, "--help"])
        assert result.exit_code == 0
        assert "Usage: main" in result.output


@pytest.mark.airflow
def test_plan_now_reads_the_source_judges_and_sends_nothing(shop, sandbox_server):
    sandbox_server.call("/directo/seed", {"count": 40, "seed": 7})
    definition = shop.folder / "directo.yaml"
    definition.write_text(
        "id: directo\nsource: directo_default\ntarget: smaily_default\nmapping: {email: email}\n"
        "dismissed: [datafields.OPTIN]\nnew_contacts: subscribe\nlimits: {max_creates: 5}\n"
    )
    connections = {f"AIRFLOW_CONN_{name.upper()}_DEFAULT": json.dumps(one) for name, one in sandbox_server.connections.items()}
    home = {"AIRFLOW_HOME": str(shop.folder / "home"), "AIRFLOW__MARKETSYNC__EXTRACTS": shop.place.extracts, **connections}

    said = run("plan", str(definition), "--now", "--ledger", shop.place.ledger, **home)

    assert said.returncode == 0, said.stderr
    assert "Read 40 records of directo, and sent nothing" in said.stdout
    assert "new people wait for a person" in said.stdout
    assert "example.com" not in said.stdout + said.stderr
    assert sandbox_server.call("/smaily/store?count=1")["counts"]["contacts"] == 0
    assert not [one for one in (shop.folder / "extracts" / "directo").iterdir() if one.is_dir()]
