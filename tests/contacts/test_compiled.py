# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A compiled definition: mapping, addresses, needed fields, digest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_provider_marketsync.contacts.definition import Addresses, Mapped, Sync, compile_sync
from airflow_provider_marketsync.contacts.record import FieldNames

from .made import OPTIN, SKIP_ALL, card, compiled, definition, mapping


def test_missing_null_and_empty_values_are_left_out_and_so_is_the_address() -> None:
    ready = mapping(a="a", b="b", c="c", d="d")
    assert ready.maps(card(email="x@y.ee", a="1", b="", c=None)) == Mapped({"a": "1"})


def test_a_miss_is_missing_and_listed_with_its_target_field() -> None:
    ready = mapping(language="country | map(EE=et)", seen="seen | date(dd.mm.yyyy)", points="points | number")
    mapped = ready.maps(card(country="LT", seen="eile", points="palju"))
    assert mapped == Mapped(
        {},
        ("language: LT is not in its map", "seen: does not fit date(dd.mm.yyyy)", "points: does not fit number"),
    )


@pytest.mark.parametrize("empty", ["", " \t", None])
def test_an_empty_value_is_no_miss(empty: str | None) -> None:
    assert mapping(language="country | map(EE=et)").maps(card(country=empty)) == Mapped({})


def test_a_miss_never_shows_what_may_be_personal() -> None:
    ready = mapping(language="name | map(EE=et)", seen="name | date(dd.mm.yyyy)")
    misses = ready.maps(card(name="anna@example.com")).misses
    assert misses == ("language: (text of 16 characters) is not in its map", "seen: does not fit date(dd.mm.yyyy)")


def test_a_code_that_repeats_is_counted_and_the_first_is_taken() -> None:
    ready = mapping(a="datafields.A", a_again="datafields.a.param", b="datafields.B", c="datafields.C[x]")
    twice = card(("A", "1", "p"), ("A", "2", "q"), ("B", "3", ""), ("C", "4", "x"), ("C", "5", "y"))
    assert ready.maps(twice) == Mapped({"a": "1", "a_again": "p", "b": "3", "c": "4"}, (), 1)


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        (None, Addresses((), 0, True)),
        ("", Addresses((), 0, True)),
        (" ; \u00a0\n", Addresses((), 0, True)),
        ("puudub", Addresses((), 1, False)),
        ("ei ole", Addresses((), 2, False)),
        ("a@b.test", Addresses((), 1, False)),
        (" Anna@Example.COM ", Addresses(("Anna@Example.COM",), 0, False)),
        ("b@x.ee;a@x.ee", Addresses(("b@x.ee", "a@x.ee"), 0, False)),
        ("puudub, b@x.ee\na@x.ee;", Addresses(("b@x.ee", "a@x.ee"), 1, False)),
        ("b@x.ee, B@X.ee; a@x.ee", Addresses(("b@x.ee", "a@x.ee"), 0, False)),
    ],
)
def test_addresses_of_a_field(text: str | None, addresses: Addresses) -> None:
    assert compiled().addresses(card(email=text)) == addresses


def test_the_address_may_come_from_any_expression() -> None:
    ready = compiled(mapping={"email": "first(datafields.EMAIL, email)"})
    assert ready.addresses(card(("EMAIL", "a@x.ee", ""), email="b@x.ee")).valid == ("a@x.ee",)


def test_the_fields_are_all_a_definition_needs_and_each_once() -> None:
    ready = compiled(
        mapping={"email": "Email", "a": "first(a, datafields.Code | trim)", "b": "when(c == '1', a, datafields.CODE.param)"},
        where={"closed": "0"},
        consent={"email": OPTIN},
        new_contacts=[{"when": "not missing(datafields['A.B'])", "basis": "x", "unknown": "skip"}, SKIP_ALL],
    )
    assert ready.fields == FieldNames(("email", "a", "c", "closed"), ("Code", "OPTIN", "A.B"))


def test_consent_fields_nobody_mentions_are_named() -> None:
    ready = compiled(
        mapping={"email": "email", "news": "newsletter"},
        where="rgpd == '1'",
        consent={"email": OPTIN},
        dismissed=["datafields.UUDISKIRI"],
    )
    seen = ["name", "Newsletter", "rgpd", "datafields.optin", "datafields.Uudiskiri", "datafields.TURUNDUS", "unsubscribed"]
    assert ready.unmentioned_consent_fields(seen) == ("datafields.TURUNDUS", "unsubscribed")


BASE = definition(
    mapping={"email": "email", "name": "first(a, b)"},
    where="closed == '0'",
    consent={"email": OPTIN},
    new_contacts=[{"when": "country == 'PL'", "basis": "law", "unknown": "skip"}, SKIP_ALL],
)


def digest(**changed: object) -> bytes:
    return compile_sync(Sync.load({**BASE, **changed})).digest


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "other"},
        {"source": "other"},
        {"source": {"connection": "directo_default", "component": "contacts"}},
        {"target": "other"},
        {"timezone": "UTC"},
        {"where": "closed == '1'"},
        {"mapping": {"email": "email", "name": "first(b, a)"}},
        {"mapping": {"email": "email", "name2": "first(a, b)"}},
        {"mapping": {"email": "email | trim", "name": "first(a, b)"}},
        {"consent": {}},
        {"consent": {"email": {**OPTIN, "granted": ["yes"]}}},
        {"consent": {"email": {**OPTIN, "formats": ["dd.mm.yyyy", "yyyy-mm-dd"]}}},
        {"new_contacts": SKIP_ALL},
        {"duplicates": "refuse"},
    ],
)
def test_the_digest_changes_with_the_definition(changed: dict[str, object]) -> None:
    assert len(digest()) == 16
    assert digest(**changed) != digest()


@pytest.mark.parametrize(
    "changed",
    [
        {"where": {"closed": "0"}},
        {"where": "closed=='0'"},
        {"mapping": {"name": "first( a,b )", "email": "Email"}},
        {"consent": {"email": {**OPTIN, "granted": ["JAH", "yes "]}}},
        {"source": {"connection": "directo_default"}},
        {"full_every": "24h"},
        {"duplicates": "newest", "limits": {"max_creates": "500"}, "dismissed": []},
        {"new_contacts": [{"unknown": "skip", "basis": "law", "when": {"country": "PL"}}, dict(reversed(SKIP_ALL.items()))]},
    ],
)
def test_the_digest_does_not_change_with_another_way_to_write_the_same(changed: dict[str, object]) -> None:
    assert digest(**changed) == digest()


@pytest.mark.parametrize(
    "changed",
    [
        {"limits": {"max_creates": 1}},
        {"limits": {"max_rejected": 7, "max_invalid": 3}},
        {"full_every": "2d"},
        {"allow_new_fields": ["name"]},
        {"allow_sensitive": ["comment"]},
        {"dismissed": ["newsletter"]},
    ],
)
def test_what_changes_no_payload_and_no_judgement_does_not_change_the_digest(changed: dict[str, object]) -> None:
    assert digest(**changed) == digest()


@given(st.permutations(sorted(BASE)))
def test_the_order_of_keys_does_not_change_the_digest(order: list[str]) -> None:
    shuffled = {name: BASE[name] for name in order}
    assert compile_sync(Sync.load(shuffled)).digest == digest()


@given(st.dictionaries(st.sampled_from(["email", "a", "b"]), st.one_of(st.none(), st.text(max_size=20))))
def test_mapping_is_pure_and_gives_texts_only(values: dict[str, str | None]) -> None:
    ready = mapping(a="a | trim", b="first(b | number, a | upper)")
    first, second = ready.maps(card(**values)), ready.maps(card(**values))
    assert first == second
    assert all(isinstance(text, str) and text for text in first.fields.values())
