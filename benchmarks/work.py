# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The work that is measured: one fetch, one upsert, and a parser that does nothing."""

from __future__ import annotations

# What the package imports at its first use is imported here, for start-up has a benchmark of its own.
import encodings.idna  # noqa: F401
from collections import Counter
from pathlib import Path
from typing import Any

import email_validator  # noqa: F401
import fsspec.implementations.local  # noqa: F401
import psutil  # noqa: F401
import pyrate_limiter  # noqa: F401
from lxml import etree

from airflow_provider_marketsync.contacts.definition import CompiledSync, Sync, compile_sync
from airflow_provider_marketsync.engine.fetch import FetchOptions, fetch
from airflow_provider_marketsync.engine.installation import Installation
from airflow_provider_marketsync.engine.splitting import deliver as split_and_deliver
from airflow_provider_marketsync.engine.upsert import UpsertOptions, upsert
from airflow_provider_marketsync.transport.rate import calls_in_flight
from airflow_provider_marketsync.vendors.directo.settings import DirectoSettings
from airflow_provider_marketsync.vendors.directo.source import DirectoSource
from airflow_provider_marketsync.vendors.smaily.settings import SmailySettings
from airflow_provider_marketsync.vendors.smaily.target import SmailyTarget

BLOCK = 64 * 1024
BATCH = 100
UNLIMITED = 1_000_000.0


def compiled() -> CompiledSync:
    """Return the definition of the example DAG, without a limit for new people."""
    return compile_sync(
        Sync(
            id="bench",
            source="directo_default",
            target="smaily_default",
            where={"closed": "0", "country": ["EE", "LV"]},
            mapping={
                "email": "email",
                "name": "name | trim",
                "customer_class": "class",
                "language": "first(datafields.LANG | map(EST=et, RUS=ru, ENG=en), country | map(EE=et, LV=lv))",
                "last_order": "datafields.LASTORDER | date(dd.mm.yyyy)",
            },
            allow_new_fields=["name", "customer_class", "language", "last_order"],
            consent={
                "email": {
                    "state": "datafields.OPTIN",
                    "date": "datafields.OPTIN.param",
                    "formats": ["yyyy-mm-dd", "dd.mm.yyyy"],
                    "granted": ["yes", "jah"],
                    "withdrawn": ["no", "ei"],
                }
            },
            new_contacts={"granted": "subscribe", "pending": "skip", "unknown": "skip", "withdrawn": "create_unsubscribed"},
            limits={"max_creates": 10_000_000},
        )
    )


def source(url: str) -> DirectoSource:
    """Return the made feed as a source."""
    host = f"{url}/xmlcore/cap_xml_direct/xmlcore.asp"
    return DirectoSource(DirectoSettings.from_connection(host=host, password="token", extra={"database": "bench"}))  # noqa: S106


def target(url: str, in_flight: int = calls_in_flight(UNLIMITED)) -> SmailyTarget:
    """Return the made account as a target, without its limit; a connection that says so has as many calls in flight."""
    return SmailyTarget(
        SmailySettings(
            subdomain="demo", username="user", password="secret", base_url=url,  # noqa: S106
            calls_per_second=UNLIMITED, batch_size=BATCH, in_flight=in_flight,
        )
    )  # fmt: skip


def sandbox_target(url: str, calls_per_second: float, batch_size: int) -> SmailyTarget:
    """Return the sandbox's account as a target."""
    return SmailyTarget(
        SmailySettings(
            subdomain="demo", username="api-user", password="s3cret", base_url=url,  # noqa: S106
            calls_per_second=calls_per_second, batch_size=batch_size,
        )
    )  # fmt: skip


def installation(folder: str) -> Installation:
    """Return an installation inside a folder."""
    return Installation(ledger=str(Path(folder, "ledger.db")), extracts=str(Path(folder, "extracts")))


def fetch_all(url: str, folder: str) -> str:
    """Read the whole feed into an extract.

    :return: path of the extract's manifest
    """
    return fetch([compiled()], source(url), installation(folder), FetchOptions(full=True))[0].path


def deliver(url: str, folder: str, extract: str, in_flight: str | int = calls_in_flight(UNLIMITED)) -> dict[str, object]:
    """Upsert an extract.

    :return: the summary
    """
    return upsert(compiled(), target(url, int(in_flight)), installation(folder), [extract], UpsertOptions(owner="bench"))


def fetch_and_deliver(url: str, folder: str) -> dict[str, object]:
    """Read the whole feed and upsert it, as two tasks do.

    :return: the summary of the upsert
    """
    return deliver(url, folder, fetch_all(url, folder))


def deliver_within(url: str, folder: str, extract: str, calls_per_second: str, batch_size: str) -> dict[str, object]:
    """Upsert an extract to the sandbox, within a limit.

    :return: the summary
    """
    to = sandbox_target(url, float(calls_per_second), int(batch_size))
    return upsert(compiled(), to, installation(folder), [extract], UpsertOptions(owner="bench"))


def deliver_with_one_bad_row(url: str, rows: str, bad: str) -> dict[str, int]:
    """Deliver one batch to the sandbox, with one bad address somewhere in it.

    :return: how many rows met which fate
    """
    to = sandbox_target(url, UNLIMITED, int(rows))
    addresses = [f"person{number}@example.com" for number in range(int(rows) - 1)]
    addresses.insert(len(addresses) * 2 // 3, bad)
    delivery = split_and_deliver(to.send, [to.payload(address, {"name": "Anna"}, unsubscribed=False) for address in addresses])
    return dict(Counter(fate.value for fate in delivery.fates))


class _Bare:
    """A parser target that looks at nothing."""

    def start(self, tag: str, attributes: Any) -> None:
        """Take an element's beginning."""

    def end(self, tag: str) -> None:
        """Take an element's end."""

    def data(self, text: str) -> None:
        """Take text."""

    def close(self) -> None:
        """Take the document's end."""


def parse_only(feed: str) -> None:
    """Parse a file with lxml's target parser and the same safe options, and do nothing with it."""
    parser = etree.XMLParser(target=_Bare(), encoding="utf-8", resolve_entities="internal", load_dtd=False, no_network=True,
                             huge_tree=False, remove_comments=True, remove_pis=True, collect_ids=False)  # fmt: skip
    with open(feed, "rb") as file:
        while block := file.read(BLOCK):
            parser.feed(block)
    parser.close()
