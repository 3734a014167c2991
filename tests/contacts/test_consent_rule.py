# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What a card states about consent."""

from __future__ import annotations

from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_provider_marketsync.contacts.consent import Stated, Statement
from airflow_provider_marketsync.contacts.consent_rule import IN_FUTURE

from .made import OPTIN, card, compiled

TODAY = date(2026, 11, 21)
READY = compiled(consent={"email": OPTIN})


def stated(*answers: tuple[str, str]) -> Statement:
    return READY.statement(card(*(("OPTIN", word, day) for word, day in answers)), TODAY)


@pytest.mark.parametrize("word", ["yes", "YES", " Yes\u00a0", "jah"])
def test_words_are_compared_trimmed_and_without_case(word: str) -> None:
    assert stated((word, "")) == Statement(Stated.GRANTED)


def test_every_list_has_its_state() -> None:
    assert stated(("no", "2026-01-31")) == Statement(Stated.WITHDRAWN, "2026-01-31")
    assert stated(("asked", "31.01.2026")) == Statement(Stated.PENDING, "2026-01-31")


@pytest.mark.parametrize("answers", [(), (("", ""),), ((" \t", "2026-01-31"),)])
def test_silence_is_no_statement_and_is_not_listed(answers: tuple[tuple[str, str], ...]) -> None:
    assert stated(*answers) == Statement(Stated.UNKNOWN)


def test_a_null_field_is_silence_too() -> None:
    ready = compiled(consent={"email": {"state": "news", "granted": "1", "withdrawn": "0"}})
    assert ready.statement(card(news=None)) == ready.statement(card()) == Statement(Stated.UNKNOWN)


def test_a_word_in_no_list_is_unknown_and_listed() -> None:
    assert stated(("võib-olla", "")) == Statement(Stated.UNKNOWN, None, ("võib-olla",))


def test_a_text_that_may_be_personal_is_listed_by_its_length_only() -> None:
    assert stated(("anna@example.com", "")).unlisted == ("(text of 16 characters)",)


@pytest.mark.parametrize("day", ["", "31/01/2026", "jaanuar", "2026-02-30", "1.1.2026"])
def test_a_date_in_no_form_is_no_date(day: str) -> None:
    assert stated(("yes", day)) == Statement(Stated.GRANTED)


def test_today_is_not_the_future_and_tomorrow_is() -> None:
    assert stated(("yes", "2026-11-21")) == Statement(Stated.GRANTED, "2026-11-21")
    assert stated(("yes", "22.11.2026")) == Statement(Stated.GRANTED, None, (IN_FUTURE,))


def test_a_no_dated_in_the_future_stays_a_no() -> None:
    assert stated(("no", "2062-01-01")) == Statement(Stated.WITHDRAWN)


def test_the_clock_is_that_of_the_sources_zone() -> None:
    assert READY.statement(card(("OPTIN", "yes", "2999-01-01"))).on is None
    assert READY.statement(card(("OPTIN", "yes", "2020-01-01"))).on == "2020-01-01"


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([("yes", "2026-02-01"), ("no", "2020-01-01")], Statement(Stated.WITHDRAWN, "2020-01-01")),
        ([("no", "2020-01-01"), ("ei", "2021-01-01")], Statement(Stated.WITHDRAWN, "2021-01-01")),
        ([("no", "2020-01-01"), ("no", "")], Statement(Stated.WITHDRAWN)),
        ([("yes", "2026-02-01"), ("no", "")], Statement(Stated.WITHDRAWN)),
        ([("yes", "2025-01-01"), ("yes", "2026-01-01")], Statement(Stated.GRANTED, "2026-01-01")),
        ([("yes", ""), ("yes", "2020-01-01")], Statement(Stated.GRANTED, "2020-01-01")),
        ([("asked", "2025-01-01"), ("yes", "2026-01-01")], Statement(Stated.GRANTED, "2026-01-01")),
        ([("asked", "2026-01-02"), ("yes", "2026-01-01")], Statement(Stated.PENDING, "2026-01-02")),
        ([("asked", "2026-01-01"), ("yes", "2026-01-01")], Statement(Stated.PENDING, "2026-01-01")),
        ([("asked", ""), ("yes", "")], Statement(Stated.PENDING)),
        ([("perhaps", ""), ("yes", "2026-01-01")], Statement(Stated.UNKNOWN, None, ("perhaps",))),
        ([("perhaps", "2025-01-01"), ("yes", "2026-01-01")], Statement(Stated.GRANTED, "2026-01-01", ("perhaps",))),
        ([("", ""), ("yes", "2026-01-01")], Statement(Stated.GRANTED, "2026-01-01")),
    ],
)
def test_several_answers_on_one_card_in_any_order(answers: list[tuple[str, str]], expected: Statement) -> None:
    assert {stated(*order) for order in permutations(answers)} == {expected}


@given(
    st.lists(
        st.tuples(st.sampled_from(["yes", "asked", "perhaps", ""]), st.sampled_from(["", "2026-01-01", "2999-01-01"])), max_size=4
    ),
    st.tuples(st.sampled_from(["no", "NO ", "ei"]), st.sampled_from(["", "2020-01-01", "2999-01-01"])),
    st.integers(0, 4),
)
def test_one_no_among_any_answers_makes_the_card_a_no(answers: list[tuple[str, str]], no: tuple[str, str], position: int) -> None:
    answers.insert(position, no)
    assert stated(*answers).stated is Stated.WITHDRAWN


def test_without_a_rule_nothing_is_stated() -> None:
    assert compiled().statement(card(("OPTIN", "yes", ""))) == Statement(Stated.UNKNOWN)


def test_the_date_may_stand_in_a_field_of_its_own() -> None:
    rule = {**OPTIN, "state": "newsletter", "date": "newsletter_on"}
    ready = compiled(consent={"email": rule})
    assert ready.statement(card(newsletter="yes", newsletter_on="2026-01-31"), TODAY).on == "2026-01-31"


def test_two_different_dates_beside_one_answer_are_ambiguous_and_lose() -> None:
    ready = compiled(consent={"email": {**OPTIN, "date": "datafields.OPTINDATE"}})
    dated = [("OPTIN", "yes", ""), ("OPTINDATE", "2026-01-31", "")]
    assert ready.statement(card(*dated), TODAY).on == "2026-01-31"
    assert ready.statement(card(*dated, ("OPTINDATE", "2026-02-01", "")), TODAY).on is None


def test_only_answers_with_the_named_param_count() -> None:
    ready = compiled(consent={"email": {"state": "datafields.OPTIN[EMAIL]", "granted": "yes", "withdrawn": "no"}})
    answers = card(("OPTIN", "no", "SMS"), ("OPTIN", "yes", "email"))
    assert ready.statement(answers, TODAY) == Statement(Stated.GRANTED)
