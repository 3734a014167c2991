# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Documents that must not be trusted, each with its own error."""

from __future__ import annotations

import resource
import tracemalloc

import pytest

from airflow_provider_marketsync.contacts.record import FieldNames
from airflow_provider_marketsync.exceptions import FeedError, MarketSyncError, ResponseError
from airflow_provider_marketsync.vendors.directo.stream import BLOCK

from .made import customers, reading_of, records_of

SECRET = "mari@maasikas.example"
_ROW = "<data code='A' content='b' param='c'/>"


def _refused(document: bytes, kind: type[MarketSyncError], about: str) -> None:
    with pytest.raises(kind, match=about) as caught:
        records_of(document)
    shown = f"{caught.value!r} {caught.value} {caught.value.__cause__} {caught.value.__context__}"
    assert SECRET not in shown
    assert "customer code" not in shown


def test_an_entity_bomb_is_refused_before_it_unfolds():
    levels = "".join(f"<!ENTITY e{n} '{f'&e{n - 1};' * 10}'>" for n in range(1, 10))
    head = f"<!DOCTYPE transport [<!ENTITY e0 'lol'>{levels}]>"
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    _refused(customers("<customer code='1' name='&e9;'/>", head), FeedError, "document type")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


def test_an_external_entity_is_not_fetched(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text(SECRET)
    head = f"<!DOCTYPE transport [<!ENTITY outside SYSTEM '{secret.as_uri()}'>]>"
    _refused(customers("<customer code='1'><name>&outside;</name></customer>", head), FeedError, "document type")


def test_an_outside_document_type_is_refused_too():
    _refused(b"<!DOCTYPE transport SYSTEM 'http://127.0.0.1:1/x.dtd'><transport/>", FeedError, "document type")


@pytest.mark.parametrize(
    "inner",
    [
        f"<customer code='1' name='{'x' * 9 * 1024 * 1024}'/>",
        f"<customer code='1' name='{'x' * 12 * 1024 * 1024}'/>",
        f"<customer code='1'><name>{'x' * 2 * 1024 * 1024}</name></customer>",
        f"<customer code='1'><datafields>{_ROW * 40_000}</datafields></customer>",
        f"<customer code='1'><name>{'<!-- a comment -->' * 80_000}</name></customer>",
        "x" * 2 * 1024 * 1024,
    ],
    ids=["attribute", "attribute beyond the parser's own limit", "text", "datafields", "comments", "text outside"],
)
def test_a_record_over_one_mebibyte_is_refused(inner):
    _refused(customers(inner), FeedError, "larger than 1 MiB")


def test_a_record_just_below_one_mebibyte_is_read():
    name = "x" * (1024 * 1024 - 4 * BLOCK)
    assert records_of(customers(f"<customer code='1' name='{name}'/>"))[0].values["name"] == name


def test_many_small_records_are_no_large_one():
    card = "<customer code='1' name='Mari' ts='2026-11-20T08:00:00'><datafields/></customer>"
    assert len(records_of(customers(card * 50_000))) == 50_000


@pytest.mark.parametrize(
    "document",
    [
        b"<transport>" + b"<a>" * 64,
        b"<transport><customer code='1'>" + b"<a>" * 63,
        b"<transport><customer code='1'><datafields><data>" + b"<a>" * 61,
        b"<transport>" + b"<a>" * 5_000,
    ],
)
def test_elements_nested_too_deep_are_refused(document):
    _refused(document, FeedError, "deeper than 64")


@pytest.mark.parametrize(
    "place",
    [
        "<transport {}/>",
        "<transport><customer code='1' {}/></transport>",
        "<transport><customer code='1'><datafields><data code='A' content='' param='' {}/>",
    ],
)
def test_an_element_with_too_many_attributes_is_refused(place):
    attributes = " ".join(f"a{number}='1'" for number in range(1_001))
    _refused(place.format(attributes).encode(), FeedError, "more than 1000 attributes")


@pytest.mark.parametrize(
    "card",
    [
        "<customer code='1' a{0}='1'/>",
        "<customer code='1'><a{0}>1</a{0}></customer>",
        "<customer code='1'><datafields><data code='a{0}' content='' param=''/></datafields></customer>",
        "<a{0}/>",
    ],
)
def test_names_without_end_are_refused(card):
    _refused(customers("".join(card.format(number) for number in range(10_001))), FeedError, "different field names")


@pytest.mark.parametrize("bad", ["\x02", "\x00", "&#2;", "&#x1F;", "\ufffe"])
def test_a_control_character_is_refused_and_the_option_that_drops_it_is_named(bad):
    _refused(customers(f"<customer code='1' email='{SECRET}' name='a{bad}b'/>"), FeedError, "sanitize")


@pytest.mark.parametrize("encoding", ["latin-1", "windows-1257"])
def test_bytes_that_are_no_utf8_are_refused_and_never_read_as_other_letters(encoding):
    document = f"<transport><customer code='1' email='{SECRET}' name='õä'/></transport>".encode(encoding)
    _refused(document, FeedError, "not UTF-8")
    _refused(f"<?xml version='1.0' encoding='{encoding}'?>".encode() + document, FeedError, "not UTF-8")


def test_utf8_is_read_as_such_even_where_the_declaration_says_otherwise():
    document = customers("<customer code='1' name='Õie Ülane'/>", "<?xml version='1.0' encoding='iso-8859-1'?>")
    assert records_of(document)[0].values["name"] == "Õie Ülane"


@pytest.mark.parametrize("head", ["", "<?xml version='1.0' encoding='utf-8'?>"])
def test_a_byte_order_mark_in_front_is_no_fault(head):
    assert len(records_of(b"\xef\xbb\xbf" + customers("<customer code='1'/>", head))) == 1


def test_a_letter_cut_by_a_block_is_no_wrong_encoding():
    for shift in range(3):
        name = "x" * shift + "õ" * (BLOCK // 2)
        _refused(customers(f"<customer code='1' name='{name}\x02'/>"), FeedError, "sanitize")


@pytest.mark.parametrize("document", ["\ufeff<transport/>".encode("utf-16-le"), "\ufeff<transport/>".encode("utf-16-be")])
def test_utf16_is_refused(document):
    _refused(document, ResponseError, "XML")


@pytest.mark.parametrize("document", [b"", b" \r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
def test_an_empty_body_is_no_empty_list(document):
    _refused(document, ResponseError, "is empty")


@pytest.mark.parametrize("document", [b"Service unavailable", b'[{"code": "1"}]', b"hi", b"\x1f\x8b\x08"])
def test_a_body_that_is_no_xml_is_told_as_such(document):
    _refused(document, ResponseError, "is not XML")


@pytest.mark.parametrize(
    "page",
    [b"<html><head><title>503</title></head></html>", b"<!DOCTYPE html>\n<html>", b"<HTML><BODY>x<br></BODY></HTML>",
     b'<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-strict.dtd">'],
)  # fmt: skip
def test_a_web_page_is_told_as_such(page):
    _refused(page, ResponseError, "web page")


@pytest.mark.parametrize(
    "document",
    [
        customers(f"<customer code='1' email='{SECRET}' name='a & b'/>"),
        customers(f"<customer code='1' email='{SECRET}' name='&nbsp;'/>"),
        customers(f"<customer code='1' email='{SECRET}'></custumer>"),
        customers("<customer code='1'/>") + b"<p>ASP 0113: script timed out</p>",
        customers("<customer code='1'/>") + customers("<customer code='2'/>"),
    ],
)
def test_malformed_xml_is_refused_with_its_place_only(document):
    _refused(document, ResponseError, r"stops being XML at line \d+, column \d+")


def test_faults_of_the_document_ask_for_the_pause_that_directo_wants():
    with pytest.raises(ResponseError) as caught:
        records_of(b"<transport>")
    assert caught.value.retry_after == 60


def test_memory_does_not_grow_with_the_number_of_records():
    card = b"<customer code='1' name='Mari' email='a@b.example' ts='2026-11-20T08:00:00'><datafields/></customer>"

    def chunks(count):
        yield b"<transport>"
        for _ in range(count):
            yield card * 500
        yield b"</transport>"

    def peak(count):
        reading = reading_of(*(), wanted=FieldNames(("name",)))
        reading._body = lambda: chunks(count)
        tracemalloc.start()
        assert sum(1 for _ in reading) == count * 500
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    peak(2)
    assert peak(80) < peak(8) * 1.5
