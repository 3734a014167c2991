# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A sync's definition compiled once to plain functions over records."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from airflow_provider_marketsync.contacts.address import check_address, is_everyday, normal_form, split_addresses
from airflow_provider_marketsync.contacts.consent import NewContact, Stated, Statement
from airflow_provider_marketsync.contacts.consent_names import looks_like_consent
from airflow_provider_marketsync.contacts.consent_rule import ReadStatement, compile_consent
from airflow_provider_marketsync.contacts.digest import digest_of
from airflow_provider_marketsync.contacts.evaluation import Reader, Test, compile_condition, compile_expression
from airflow_provider_marketsync.contacts.parser import parse_condition, parse_expression
from airflow_provider_marketsync.contacts.row import Row
from airflow_provider_marketsync.contacts.sync_keys import ADDRESS
from airflow_provider_marketsync.contacts.usage import field_names, names_of, used_paths

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from airflow_provider_marketsync.contacts.definition import Sync
    from airflow_provider_marketsync.contacts.model import PolicyEntry
    from airflow_provider_marketsync.contacts.record import FieldNames, Record


class Mapped(NamedTuple):
    """One record in the target's field names, without the address.

    :param fields: target field name to text; missing and empty ones are left out, and so is ``email``
    :param misses: what a ``map``, ``date`` or other converter could not convert, for the report
    :param repeats: free fields whose code came several times, of which the first was taken
    """

    fields: dict[str, str]
    misses: tuple[str, ...] = ()
    repeats: int = 0


class Addresses(NamedTuple):
    """What the record's address field holds.

    :param valid: addresses as the source wrote them, trimmed; the first one is the contact, all are its mailboxes
    :param refused: how many other texts stand there that are no addresses
    :param empty: whether nothing at all stands there
    """

    valid: tuple[str, ...]
    refused: int
    empty: bool


@dataclass(frozen=True, slots=True)
class Policy:
    """What happens to a new person, and the line of the definition that says so.

    :param action: what to do
    :param why: the line, as ``new_contacts.granted: subscribe``
    """

    action: NewContact
    why: str


PolicyLine = tuple[Test, "dict[Stated, Policy]"]


@dataclass(frozen=True)
class CompiledSync:
    """A definition ready for use: pure functions, nothing is parsed again.

    :param sync: the definition
    :param digest: 16 bytes that change with anything that may change a result
    :param fields: the source fields it needs, and so all that an extract of it may hold
    :param address_fields: those among them an address may come from (``email``, ``datafields.CODE``)
    """

    sync: Sync
    digest: bytes
    fields: FieldNames
    address_fields: tuple[str, ...]
    _mapping: tuple[tuple[str, Reader], ...] = field(repr=False)
    _address: Reader = field(repr=False)
    _where: Test = field(repr=False)
    _consent: ReadStatement = field(repr=False)
    _policies: tuple[PolicyLine, ...] = field(repr=False)
    _mentioned: frozenset[str] = field(repr=False)

    def maps(self, record: Record) -> Mapped:
        """Map the record to the target's field names (the address is :meth:`addresses`)."""
        row = Row(record)
        fields: dict[str, str] = {}
        misses: list[str] = []
        for name, read in self._mapping:
            text = read(row)
            if text:
                fields[name] = text
            if row.misses:
                misses += (f"{name}: {miss}" for miss in row.misses)
                row.misses.clear()
        return Mapped(fields, tuple(misses), len(row.repeated))

    def matches(self, record: Record) -> bool:
        """Tell whether ``where`` holds; without ``where`` it always does."""
        return self._where(Row(record))

    def statement(self, record: Record, today: date | None = None) -> Statement:
        """Read what the card says about consent by e-mail; UNKNOWN without a consent rule.

        :param record: the card
        :param today: the present day in the source's zone; taken from the clock if absent
        """
        return self._consent(Row(record), today.isoformat if today else self._today)

    def _today(self) -> str:
        return _day(self.sync.timezone, time.time() // 60)

    def addresses(self, record: Record) -> Addresses:
        """Read the addresses of the mapping's ``email`` entry; one that comes twice counts once."""
        text = self._address(Row(record)) or ""
        if is_everyday(text):
            return Addresses((text,), 0, False)
        pieces = split_addresses(text)
        valid: dict[str, str] = {}
        refused = 0
        for piece in pieces:
            if check_address(piece) is None:
                valid.setdefault(normal_form(piece), piece)
            else:
                refused += 1
        return Addresses(tuple(valid.values()), refused, not pieces)

    def policy(self, record: Record, stated: Stated) -> Policy:
        """Return what happens to this person if new, by the first line of ``new_contacts`` that applies."""
        row = Row(record)
        for holds, states in self._policies:
            found = states.get(stated)
            if found is not None and holds(row):
                return found
        raise LookupError(stated)  # a definition with a state that no line names can not be made

    def unmentioned_consent_fields(self, names_seen: Iterable[str]) -> tuple[str, ...]:
        """Return those names that look like consent and that the definition neither uses nor dismisses.

        :param names_seen: field names a source delivered, ``datafields.CODE`` for free fields
        """
        return tuple(sorted(n for n in names_seen if looks_like_consent(n) and n.casefold() not in self._mentioned))


@lru_cache(8)
def _day(timezone: str, minute: float) -> str:
    """Return the day it is in a zone, at a minute since the epoch: every card asks, and no zone changes it within one."""
    return datetime.fromtimestamp(minute * 60, ZoneInfo(timezone)).date().isoformat()


def compile_sync(sync: Sync) -> CompiledSync:
    """Compile a definition to plain functions."""
    used = [path for _, path in used_paths(sync)]
    readers = {name: compile_expression(parse_expression(text)) for name, text in sync.mapping.items()}
    rule = sync.consent.get(ADDRESS)
    return CompiledSync(
        sync=sync,
        digest=digest_of(sync),
        fields=field_names(used),
        address_fields=tuple(dict.fromkeys(path.name for place, path in used_paths(sync) if place == f"mapping.{ADDRESS}")),
        _address=readers.pop(ADDRESS),
        _mapping=tuple(readers.items()),
        _where=_condition(sync.where),
        _consent=compile_consent(rule) if rule else _says_nothing,
        _policies=_policy_lines(sync.new_contacts),
        _mentioned=frozenset(path.name.casefold() for path in used) | names_of(sync.dismissed),
    )


def _condition(text: str | None) -> Test:
    return compile_condition(parse_condition(text)) if text is not None else _always


def _always(row: Row) -> bool:
    return True


def _says_nothing(row: Row, today: Callable[[], str]) -> Statement:
    return Statement(Stated.UNKNOWN)


def _policy_lines(entries: tuple[PolicyEntry, ...]) -> tuple[PolicyLine, ...]:
    places = [f"new_contacts[{index}]" for index in range(len(entries))] if len(entries) > 1 else ["new_contacts"]
    return tuple((_condition(entry.when), _stated(entry, place)) for entry, place in zip(entries, places, strict=True))


def _stated(entry: PolicyEntry, place: str) -> dict[Stated, Policy]:
    basis = f" (basis: {entry.basis})" if entry.basis else ""
    return {state: Policy(action, f"{place}.{state.value}: {action.value}{basis}") for state, action in entry.states.items()}
