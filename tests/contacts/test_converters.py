# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Converters: ours, and those that installed packages register."""

from __future__ import annotations

import sys
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_provider_marketsync.contacts.converter_registry import GROUP, converter_names, find_converter
from airflow_provider_marketsync.contacts.converters import canonical_number
from airflow_provider_marketsync.contacts.parser import parse_expression
from airflow_provider_marketsync.contacts.scanner import ExpressionError
from airflow_provider_marketsync.exceptions import DefinitionError

from .made import card, mapping

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MODULE = '''
def shout(text, mark="!"):
    """adds a mark"""
    return None if text == "quiet" else text + mark

def breaks(text):
    raise ValueError(f"bad {text}")

def counts(text):
    return len(text)
'''


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A really installed package (metadata and module on sys.path) that registers converters."""
    (tmp_path / "made_converters.py").write_text(_MODULE)
    info = tmp_path / "made_converters-1.5.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: made-converters\nVersion: 1.5\n")
    entries = "".join(f"{name} = made_converters:{name}\n" for name in ("shout", "breaks", "counts", "absent", "trim"))
    (info / "entry_points.txt").write_text(f"[{GROUP}]\n{entries}")
    monkeypatch.syspath_prepend(str(tmp_path))
    find_converter.cache_clear()
    yield
    find_converter.cache_clear()
    sys.modules.pop("made_converters", None)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=4))
def test_a_number_keeps_its_value_and_has_one_text(number: Decimal) -> None:
    text = canonical_number(f"{number:f}")
    assert text is not None
    assert Decimal(text) == number
    assert canonical_number(text) == text
    assert text != "-0"


@pytest.mark.parametrize("text", ["1,5", "1 000", "1e3", "", "NaN", "٥", "1.", "--1", "0x10"])
def test_what_is_no_plain_decimal_number_is_none(text: str) -> None:
    assert canonical_number(text) is None


@pytest.mark.parametrize(
    ("written", "expected"),
    [("5123456", "+3725123456"), ("+372 512 3456", "+3725123456"), ("+49 30 123456", "+4930123456"), ("12", None), ("x", None)],
)
def test_e164_reads_phone_numbers_of_a_country(written: str, expected: str | None) -> None:
    pytest.importorskip("phonenumbers")
    assert mapping(phone="phone | e164(EE)").maps(card(phone=written)).fields.get("phone") == expected


def test_e164_names_a_country_it_does_not_know() -> None:
    pytest.importorskip("phonenumbers")
    with pytest.raises(ExpressionError, match='"Eesti" is no country for e164; write its two letters in capitals'):
        parse_expression("phone | e164(Eesti)")


def test_e164_without_its_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "phonenumbers", None)
    with pytest.raises(ExpressionError, match=r"e164 needs the package phonenumbers: pip install phonenumbers"):
        parse_expression("phone | e164(EE)")


@pytest.mark.usefixtures("installed")
def test_a_registered_converter_is_used_like_ours() -> None:
    ready = mapping(name="name | shout", loud="name | shout('!!')")
    assert ready.maps(card(name="Anna")).fields == {"name": "Anna!", "loud": "Anna!!"}
    mapped = ready.maps(card(name="quiet"))
    assert mapped.fields == {}
    assert mapped.misses == ("name: does not fit shout", "loud: does not fit shout('!!')")


@pytest.mark.usefixtures("installed")
def test_a_new_version_of_a_registered_converter_changes_the_digest(tmp_path: Path) -> None:
    before = mapping(name="name | shout").digest
    info = tmp_path / "made_converters-1.5.dist-info" / "METADATA"
    info.write_text(info.read_text().replace("1.5", "1.6"))
    find_converter.cache_clear()
    assert mapping(name="name | shout").digest != before
    assert mapping(name="name | trim").digest == mapping(name="name|trim").digest


@pytest.mark.usefixtures("installed")
def test_ours_can_not_be_replaced() -> None:
    assert mapping(name="name | trim").maps(card(name=" Anna ")).fields == {"name": "Anna"}


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name | absent", 'the converter "absent" (made_converters:absent) can not be imported'),
        ("name | shout(a, b)", 'the converter "shout" does not take 2 arguments: too many positional arguments'),
        ("name | shout(a=b)", 'the converter "shout" takes no name=value arguments'),
        ("name | shuot", 'unknown converter "shuot"; did you mean "shout"?'),
        ("shout(name)", '"shout" is a converter; write it after a bar: a | shout(...)'),
    ],
)
def test_a_registered_converter_used_wrongly_is_named(text: str, message: str) -> None:
    with pytest.raises(ExpressionError) as told:
        parse_expression(text)
    assert str(told.value).startswith(message)


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("converter", "message"),
    [
        ("breaks", 'the converter "breaks" failed with ValueError; it must return None for a text it can not convert'),
        ("counts", 'the converter "counts" returned int; it must return text or None'),
    ],
)
def test_a_converter_that_misbehaves_is_named_without_the_text_it_was_given(converter: str, message: str) -> None:
    ready = mapping(name=f"name | {converter}")
    with pytest.raises(DefinitionError) as told:
        ready.maps(card(name="Anna Kask"))
    assert str(told.value) == message
    assert told.value.__cause__ is None
    assert told.value.__suppress_context__ or told.value.__context__ is None


def test_every_converter_of_ours_is_described() -> None:
    for name in converter_names():
        converter = find_converter(name)
        assert converter is not None
        assert converter.usage.startswith(name)
        assert converter.meaning
