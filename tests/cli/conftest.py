# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A sync that really ran: made customers, the sandbox's Smaily, a ledger on disk; and the command to ask about it."""

from __future__ import annotations

import itertools

import pytest
from click.testing import CliRunner

from airflow_provider_marketsync.cli.main import main
from airflow_provider_marketsync.contacts.definition import Sync, compile_sync
from airflow_provider_marketsync.engine.installation import Installation
from airflow_provider_marketsync.engine.upsert import UpsertOptions, upsert
from airflow_provider_marketsync.extracts.rows import write_extract
from airflow_provider_marketsync.sandbox import Sandbox
from airflow_provider_marketsync.vendors.smaily.settings import SmailySettings
from airflow_provider_marketsync.vendors.smaily.target import SmailyTarget

DEFINITION = """\
id: shop
source: {name: shop}
target: smaily_default
where: {country: [EE, LV]}
mapping: {email: email, name: name}
allow_new_fields: [name]
consent: {email: {state: optin, granted: [yes], withdrawn: [no]}}
new_contacts: {granted: subscribe, pending: skip, unknown: skip, withdrawn: create_unsubscribed}
limits: {max_creates: 2}
"""


def customer(number, **fields):
    """Make a customer who agreed."""
    row = {"id": f"customer:{number}", "email": f"p{number}@pood.example.com", "name": f"Kask {number}", "country": "EE"}
    return {**row, "optin": "yes", **fields}


CUSTOMERS = [
    *(customer(number) for number in range(1, 5)),
    customer(10, email="puudub"),
    customer(11, email=""),
    customer(12, country="FI"),
    customer(13, optin="no"),
    customer(20, email="arve@talu.example.com"),
    customer(21, email="arve@talu.example.com", optin="no"),
]


class Shop:
    """The sync: run it with rows, then ask the command about it."""

    def __init__(self, folder, sandbox):
        self.folder, self.sandbox = folder, sandbox
        self.definition = folder / "shop.yaml"
        self.definition.write_text(DEFINITION)
        self.place = Installation(str(folder / "ledger.db"), str(folder / "extracts"))
        self._numbers = itertools.count()

    def run(self, rows, **options):
        """Deliver rows once."""
        connection = self.sandbox.connections["smaily"]
        settings = SmailySettings.from_connection(
            host=connection["host"],
            login=connection["login"],
            password=connection["password"],
            port=None,
            schema=None,
            extra={**connection["extra"], "calls_per_second": 1000},
        )
        target = SmailyTarget(settings)
        path = write_extract(rows, str(self.folder / f"rows-{next(self._numbers)}"), source="shop", key="id", complete=True)
        try:
            compiled = compile_sync(Sync.load(self.definition))
            return upsert(compiled, target, self.place, [path], UpsertOptions(owner="test", **options))
        finally:
            target.close()

    def ask(self, *words, answer=None, code=0):
        """Run a command and return what it said; addresses must not be in it."""
        result = CliRunner().invoke(main, [*words, "--ledger", self.place.ledger], input=answer)
        assert result.exit_code == code, result.output
        assert "example.com" not in result.output
        return result.output


@pytest.fixture(scope="session")
def sandbox_server():
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def shop(tmp_path, sandbox_server):
    sandbox_server.reset()
    sandbox_server.call("/smaily/switches", {"rate_limit": 0})
    return Shop(tmp_path, sandbox_server)


@pytest.fixture
def held(shop):
    """The shop after its first run, which held its people."""
    shop.run(CUSTOMERS)
    return shop
