# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Dropping control characters on the byte stream."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_provider_marketsync.exceptions import ResponseError
from airflow_provider_marketsync.vendors.directo.sanitize import Sanitizer

from .made import customers, pieces, reading_of, records_of


def _cleaned(chunks):
    sanitizer = Sanitizer()
    return b"".join([*map(sanitizer.clean, chunks), sanitizer.rest()]), sanitizer.dropped


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("a\x02b", "ab"),
        ("a\x00\x1fb", "ab"),
        ("a&#2;b&#x1F;c&#x0000b;d", "abcd"),
        ("a&#9;b&#10;c&#13;d&#32;e&#x41;f", "a\tb\nc\rd eAf"),
        ("a&amp;#2;b", "a&#2;b"),
        ("&#x20AC;&#8364;&amp;", "€€&"),
    ],
)
def test_control_characters_are_dropped_and_nothing_else(typed, read):
    document = customers(f"<customer code='1' name='{typed}'/>")
    assert records_of(document, sanitize=True)[0].values["name"] == read


def test_what_was_dropped_is_counted_in_a_notice():
    reading = reading_of(customers("<customer code='1' name='a\x02b&#3;c'/>"), sanitize=True)
    list(reading)
    assert reading.notices[-1] == "2 control characters were dropped from Directo's answer"


def test_without_control_characters_there_is_no_notice():
    reading = reading_of(customers("<customer code='1' ts='2026-11-20T08:00:00'/>"), sanitize=True)
    list(reading)
    assert reading.notices == []


def test_a_reference_begun_after_the_end_is_not_swallowed():
    with pytest.raises(ResponseError, match="XML"):
        records_of(b"<transport/>&#", sanitize=True)


def test_a_cut_document_stays_a_cut_document():
    with pytest.raises(ResponseError, match="cut off"):
        records_of(b"<transport><customer code='1&#", sanitize=True)


@given(
    st.lists(
        st.sampled_from([b"a", b"&", b"#", b"&#", b"x", b"1", b"2", b"0", b"1F", b";", b"\x01", b"\n", b"&#12;", b"&#65;"]),
        max_size=30,
    ).map(b"".join),
    st.lists(st.integers(0, 60), max_size=6),
)
def test_the_cuts_never_matter_and_no_control_character_is_left(text, cuts):
    cleaned, dropped = _cleaned(pieces(text, [min(cut, len(text)) for cut in cuts]))
    assert (cleaned, dropped) == _cleaned([text])
    assert not re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", cleaned)


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="&")))
def test_clean_text_passes_unchanged(text):
    assert _cleaned([text.encode()]) == (text.encode(), 0)
