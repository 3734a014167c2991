# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Made definitions and records for the tests of this folder."""

from __future__ import annotations

from typing import Any

from airflow_provider_marketsync.contacts.definition import CompiledSync, Sync, compile_sync
from airflow_provider_marketsync.contacts.record import Record

SKIP_ALL = {"granted": "subscribe", "pending": "skip", "unknown": "skip", "withdrawn": "skip"}
OPTIN = {
    "state": "datafields.OPTIN",
    "date": "datafields.OPTIN.param",
    "formats": ["yyyy-mm-dd", "dd.mm.yyyy"],
    "granted": ["yes", "jah"],
    "withdrawn": ["no", "ei"],
    "pending": ["asked"],
}


def definition(**changed: Any) -> dict[str, Any]:
    """A small right definition with some keys changed."""
    base = {
        "id": "shop",
        "source": "directo_default",
        "target": "smaily_default",
        "mapping": {"email": "email"},
        "new_contacts": SKIP_ALL,
    }
    return {**base, **changed}


def compiled(**changed: Any) -> CompiledSync:
    """The small definition, compiled."""
    return compile_sync(Sync.load(definition(**changed)))


def mapping(**expressions: str) -> CompiledSync:
    """A compiled definition with these mapped fields besides the address."""
    return compiled(mapping={"email": "email", **expressions})


def card(*datafields: tuple[str, str, str], **values: str | None) -> Record:
    """A record with these plain values and free fields."""
    free = {"datafields": list(datafields)} if datafields else {}
    return Record("customer:1", None, {**values, **free})
