# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Reads over the XML interfaces: filters, ``ts``, and the answer (contract sections 3 to 6)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from airflow_provider_marketsync.sandbox.call import Reply
from airflow_provider_marketsync.sandbox.directo.card import Card
from airflow_provider_marketsync.sandbox.directo.local_time import parse_since
from airflow_provider_marketsync.sandbox.directo.replies import BAD_TS, FILTER_REQUIRED, XML
from airflow_provider_marketsync.sandbox.directo.xml_out import attributes, document, in_attributes, in_elements

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.directo.asking import Asking
    from airflow_provider_marketsync.sandbox.directo.columns import Component
    from airflow_provider_marketsync.sandbox.directo.database import Database

Test = Callable[[Card], bool]
NOTHING_IS_LATER = "9999"


class BadSince(Exception):
    """A ``ts`` in no known shape."""


def read_cards(database: Database, asking: Asking, component: Component) -> Reply:
    """Answer ``get=1`` for customers or contacts."""
    filters = {name: asking.words[name] for name in component.filters if asking.words.get(name)}
    if asking.is_classic and _lacks_filter(database, asking, filters):
        return FILTER_REQUIRED
    try:
        since = since_of(database, asking)
    except BadSince:
        return BAD_TS
    cards = found_cards(database, component, filters, since)
    return written(database, asking, component, cards)


def _lacks_filter(database: Database, asking: Asking, filters: dict[str, str]) -> bool:
    return database.switches["filter_required"] == "yes" and not filters and not asking.words.get("ts")


def since_of(database: Database, asking: Asking) -> str:
    """
    Read the parameter ``ts``; empty where everything is asked for.

    :raises BadSince: unknown shape, where the switch ``ts_bad`` says that this is an error
    """
    text = asking.words.get("ts", "")
    if not text:
        return ""
    try:
        return parse_since(text, database.switches["ts_precision"])
    except ValueError:
        if database.switches["ts_bad"] == "error":
            raise BadSince from None
        return "" if database.switches["ts_bad"] == "ignore" else NOTHING_IS_LATER


def found_cards(database: Database, component: Component, filters: dict[str, str], since: str) -> Iterator[Card]:
    """Walk the cards that fulfil every filter."""
    tests = list(_tests(database, filters, since))
    register = database.registers[component.word]
    if "code" in filters:
        one = register.find(filters["code"])
        cards = iter([one] if one else [])
    else:
        cards = register.snapshot(since)
    return (card for card in cards if all(test(card) for test in tests))


def _tests(database: Database, filters: dict[str, str], since: str) -> Iterator[Test]:
    for name, value in filters.items():
        yield _filter_test(name, value, database.switches["email_filter"])
    if "closed" not in filters and database.switches["closed_default"] == "open_only":
        yield lambda card: card.closed == "0"
    if since and database.switches["ts_compare"] == "gt":
        yield lambda card: card.ts > since
    elif since:
        yield lambda card: card.ts >= since


def _filter_test(name: str, value: str, email_filter: str) -> Test:
    if name == "closed":
        return lambda card: card.closed == value
    if name == "email":
        wanted = value.lower()
        if email_filter == "contains":
            return lambda card: wanted in card.columns.get("email", "").lower()
        return lambda card: card.columns.get("email", "").lower() == wanted
    return lambda card: card.columns.get(name) == value


def written(database: Database, asking: Asking, component: Component, cards: Iterator[Card]) -> Reply:
    """Write cards as this interface does, streamed."""
    switches = database.switches
    word, nulls = component.word, switches["nulls"]
    columns = component.read
    if not asking.is_classic:
        records = (in_attributes(card, word, columns, nulls, True) for card in cards)
    elif switches["classic_shape"] == "elements":
        columns = (*columns, *component.extra)
        records = (in_elements(card, word, columns, nulls) for card in cards)
    else:
        columns = (*columns, *component.extra)
        records = (in_attributes(card, word, columns, nulls, False) for card in cards)
    return wrapped(database, component.container, records)


def wrapped(database: Database, container: str, records: Iterator[str]) -> Reply:
    """Put records into root and container as the switches say."""
    with_container = database.switches["container"] == "yes"
    bare = database.switches["empty_reply"] == "bare" or not with_container
    empty = "<transport/>" if bare else f"<transport><{container}/></transport>"
    return Reply(200, document(records, container, with_container, empty), XML)


def read_deletions(database: Database, asking: Asking) -> Reply:
    """Answer the output of deleted records; word and names are inferred."""
    try:
        since = since_of(database, asking)
    except BadSince:
        return BAD_TS
    word = database.switches["deleted_what"]
    kind = asking.words.get("type", "")
    records = (
        f"<{word}{attributes([('type', one.word), ('code', one.code), ('ts', one.ts)], 'absent')}/>"
        for one in list(database.deletions)
        if one.ts >= since and kind in ("", one.word)
    )
    return wrapped(database, f"{word}s", records)
