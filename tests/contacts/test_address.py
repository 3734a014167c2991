# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Addresses: splitting, comparing, refusing."""

from __future__ import annotations

import email_validator
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from airflow_provider_marketsync.contacts import address
from airflow_provider_marketsync.contacts.address import RESERVED, check_address, normal_form, split_addresses

SEPARATORS = st.text(alphabet=";, \t\r\n\u00a0", min_size=1, max_size=4)
WORDS = st.text(alphabet="abcõ.@+-_1", min_size=1, max_size=12)
NEARLY_ADDRESSES = st.from_regex(r"[A-Za-z0-9._+-]{1,12}@[A-Za-z0-9.-]{1,20}(\.[A-Za-z]{1,10})?", fullmatch=True)


def valid_by_the_library(text: str) -> bool:
    try:
        email_validator.validate_email(text, check_deliverability=False)
    except email_validator.EmailNotValidError:
        return False
    return text.rpartition(".")[2].lower() not in RESERVED


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anna@Example.COM", "anna@example.com"),
        (" anna@example.com\u00a0", "anna@example.com"),
        ("info@õun.ee", "info@xn--un-bka.ee"),
        ("STRASSE@x.ee", "strasse@x.ee"),
        ("õ@x.ee", "o\u0303@x.ee"),
    ],
)
def test_two_ways_to_write_one_mailbox_have_the_same_normal_form(one: str, other: str) -> None:
    assert normal_form(one) == normal_form(other)


@pytest.mark.parametrize(("one", "other"), [("a.b@x.ee", "ab@x.ee"), ("a+1@x.ee", "a@x.ee"), ("a@x.ee", "a@y.ee")])
def test_dots_and_plus_signs_tell_mailboxes_apart(one: str, other: str) -> None:
    assert normal_form(one) != normal_form(other)


@given(st.one_of(st.text(), NEARLY_ADDRESSES, st.emails()))
@example("ß@ẞ.ee")
@example("a@\u0345.ee")
@example("a@..ee\u3002")
def test_the_normal_form_of_a_normal_form_is_itself(text: str) -> None:
    assert normal_form(normal_form(text)) == normal_form(text)


def test_the_normal_form_is_stable_for_every_single_character() -> None:
    changed = [
        code for code in range(0x80, 0x30000)
        if not 0xD800 <= code <= 0xDFFF and normal_form(normal_form(f"a{chr(code)}b@x.ee")) != normal_form(f"a{chr(code)}b@x.ee")
    ]  # fmt: skip
    assert changed == []


@given(st.lists(WORDS, max_size=5), SEPARATORS, st.sampled_from(["", ";", " ; ", "\n"]))
def test_texts_joined_by_any_separator_are_split_again(words: list[str], separator: str, trailing: str) -> None:
    assert split_addresses(separator.join(words) + trailing) == words


@given(st.text())
def test_a_piece_of_a_split_holds_no_separator_and_is_never_empty(text: str) -> None:
    for piece in split_addresses(text):
        assert split_addresses(piece) == [piece]


@pytest.mark.parametrize(
    "text",
    ["anna@example.com", "a@b.ee", "ANNA.KASK+shop@mail.example.co.uk", "o'brien@x.ie", "info@õun.ee", "õun@x.ee", "a--b@x.ee"],
)
def test_an_address_is_accepted(text: str) -> None:
    assert check_address(text) is None


@pytest.mark.parametrize(
    "text",
    ["puudub", "", "@", "a@b", "a@@b.ee", ".a@b.ee", "a.@b.ee", "a..b@c.ee", "a@b..ee", "a@-b.ee", "a b@c.ee",
     "Anna <a@b.ee>", "a@xn--zzzz.ee", "a@b.e1", "a@1.2.3.4", "a@" + "b" * 64 + ".ee", "a@ab--c.ee", "a@b.ee\n"],
)  # fmt: skip
def test_a_text_that_is_no_address_is_refused(text: str) -> None:
    assert check_address(text) == "syntax"


@pytest.mark.parametrize("text", ["a@b.test", "a@b.INVALID", "a@localhost", "a@b.localhost", "a@b.example", "a@b.local"])
def test_a_reserved_top_level_domain_is_refused(text: str) -> None:
    assert check_address(text) in {"reserved top-level domain", "syntax"}
    assert check_address(text) != "syntax" or "." not in text


def test_example_com_is_no_reserved_top_level_domain() -> None:
    assert check_address("a@shop.example.com") is None


def test_we_refuse_at_least_the_names_the_library_refuses() -> None:
    assert set(email_validator.SPECIAL_USE_DOMAIN_NAMES) <= RESERVED


@settings(max_examples=500)
@given(st.one_of(NEARLY_ADDRESSES, st.emails(), st.text(max_size=30)))
@example("a@b.te\u017ft")
@example("\u212a@b.ee")
def test_the_quick_check_has_the_verdict_of_the_library(text: str) -> None:
    assert (check_address(text) is None) == valid_by_the_library(text)


def test_the_everyday_shape_does_not_load_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(address, "_checked_closely", lambda text: pytest.fail("asked the library"))
    assert check_address("anna.kask@mail.example.com") is None
