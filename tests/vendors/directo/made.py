# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Readings over made bytes, without a network."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from airflow_provider_marketsync.contacts.record import FieldNames, Record
from airflow_provider_marketsync.vendors.directo.component import Component
from airflow_provider_marketsync.vendors.directo.cursor import StampTally
from airflow_provider_marketsync.vendors.directo.reading import DirectoReading, Reader

TALLINN = ZoneInfo("Europe/Tallinn")
NOW = "2026-11-21T12:00:00"
WANTED = FieldNames(("email", "name", "class"), ("OPTIN", "LISANIMI"))


def sample(name: str) -> bytes:
    return (Path(__file__).parent / "samples" / f"{name}.xml").read_bytes()


def reading_of(
    *chunks: bytes,
    component: Component = Component.CUSTOMER,
    wanted: FieldNames = WANTED,
    sanitize: bool = False,
    since: str | None = None,
) -> DirectoReading:
    reader = Reader(component, wanted, sanitize)
    return DirectoReading(lambda: iter(chunks), reader, StampTally(TALLINN, since, NOW), since)


def records_of(*chunks: bytes, **how: object) -> list[Record]:
    return list(reading_of(*chunks, **how))


def customers(inner: str, head: str = "") -> bytes:
    return f"{head}<transport><customers>{inner}</customers></transport>".encode()


def pieces(document: bytes, cuts: Iterable[int]) -> list[bytes]:
    edges = [0, *sorted(cuts), len(document)]
    return [document[start:end] for start, end in pairwise(edges)]
