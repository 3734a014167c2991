# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Reads what a card says about consent, from every place where it says it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from airflow_provider_marketsync.contacts.consent import Stated, Statement
from airflow_provider_marketsync.contacts.dates import DateReader, compile_date
from airflow_provider_marketsync.contacts.evaluation import compile_expression, matching_entries
from airflow_provider_marketsync.contacts.expressions import Datafield, Path
from airflow_provider_marketsync.contacts.parser import parse_path
from airflow_provider_marketsync.contacts.row import Row
from airflow_provider_marketsync.contacts.text import shown, trim

if TYPE_CHECKING:
    from airflow_provider_marketsync.contacts.model import ConsentRule

Answer = tuple["str | None", "str | None"]
"""A word and the text of its date, as the card has them."""
Answers = Callable[[Row], Iterable[Answer]]
ReadStatement = Callable[[Row, Callable[[], str]], Statement]
"""From a row, and a function that gives today's ISO date in the source's zone."""

IN_FUTURE = "(a yes dated in the future)"
"""Stands among a statement's ``unlisted`` where a "yes" lost its date because that is still to come."""

_REMEMBERED = 4096
"""The same few words and days stand on nearly all cards: each pair is read once."""
_NOTHING = Statement(Stated.UNKNOWN)
_NEWEST = "9999-99-99"
_CAUTION = {Stated.GRANTED: 0, Stated.PENDING: 1, Stated.UNKNOWN: 2}


def compile_consent(rule: ConsentRule) -> ReadStatement:
    """Compile the rule of one channel."""
    answers, words = _answers(rule), _words(rule)
    formats = [compile_date(form) for form in rule.formats]

    @lru_cache(_REMEMBERED)
    def statement(word: str, written: str | None, today: str) -> Statement:
        return _statement(word, _dated(written, formats), words, today)

    def read(row: Row, today: Callable[[], str]) -> Statement:
        statements = [statement(word, written, today()) for word, written in answers(row) if word and trim(word)]
        return statements[0] if len(statements) == 1 else _joined(statements)

    return read


def _words(rule: ConsentRule) -> dict[str, Stated]:
    lists = {Stated.GRANTED: rule.granted, Stated.WITHDRAWN: rule.withdrawn, Stated.PENDING: rule.pending}
    return {folded(word): stated for stated, words in lists.items() for word in words}


def folded(word: str) -> str:
    """Return the form in which words of consent are compared: trimmed, without case."""
    return trim(word).casefold()


def _answers(rule: ConsentRule) -> Answers:
    state = parse_path(rule.state)
    date = parse_path(rule.date) if rule.date else None
    if isinstance(state, Datafield) and isinstance(date, Datafield) and _same_entries(state, date):
        entries, word, day = matching_entries(state), int(state.takes_param), int(date.takes_param)
        return lambda row: [(entry[word], entry[day]) for entry in entries(row)]
    texts, date_of = _texts(state), _only_date(date)
    return lambda row: [(text, date_of(row)) for text in texts(row)]


def _same_entries(state: Datafield, date: Datafield) -> bool:
    return state.code.casefold() == date.code.casefold() and state.param == date.param


def _texts(path: Path) -> Callable[[Row], list[str | None]]:
    if isinstance(path, Datafield):
        entries, part = matching_entries(path), int(path.takes_param)
        return lambda row: [entry[part] for entry in entries(row)]
    read = compile_expression(path)
    return lambda row: [read(row)]


def _only_date(path: Path | None) -> Callable[[Row], str | None]:
    if path is None:
        return lambda row: None
    texts = _texts(path)

    def read(row: Row) -> str | None:
        # Two different dates beside one answer: ambiguous dates lose.
        distinct = {text for text in texts(row) if text}
        return distinct.pop() if len(distinct) == 1 else None

    return read


def _dated(written: str | None, formats: list[DateReader]) -> str | None:
    if not written:
        return None
    plain = trim(written)
    return next((day for day in (read(plain) for read in formats) if day), None)


def _statement(word: str, on: str | None, words: dict[str, Stated], today: str) -> Statement:
    plain = trim(word)
    stated = words.get(plain.casefold())
    ahead = on is not None and on > today
    dated = None if ahead else on
    if stated is None:
        return Statement(Stated.UNKNOWN, dated, (shown(plain),))
    return Statement(stated, dated, (IN_FUTURE,) if ahead and stated is Stated.GRANTED else ())


def _joined(statements: list[Statement]) -> Statement:
    """Bring several answers of one card together: any "no" wins, else the newest dated one, else the most cautious."""
    if not statements:
        return _NOTHING
    unlisted = tuple(dict.fromkeys(word for statement in statements for word in statement.unlisted))
    refusals = [statement for statement in statements if statement.stated is Stated.WITHDRAWN]
    winner = max(refusals, key=_refusal_rank) if refusals else max(statements, key=_rank)
    return Statement(winner.stated, winner.on, unlisted)


def _refusal_rank(statement: Statement) -> str:
    # An undated "no" is the hardest to lift, so it speaks for the card.
    return statement.on or _NEWEST


def _rank(statement: Statement) -> tuple[str, int]:
    # A word in no list may be a "no" nobody listed: undated, it counts as the newest.
    undated = _NEWEST if statement.stated is Stated.UNKNOWN else ""
    return statement.on or undated, _CAUTION[statement.stated]
