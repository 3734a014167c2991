# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Consent decisions: a "no" holds, whoever says what afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from airflow_provider_marketsync.contacts.consent import Decided
from airflow_provider_marketsync.ledger.decisions import DELETED, SOURCE, Decisions
from airflow_provider_marketsync.ledger.ledger import Ledger

ANNA = b"a" * 16
ORIGINS = (SOURCE, "target:optout", "target:complaint", DELETED, "target:optin")
events = st.lists(
    st.tuples(st.sampled_from(Decided), st.sampled_from([None, "2026-01-01"]), st.sampled_from(ORIGINS)), max_size=8
)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path / "ledger.db") as ledger:
        yield ledger


def fresh(ledger: Ledger) -> Decisions:
    decisions = Decisions(ledger.connection, "account")
    ledger.connection.execute("DELETE FROM decision")
    ledger.connection.execute("DELETE FROM decision_event")
    return decisions


@given(events)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_once_a_no_holds_nothing_lifts_it(ledger: Ledger, events: list[tuple[Decided, str | None, str]]) -> None:
    decisions, refused = fresh(ledger), False
    for decided, at, origin in events:
        decisions.decide(ANNA, decided, at, origin)
        now = decisions.current([ANNA])[ANNA]
        refused = refused or decided not in (Decided.OPTED_IN, Decided.PENDING, Decided.UNKNOWN)
        assert now.is_no == refused


@given(events)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_everything_said_stands_in_the_history_once(ledger: Ledger, events: list[tuple[Decided, str | None, str]]) -> None:
    decisions = fresh(ledger)
    for decided, at, origin in events + events:
        decisions.decide(ANNA, decided, at, origin)
    told = [(decided, at, origin) for decided, at, _, origin in decisions.history(ANNA)]
    assert told == list(dict.fromkeys((decided.value, at or "", origin) for decided, at, origin in events))


def test_a_no_of_the_source_has_to_be_told_and_one_of_the_target_has_not(ledger: Ledger) -> None:
    decisions = fresh(ledger)
    decisions.decide(ANNA, Decided.OPTED_OUT, None, SOURCE)
    assert not decisions.current([ANNA])[ANNA].told
    decisions.tell([ANNA])
    assert decisions.current([ANNA])[ANNA].told
    decisions.decide(b"b" * 16, Decided.OPTED_OUT, None, "target:optout")
    assert decisions.current([b"b" * 16])[b"b" * 16].told


def test_a_no_of_the_source_is_told_although_the_target_once_said_it_too(ledger: Ledger) -> None:
    """The person may have subscribed there again since."""
    decisions = fresh(ledger)
    decisions.decide(ANNA, Decided.OPTED_OUT, None, "target:optout")
    assert decisions.decide(ANNA, Decided.OPTED_OUT, None, SOURCE)
    assert not decisions.current([ANNA])[ANNA].told


def test_a_complaint_stays_a_complaint(ledger: Ledger) -> None:
    decisions = fresh(ledger)
    decisions.decide(ANNA, Decided.COMPLAINT, None, "target:complaint")
    decisions.decide(ANNA, Decided.OPTED_OUT, None, SOURCE)
    assert decisions.current([ANNA])[ANNA].decided is Decided.COMPLAINT


def test_decisions_of_another_account_are_not_mixed_in(ledger: Ledger) -> None:
    fresh(ledger).decide(ANNA, Decided.OPTED_OUT, None, SOURCE)
    assert Decisions(ledger.connection, "another").current([ANNA]) == {}
