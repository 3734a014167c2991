# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Faults that only Directo's stand-in has (contract section 12)."""

from __future__ import annotations

import pytest
from lxml import etree

CASES = {"set": "cases"}


def spoiled(directo, kind, **options):
    directo.control("seed", CASES)
    directo.fault(kind, **options)
    answer = directo.get()
    assert answer.status_code == 200
    return answer.content


@pytest.mark.parametrize("kind", ["malformed_xml", "control_character", "not_utf8", "truncated"])
def test_answer_that_is_no_xml(directo, kind):
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(spoiled(directo, kind))


def test_byte_order_mark_in_front(directo):
    body = spoiled(directo, "bom")
    assert body.startswith(b"\xef\xbb\xbf<?xml")
    assert len(list(etree.fromstring(body).iter("customer"))) == 10


def test_wrong_encoding_is_declared_over_utf8(directo):
    body = spoiled(directo, "wrong_encoding")
    assert b'encoding="iso-8859-1"' in body
    assert "Põhjala".encode() in body


def test_attribute_of_nine_megabytes(directo):
    assert len(spoiled(directo, "huge_attribute")) > 9 * 1024 * 1024


def test_records_without_ts(directo):
    records = list(etree.fromstring(spoiled(directo, "no_ts")).iter("customer"))
    assert len(records) == 10
    assert all(record.get("ts") is None for record in records)


def test_renamed_and_added_attribute(directo):
    first = etree.fromstring(spoiled(directo, "renamed_attribute")).find(".//customer")
    assert first.get("email") is None
    assert first.get("mail") == "info@pohjala-koogid.example.com"
    first = etree.fromstring(spoiled(directo, "renamed_attribute", **{"from": "class", "to": "klass"})).find(".//customer")
    assert first.get("klass") == "EDASIMYYJA"
    records = etree.fromstring(spoiled(directo, "added_attribute")).iter("customer")
    assert {record.get("newcolumn") for record in records} == {"1"}


def test_entity_bomb_is_small_and_would_unfold(directo):
    body = spoiled(directo, "entity_bomb")
    assert len(body) < 1000
    assert all(body.count(b"&e%d;" % level) == 10 for level in range(9))
    assert body.count(b"&e9;") == 1
    with pytest.raises(etree.XMLSyntaxError, match="amplification"):
        etree.fromstring(body)


def test_fetch_of_an_external_entity_would_show_in_the_request_log(directo):
    body = spoiled(directo, "external_entity")
    assert f'SYSTEM "{directo.url}/external-entity.txt"'.encode() in body
    assert b'SYSTEM "file:///x"' in spoiled(directo, "external_entity", url="file:///x")
    assert [entry["path"] for entry in directo.control("requests")] == ["/xmlcore/cap_xml_direct/xmlcore.asp"] * 2


def test_changed_path_is_a_404_page(directo):
    directo.fault("404")
    answer = directo.get()
    assert answer.status_code == 404
    assert answer.content.startswith(b"<html>")
