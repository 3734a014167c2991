# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The engine's small pure parts, one by one."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_provider_marketsync.contacts.consent import Decided, Stated
from airflow_provider_marketsync.contacts.definition import Limits
from airflow_provider_marketsync.contacts.record import FieldNames
from airflow_provider_marketsync.engine.groups import stated_of, winner_of
from airflow_provider_marketsync.engine.inputs import shape_of
from airflow_provider_marketsync.engine.installation import Installation
from airflow_provider_marketsync.engine.outcomes import Outcome, Tally
from airflow_provider_marketsync.engine.report import changed_names, field_hashes
from airflow_provider_marketsync.engine.scan import _Bits
from airflow_provider_marketsync.engine.thresholds import enforce_limits
from airflow_provider_marketsync.engine.unfinished import not_before
from airflow_provider_marketsync.engine.upsert import UpsertOptions
from airflow_provider_marketsync.exceptions import FatalError, LimitExceeded, NoAnswerError, RetryableError, SettingsError
from airflow_provider_marketsync.ledger.decisions import SOURCE, Decision
from airflow_provider_marketsync.ledger.keyed import KeyedHashes
from airflow_provider_marketsync.ledger.rows import Card


def made(key: str, changed: str | None = None, stated: str = "unknown", scope: int = 1) -> Card:
    return Card(1, key, "", True, changed, stated, scope, False, False, False)


# ------------------------------------------------------------------------------------------- groups

cards = st.lists(
    st.builds(made, st.sampled_from("abcdef"), st.sampled_from([None, "1", "2"]), st.sampled_from([s.value for s in Stated])),
    min_size=1,
    max_size=6,
    unique_by=lambda card: card.key,
)


def test_the_newest_card_wins_and_a_missing_stamp_is_oldest() -> None:
    assert winner_of([made("a"), made("b", "2026-01-01"), made("c", "2026-01-02")]).key == "c"
    assert winner_of([made("a"), made("b", "")]).key == "a"


@given(cards, st.randoms())
def test_who_wins_does_not_depend_on_the_order_of_the_cards(group: list[Card], dice: Any) -> None:
    shuffled = list(group)
    dice.shuffle(shuffled)
    assert winner_of(group) == winner_of(shuffled)
    equals = [card for card in group if (card.changed or "") == (winner_of(group).changed or "")]
    assert winner_of(group).key == min(card.key for card in equals)


def test_an_opt_in_counts_only_from_a_card_in_scope() -> None:
    assert stated_of([made("a", stated="granted", scope=0), made("b", stated="pending")], None) is Stated.PENDING
    assert stated_of([made("a", stated="granted"), made("b", stated="pending")], None) is Stated.GRANTED
    assert stated_of([], None) is Stated.UNKNOWN


@given(cards, st.sampled_from([Decided.OPTED_OUT, Decided.COMPLAINT, Decided.BOUNCED, Decided.RETIRED, Decided.ERASED]))
def test_whatever_the_cards_say_a_no_once_decided_holds(group: list[Card], decided: Decided) -> None:
    assert stated_of(group, Decision(decided, None, SOURCE, False)) is Stated.WITHDRAWN


# ------------------------------------------------------------------------------------------ outcomes


def test_outcomes_that_do_not_add_up_are_an_error() -> None:
    tally = Tally()
    tally.read = 2
    tally.count(Outcome.CREATED)
    with pytest.raises(AssertionError, match="2 records were read, but 1 outcomes"):
        tally.check()
    tally.count(Outcome.SKIPPED, "no address")
    tally.check()


def test_a_changed_outcome_is_counted_once() -> None:
    tally = Tally()
    tally.read = 3
    tally.count(Outcome.CREATED, number=3)
    tally.change(Outcome.CREATED, Outcome.REJECTED, "not stored")
    tally.check()
    told: Any = tally.to_dict()
    assert told["outcomes"]["created"] == 2
    assert told["reasons"] == {"rejected": {"not stored": 1}}


def summary(**new: int) -> dict[str, Any]:
    reasons = {"rejected": {"refused by the target": 3}}
    return {"sync": "shop", "new_refusals": new, "outcomes": {"unknown": 0}, "opt_outs_untold": 0, "reasons": reasons}


@pytest.mark.parametrize("limits", [Limits(max_rejected=3), Limits(max_rejected=10)])
def test_refusals_within_the_limit_leave_the_task_green(limits: Limits) -> None:
    enforce_limits(limits, summary(rejected=3, invalid=100))


def test_refusals_over_the_limit_turn_the_task_red_with_counts_and_reasons() -> None:
    with pytest.raises(LimitExceeded, match=r"3 records were newly rejected .*is 2.*refused by the target \(3\)") as red:
        enforce_limits(Limits(max_rejected=2), summary(rejected=3))
    assert red.value.summary["new_refusals"] == {"rejected": 3}
    assert isinstance(red.value, FatalError)


def test_invalid_records_turn_it_red_only_where_a_limit_says_so() -> None:
    with pytest.raises(LimitExceeded, match="newly invalid"):
        enforce_limits(Limits(max_invalid=0), summary(invalid=1))


def test_records_without_an_answer_make_the_task_try_again() -> None:
    with pytest.raises(NoAnswerError, match="4 records") as red:
        enforce_limits(Limits(), {**summary(), "outcomes": {"unknown": 4}})
    assert isinstance(red.value, RetryableError)


def test_refused_records_are_tried_again_later_and_later() -> None:
    waits = [round(not_before(attempts) - time.time()) for attempts in range(7)]
    spans = [timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=3), timedelta(days=7)]
    assert waits == [span.total_seconds() for span in [*spans, spans[-1], spans[-1]]]


# ---------------------------------------------------------------------------------------- small things


@given(st.lists(st.integers(0, 2_000_000), max_size=50))
def test_a_bit_is_new_exactly_once(numbers: list[int]) -> None:
    bits, seen = _Bits(), set()
    for number in numbers:
        assert bits.is_new(number) == (number not in seen)
        seen.add(number)
        assert bits.has(number)
    assert not any(bits.has(number) for number in {1, 77, 1_999_999} - seen)


def test_the_shape_of_fields_does_not_depend_on_their_order_or_the_case_of_codes() -> None:
    assert shape_of(FieldNames(("a", "b"), ("X", "y"))) == shape_of(FieldNames(("b", "a"), ("Y", "x")))
    assert shape_of(FieldNames(("a", "x"))) != shape_of(FieldNames(("a",), ("x",)))


def test_changed_fields_are_named_and_their_values_are_not_kept() -> None:
    hashes = KeyedHashes(b"k" * 32)
    kept = field_hashes(hashes, {"name": "Anna", "city": "Tartu"})
    assert changed_names(hashes, kept, {"name": "Anna", "city": "Narva", "new": "x"}) == ["city", "new"]
    assert changed_names(hashes, None, {"name": "Anna"}) == ["name"]
    assert b"Anna" not in kept


def test_an_installation_may_be_limited_to_some_addresses(tmp_path: Path) -> None:
    free = Installation("l", "e")
    limited = Installation("l", "e", only_addresses=("*@Test.example.com", "boss@shop.example.com"))
    assert free.may_write("anybody@word.example.com")
    assert limited.may_write(" Anna@TEST.example.com")
    assert limited.may_write("boss@shop.example.com")
    assert not limited.may_write("boss@shop.example.com.evil.com")
    assert not limited.may_write("anna@word.example.com")


def test_a_first_run_is_adopt_or_nothing() -> None:
    with pytest.raises(SettingsError, match='first_run is "adopt" or nothing'):
        UpsertOptions("owner", first_run="create")
