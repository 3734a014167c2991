# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Cards put in from the control port."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.directo.card import Card, Datafield
from airflow_provider_marketsync.sandbox.directo.columns import COMPONENTS, CONTACT, CUSTOMER, stored_name
from airflow_provider_marketsync.sandbox.directo.generated import (
    CONTACT_CODES_FROM,
    CUSTOMER_CODES_FROM,
    GeneratedCards,
    make_contact,
    make_customer,
)
from airflow_provider_marketsync.sandbox.errors import OrderError

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.directo.database import Database
    from airflow_provider_marketsync.sandbox.seed_orders import GeneratedOrder

OWN_KEYS = frozenset({"what", "datafields"})


def seed_records(database: Database, records: Iterable[Any]) -> int:
    """
    Put records in, in Directo's own words; one with the same code is replaced.

    A record with ``what``, ``customercode`` or ``suppliercode`` says which register; else it is a customer.
    Without ``ts`` it is of now, and without ``code`` it gets a free one. A value of null is a NULL column.

    :return: how many
    :raises OrderError: a record is not understood; nothing is put in
    """
    cards = [(_word_of(record), read_card(record)) for record in records]
    for word, card in cards:
        register = database.registers[word]
        code = card.columns.get("code") or register.free_number()
        register.put(card.with_columns({"code": code, "ts": card.ts or database.now()}))
    return len(cards)


def seed_people(database: Database, order: GeneratedOrder, word: str) -> int:
    """
    Lay cards of made people under the register; the same seed makes the same people at every vendor.

    :param word: ``customer`` or ``contact``
    :return: how many
    :raises OrderError: there is no such register
    """
    if word not in COMPONENTS:
        raise OrderError(f"unknown register {word!r}", {"what": sorted(COMPONENTS)})
    customers = word == CUSTOMER.word
    first = CUSTOMER_CODES_FROM if customers else CONTACT_CODES_FROM
    made = GeneratedCards(order.count, order.seed, first, make_customer if customers else make_contact)
    database.registers[word].generate(made)
    return order.count


def read_card(record: Any) -> Card:
    """
    Read a card.

    :raises OrderError: it is no object, or its datafields are no list of objects or names and values
    """
    if not isinstance(record, dict):
        raise OrderError("every record is an object of column names and values")
    columns = {stored_name(name): str(value) for name, value in record.items() if name not in OWN_KEYS and value is not None}
    return Card(columns, tuple(_datafields(record.get("datafields") or [])))


def _word_of(record: Any) -> str:
    if not isinstance(record, dict):
        raise OrderError("every record is an object of column names and values")
    belongs = "customercode" in record or "suppliercode" in record
    word = str(record.get("what", CONTACT.word if belongs else CUSTOMER.word))
    if word not in COMPONENTS:
        raise OrderError(f"unknown register {word!r}", {"what": sorted(COMPONENTS)})
    return word


def _datafields(given: Any) -> Iterable[Datafield]:
    if isinstance(given, Mapping):
        given = [{"code": code, "content": content} for code, content in given.items()]
    for row in given:
        if not isinstance(row, dict) or "code" not in row:
            raise OrderError('datafields are a list of {"code", "content", "param"}, or an object of code and content')
        yield Datafield(str(row["code"]), _text(row.get("content")), _text(row.get("param")))


def _text(value: Any) -> str | None:
    return None if value is None else str(value)
