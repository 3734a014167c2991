# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Records out of documents: every shape that contract 4.1 and 5.1 allow."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from airflow_provider_marketsync.contacts.record import FieldNames, Record
from airflow_provider_marketsync.exceptions import FeedError, MarketSyncError
from airflow_provider_marketsync.vendors.directo.component import Component

from .made import WANTED, customers, pieces, reading_of, records_of, sample


def test_xml_direct_customers_become_records_with_the_wanted_fields_only():
    reading = reading_of(sample("xml-direct-customers"))
    records = list(reading)
    assert [record.key for record in records] == [f"customer:{code}" for code in range(10001, 10010)] + ["customer:LV/0007-ä"]
    assert records[0] == Record(
        "customer:10001",
        "2026-11-18T09:14:27",
        {
            "name": "Põhjala Köögid OÜ",
            "email": "info@pohjala-koogid.example",
            "class": "EDASIMYYJA",
            "datafields": [("OPTIN", "yes", "2026-10-02")],
        },
    )
    assert reading.cursor == "2026-11-20T11:00:00"
    assert reading.notices == []


def test_datafields_that_repeat_are_all_kept_sorted_and_told_apart_by_param():
    last = records_of(sample("xml-direct-customers"))[-1]
    assert last.values["datafields"] == [
        ("LISANIMI", "Riga Star", "ENG"),
        ("LISANIMI", "Riia Täht", "EST"),
        ("OPTIN", "jah", ""),
    ]
    assert last.values["name"] == 'Rīgas "Zvaigzne" SIA'


def test_line_breaks_and_markup_in_values_arrive_as_typed():
    last = records_of(sample("xml-direct-customers"), wanted=FieldNames(("comment",)))[-1]
    assert last.values == {"comment": "Esimene rida\nteine rida <b>&</b>"}


def test_absent_and_empty_attributes_stay_two_things():
    by_key = {record.key: record for record in records_of(sample("xml-direct-customers"))}
    assert "email" not in by_key["customer:10006"].values
    assert by_key["customer:10007"].values["email"] == ""


def test_closed_cards_come_like_all_others():
    records = records_of(sample("xml-direct-customers"), wanted=FieldNames(("closed",)))
    assert [record.key for record in records if record.values["closed"] == "1"] == ["customer:10009"]


def test_contacts_get_keys_of_their_own_number_space():
    records = records_of(
        sample("xml-direct-contacts"), component=Component.CONTACT, wanted=FieldNames(("customercode", "suppliercode"))
    )
    assert [record.key for record in records] == [f"contact:{code}" for code in range(501, 506)]
    assert records[2].values == {"suppliercode": "H-77"}


def test_the_contact_field_of_a_customer_is_no_contact_record():
    document = customers("<customer code='1'><contact>Õie Ülane</contact></customer>")
    assert records_of(document, wanted=FieldNames(("contact",)))[0].values == {"contact": "Õie Ülane"}


def test_values_in_child_elements_are_read_like_attributes():
    assert records_of(sample("classic-customers-elements")) == [
        Record(
            "customer:K200",
            "2026-11-19T14:20:00",
            {"name": "Element OÜ", "email": "element@example.org", "class": "HULGI"},
        )
    ]


def test_a_classic_interface_with_more_and_with_fewer_fields():
    reading = reading_of(sample("classic-customers"), wanted=FieldNames(("subclass", "email")))
    records = list(reading)
    assert records[0].values == {"subclass": "KULD,UUDISKIRI", "email": "mari@maasikas.example"}
    assert records[1].changed is None
    assert reading.notices == ["1 records have no usable 'ts'; only complete reads show their changes"]
    assert {"pricelist", "loyaltycard", "datafields.OPTIN"} <= reading.names_seen


@pytest.mark.parametrize(
    "document",
    [
        "<transport><customer code='1' email='a@b.example'/></transport>",
        "<transport><customers><customer code='1' email='a@b.example'/></customers></transport>",
        "<transport><body><page><customers><customer code='1' email='a@b.example'/></customers></page></body></transport>",
        "<customers><customer code='1' email='a@b.example'/></customers>",
        "<customer code='1' email='a@b.example'/>",
        "<Transport><Customers><Customer Code='1' EMail='a@b.example'/></Customers></Transport>",
        "<TRANSPORT><CUSTOMER><CODE>1</CODE><EMAIL>\n\ta@b.example\n</EMAIL></CUSTOMER></TRANSPORT>",
        "<t:transport xmlns:t='urn:x'><t:customer code='1' t:email='a@b.example'/></t:transport>",
        "<transport><customer code='1'><email>a@b<!-- c -->.example</email></customer></transport>",
        "<transport><customer code='1'><email><![CDATA[a@b.example]]></email></customer></transport>",
        "<transport><customer code='1' email='a@b.example'><email>other@b.example</email></customer></transport>",
        "<transport><customer code='1'><x><email>other@b.example</email></x><email>a@b.example</email></customer></transport>",
        "<transport><info version='2'/><customer email='a@b.example' code='1'/></transport>",
    ],
)
def test_a_record_is_found_wherever_and_however_it_is_written(document):
    assert records_of(document.encode()) == [Record("customer:1", None, {"email": "a@b.example"})]


@pytest.mark.parametrize(
    "row",
    [
        "<data code='OPTIN' content='yes' param='P'/>",
        "<Data Code='OPTIN' Content='yes' Param='P'/>",
        "<data code='OPTIN' content='yes' PARAM='P'/>",
        "<data><code>OPTIN</code><content>yes</content><param>P</param></data>",
        "<data code='OPTIN'><content> yes </content><param>P</param></data>",
        "<field code='OPTIN' content='yes' param='P' extra='1'/>",
    ],
)
def test_a_datafield_is_read_however_it_is_written(row):
    record = records_of(customers(f"<customer code='1'><datafields>{row}{row}</datafields></customer>"))[0]
    assert record.values == {"datafields": [("OPTIN", "yes", "P")] * 2}


@pytest.mark.parametrize(
    ("row", "kept"),
    [
        ("<data code='optin' content='yes'/>", [("optin", "yes", "")]),
        ("<data code='OPTIN' param='P'/>", [("OPTIN", "", "P")]),
        ("<data code='OPTIN'/>", [("OPTIN", "", "")]),
        ("<data content='yes'/>", None),
        ("<data code='SECRET' content='yes' param=''/>", None),
    ],
)
def test_missing_parts_of_a_datafield_are_empty_and_unwanted_ones_are_left_out(row, kept):
    record = records_of(customers(f"<customer code='1'><datafields>{row}</datafields></customer>"))[0]
    assert record.values.get("datafields") == kept


def test_a_field_after_the_datafields_is_a_field_again():
    document = customers(
        "<customer code='1'><datafields><data code='OPTIN' content='a' param=''/></datafields>"
        "<address><data code='OPTIN' content='b' param=''/></address><email>a@b.example</email></customer>"
    )
    assert records_of(document)[0].values == {"email": "a@b.example", "datafields": [("OPTIN", "a", "")]}


def test_a_record_deeper_than_the_one_before_is_no_datafield_of_it():
    document = (
        "<transport><customer code='1'><datafields><data code='OPTIN' content='a' param=''/></datafields></customer>"
        "<page><body><customer code='2' email='a@b.example'/></body></page></transport>"
    )
    assert records_of(document.encode())[1] == Record("customer:2", None, {"email": "a@b.example"})


def test_an_element_with_elements_inside_is_no_plain_field():
    document = customers("<customer code='1'><email>a@b.example<old>c@d.example</old>e</email><name>N</name></customer>")
    assert records_of(document)[0].values == {"name": "N"}


def test_code_and_ts_are_kept_as_fields_only_where_they_are_wanted():
    document = customers("<customer code='1' ts='2026-11-20T08:00:00'/>")
    assert records_of(document)[0].values == {}
    wanted = FieldNames(("code", "ts"))
    assert records_of(document, wanted=wanted)[0].values == {"code": "1", "ts": "2026-11-20T08:00:00"}


def test_every_name_is_noted_and_no_value():
    reading = reading_of(sample("xml-direct-customers"))
    list(reading)
    assert {"code", "ts", "regno", "balance", "datafields.SEGMENT", "datafields.OPTIN"} <= reading.names_seen
    assert not any("@" in name or name.isdigit() for name in reading.names_seen)


def test_of_two_spellings_in_one_card_the_lower_case_one_wins_whatever_was_seen_before():
    odd = "<customer code='2' email='low@b.example' EMAIL='high@b.example'/>"
    usual = "<customer code='1' EMAIL='a@b.example'/>"
    for document in (customers(odd), customers(usual + odd), customers(odd + usual)):
        records = {record.key: record for record in records_of(document)}
        assert records["customer:2"].values["email"] == "low@b.example"


@pytest.mark.parametrize("inner", ["<customer name='x'/>", "<customer code=''/>", "<customer code='  '/>"])
def test_a_record_without_a_code_is_not_passed_over(inner):
    with pytest.raises(FeedError, match="without a code"):
        records_of(customers("<customer code='1'/>" + inner))


@pytest.mark.parametrize(
    "document",
    [
        "<transport/>",
        "<transport></transport>",
        "<transport><customers/></transport>",
        "<transport><anything/></transport>",
        "<transport><customers/><info version='2'/></transport>",
        "<customers/>",
    ],
)
def test_an_empty_answer_is_no_error_and_has_no_cursor(document):
    reading = reading_of(document.encode())
    assert list(reading) == []
    assert (reading.cursor, reading.names_seen, reading.notices) == (None, frozenset(), [])


@pytest.mark.parametrize(
    "document",
    [
        "<foo/>",
        "<transport><contacts><contact code='1'/></contacts></transport>",
        "<transport><contact code='1'/></transport>",
    ],
)
def test_an_answer_about_something_else_is_no_empty_list(document):
    with pytest.raises(FeedError, match="no list of customers"):
        records_of(document.encode())


def test_the_empty_sample_is_empty():
    assert records_of(sample("xml-direct-customers-empty")) == []


# ---------------------------------------------------------------------------------------------------- laws

_TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), max_size=20)
_CODES = st.text("0123456789AZÕä/- ", min_size=1, max_size=8).filter(str.strip)
_CARDS = st.lists(
    st.fixed_dictionaries(
        {"code": _CODES},
        optional={"email": _TEXT, "name": _TEXT, "class": _TEXT, "regno": _TEXT, "balance": _TEXT},
    ),
    max_size=6,
)
_ROWS = st.lists(st.tuples(st.sampled_from(["OPTIN", "optin", "LISANIMI", "SECRET"]), _TEXT, _TEXT), max_size=4)


def _outcome(chunks):
    reading = reading_of(*chunks)
    try:
        return list(reading), reading.cursor, reading.names_seen, reading.notices
    except MarketSyncError as error:
        return type(error), str(error)


@given(_CARDS, _ROWS, st.booleans(), st.booleans(), st.sampled_from([str.lower, str.upper, str.title]))
def test_what_is_written_is_read_in_every_shape(cards, rows, container, elements, case):
    root = etree.Element(case("transport"))
    parent = etree.SubElement(root, case("customers")) if container else root
    for card in cards:
        record = etree.SubElement(parent, case("customer"))
        for name, value in card.items():
            if elements:
                etree.SubElement(record, case(name)).text = value
            else:
                record.set(case(name), value)
        box = etree.SubElement(record, case("datafields"))
        for code, content, param in rows:
            etree.SubElement(box, "data", code=code, content=content, param=param)
    layout = (lambda text: text.strip(" \t\r\n")) if elements else (lambda text: text)
    kept = sorted((row for row in rows if row[0] != "SECRET"), key=lambda row: row[0])
    records = records_of(etree.tostring(root, encoding="utf-8"))
    assert [record.key for record in records] == [f"customer:{layout(card['code'])}" for card in cards]
    for record, card in zip(records, cards, strict=True):
        expected = {name: layout(value) for name, value in card.items() if name in WANTED.plain}
        assert record.values == ({**expected, "datafields": kept} if kept else expected)


_DOCUMENTS = st.sampled_from(
    [
        sample("xml-direct-customers"),
        sample("classic-customers-elements"),
        sample("error-token-required"),
        sample("error-unauthorized"),
        b"\xef\xbb\xbf" + sample("classic-customers"),
        customers("<customer code='1' name='\x02'/>"),
        customers("<customer code='1' name='a & b'/>"),
        customers("<customer code='1'>") ,
        "<transport><customer code='õ'/></transport>".encode("latin-1"),
        b"<!DOCTYPE html><html><p></html>",
        b"no xml at all",
    ]
)  # fmt: skip


@given(_DOCUMENTS, st.lists(st.integers(0, 4000), max_size=12))
def test_how_the_bytes_were_cut_into_chunks_never_matters(document, cuts):
    assert _outcome(pieces(document, [min(cut, len(document)) for cut in cuts])) == _outcome([document])


@given(st.lists(st.integers(0, 400_000), max_size=8))
def test_how_a_large_answer_was_cut_into_chunks_never_matters(cuts):
    document = _large()
    assert _outcome(pieces(document, [min(cut, len(document)) for cut in cuts])) == _outcome([document])


def _large() -> bytes:
    card = "<customer code='{0}' name={1} ts='2026-11-20T08:00:00'><datafields/></customer>"
    return customers("".join(card.format(number, quoteattr("Õ" * (number % 97))) for number in range(2_000)))


@pytest.mark.parametrize(
    "name", ["xml-direct-customers", "xml-direct-contacts", "classic-customers-elements", "xml-direct-customers-empty"]
)
def test_a_document_cut_off_anywhere_never_makes_a_finished_reading(name):
    document = sample(name).rstrip()
    component = Component.CONTACT if "contacts" in name else Component.CUSTOMER
    for part in range(20):
        reading = reading_of(document[: len(document) * part // 20], component=component)
        with pytest.raises(MarketSyncError):
            list(reading)
        assert reading.cursor is None
    reading = reading_of(document[:-1], component=component)
    with pytest.raises(MarketSyncError):
        list(reading)
