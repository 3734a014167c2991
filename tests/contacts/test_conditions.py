# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Conditions in a definition: the map form, the text form, and that both say the same."""
# ruff: noqa: E501 -- a message is compared whole, as one literal

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_provider_marketsync.contacts.definition import Sync
from airflow_provider_marketsync.exceptions import DefinitionError

from .made import card, compiled, definition

FIELDS = st.sampled_from(["closed", "country", "class"])
WORDS = st.sampled_from(["0", "1", "EE", "", "it's"])
RECORDS = st.dictionaries(FIELDS, st.one_of(st.none(), WORDS), max_size=3)


@given(st.dictionaries(FIELDS, st.one_of(WORDS, st.lists(WORDS, min_size=1, max_size=3)), min_size=1), RECORDS)
def test_the_map_form_says_what_the_text_form_says(wanted: dict[str, str | list[str]], values: dict[str, str | None]) -> None:
    def test(name: str, words: str | list[str]) -> str:
        many = [words] if isinstance(words, str) else words
        return "(" + " or ".join(f'{name} == "{word}"' for word in many) + ")"

    as_map = compiled(where=wanted)
    as_text = compiled(where=" and ".join(test(name, words) for name, words in wanted.items()))
    by_hand = all(values.get(name) in ([words] if isinstance(words, str) else words) for name, words in wanted.items())
    assert as_map.matches(card(**values)) == as_text.matches(card(**values)) == by_hand


def test_without_where_every_record_matches() -> None:
    assert compiled().matches(card())


def test_the_map_is_kept_as_its_canonical_text() -> None:
    where = {"closed": "0", "country": ["EE", "LV"], "balance | number": "5.0"}
    sync = Sync.load(definition(where=where, allow_sensitive="balance"))
    assert sync.where == "closed == '0' and country in ['EE', 'LV'] and balance | number == '5'"


@pytest.mark.parametrize(
    ("where", "message"),
    [
        ({}, "where: the map is empty; name a field, or remove the key"),
        ({"country": []}, "where.country: the list is empty, so the condition could never hold"),
        ({"closed": False}, "where.closed: False is a boolean, not text; quote the word: 'yes', 'no', 'true', '1', whatever the source holds"),
        ({"closed": 0}, "where.closed: 0 is a number, not text; quote it: '0'"),
        ({"country": ["EE", True]}, "where.country[1]: True is a boolean, not text; quote the word: 'yes', 'no', 'true', '1', whatever the source holds"),
        ({"country": None}, "where.country: there is no value; write one, or remove the key"),
        ({"country": {"a": "b"}}, "where.country: must be text, not a map"),
        ({"discount | number": "five"}, 'where.discount | number: "five" is no number, so the condition could never hold'),
        ({"a b": "c"}, 'where.a b: expected a comma, "|" or the end here\n      a b\n        ^'),
    ],
)  # fmt: skip
def test_a_wrong_map_is_told(where: object, message: str) -> None:
    with pytest.raises(DefinitionError) as told:
        Sync.load(definition(where=where))
    assert str(told.value) == f'the sync definition "shop" has 1 error:\n  {message}'
