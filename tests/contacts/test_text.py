# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Trimming, and which words a report shows."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_provider_marketsync.contacts.text import shown, trim

MESSY = st.text(alphabet=st.sampled_from("ab õ\u00a0\u200b\ufeff\t\r\n\x00\x7f\x85\u2028"))


@pytest.mark.parametrize(
    ("text", "trimmed"),
    [
        ("  Anna  Kask ", "Anna  Kask"),
        ("\u00a0Anna\u2003", "Anna"),
        ("\ufeffAnna\u200b", "Anna"),
        ("Anna\r\nKask", "Anna Kask"),
        ("Anna \t Kask", "Anna Kask"),
        ("Anna\u00a0Kask", "Anna\u00a0Kask"),
        (" \n ", ""),
    ],
)
def test_trim(text: str, trimmed: str) -> None:
    assert trim(text) == trimmed


@given(MESSY)
def test_a_trimmed_text_has_no_control_characters_and_stays_as_it_is(text: str) -> None:
    trimmed = trim(text)
    assert not any(unicodedata.category(sign) == "Cc" for sign in trimmed)
    assert trim(trimmed) == trimmed
    assert trimmed == trimmed.strip()


@pytest.mark.parametrize("word", ["LT", "perhaps", "ei tea", "2026"])
def test_a_code_word_is_shown(word: str) -> None:
    assert shown(word) == word


@pytest.mark.parametrize("text", ["anna@example.com", "+372 512 3456", "38001085718", "Anna said that she will call back"])
def test_what_may_be_personal_is_only_described(text: str) -> None:
    assert shown(text) == f"(text of {len(text)} characters)"
