# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Reads of Directo's stand-in (contract sections 2 to 6)."""

from __future__ import annotations

import csv
import io
import resource
import time

import pytest
import requests
from lxml import etree

MARI = {"code": "K1", "name": "Mari", "email": "mari@post.example.com", "ts": "2026-11-18T09:14:27"}
JAAN = {"code": "K2", "name": "Jaan", "email": "jaan@post.example.com", "ts": "2026-11-19T00:00:00", "closed": 1}


def codes(answer, word="customer"):
    assert answer.status_code == 200
    return [record.get("code") for record in etree.fromstring(answer.content).iter(word)]


def test_answer_has_root_container_record_and_datafields(directo):
    directo.seed({**MARI, "datafields": [{"code": "OPTIN", "content": "yes", "param": "2026-10-02"}]})
    answer = directo.get()
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.content.decode() == (
        '<?xml version="1.0" encoding="utf-8"?>\n<transport><customers>'
        '<customer code="K1" name="Mari" email="mari@post.example.com" ts="2026-11-18T09:14:27">'
        '<datafields><data code="OPTIN" content="yes" param="2026-10-02"/></datafields></customer>'
        "</customers></transport>"
    )


def test_nothing_found_is_an_empty_container_and_no_error(directo):
    assert directo.get().content == (b'<?xml version="1.0" encoding="utf-8"?>\n<transport><customers/></transport>')
    assert directo.get("contact").content.endswith(b"<transport><contacts/></transport>")


def test_null_column_is_absent_and_empty_text_is_an_empty_attribute(directo):
    directo.seed({"code": "K1", "email": None, "phone": ""})
    record = etree.fromstring(directo.get().content).find(".//customer")
    assert record.get("email") is None
    assert record.get("phone") == ""


def test_datafields_element_is_always_there_and_codes_may_repeat(directo):
    repeated = [{"code": "X", "content": "a", "param": "ENG"}, {"code": "X", "content": "b", "param": None}]
    directo.seed({"code": "K1"}, {"code": "K2", "datafields": repeated})
    first, second = etree.fromstring(directo.get().content).iter("customer")
    assert len(first.find("datafields")) == 0
    assert [dict(row.attrib) for row in second.find("datafields")] == [
        {"code": "X", "content": "a", "param": "ENG"},
        {"code": "X", "content": "b"},
    ]


def test_readable_columns_are_those_of_the_vendors_schema(directo, recorded):
    rows = recorded("directo-made-customer-fields.csv").decode().splitlines()
    table = list(csv.DictReader(io.StringIO("\n".join(row for row in rows if not row.startswith("#")))))
    directo.seed({row["attribute"]: "1" for row in table if row["attribute"] != "session_id"} | {"code": "K1"})
    record = etree.fromstring(directo.get().content).find(".//customer")
    assert set(record.attrib) == {row["attribute"] for row in table if row["in_get"] == "1"}


def test_values_are_escaped_and_line_breaks_survive(directo):
    comment = 'rida\nteine <b>&"\ttab\r'
    directo.seed({"code": "LV/0007-ä", "comment": comment})
    record = etree.fromstring(directo.get(code="LV/0007-ä").content).find(".//customer")
    assert record.get("comment") == comment
    assert record.get("code") == "LV/0007-ä"


def test_contacts_are_a_register_of_their_own(directo):
    directo.control("seed", {"set": "cases"})
    assert codes(directo.get("contact"), "contact") == ["501", "502", "503", "504", "505"]
    assert codes(directo.get("contact", customercode="10001"), "contact") == ["501", "502"]
    assert codes(directo.get("contact", suppliercode="H-77"), "contact") == ["503"]
    assert codes(directo.get("contact", pid="40001010000"), "contact") == ["504"]
    assert codes(directo.get("contact", closed="1"), "contact") == ["502"]


def test_cases_hold_every_oddity_of_the_contract(directo):
    assert directo.control("seed", {"set": "cases"}) == {"seeded": 15}
    records = {one.get("code"): one for one in etree.fromstring(directo.get().content).iter("customer")}
    assert len(records) == 10
    assert records["10006"].get("email") is None
    assert records["10007"].get("email") == ""
    assert records["10009"].get("ts").endswith(".123")
    assert [row.get("param") for row in records["LV/0007-ä"].find("datafields")] == ["", "ENG", "EST"]


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"code": "K2"}, ["K2"]),
        ({"code": "k2"}, []),
        ({"closed": "0"}, ["K1"]),
        ({"closed": "1"}, ["K2"]),
        ({"email": "MARI@post.example.com"}, ["K1"]),
        ({"email": "mari@"}, []),
        ({"closed": "0", "code": "K2"}, []),
        ({"code": ""}, ["K1", "K2"]),
        ({"name": "Mari"}, ["K1", "K2"]),
        ({"CODE": "K1"}, ["K1"]),
    ],
)
def test_filters_are_exact_combine_and_unknown_ones_are_ignored(directo, filters, found):
    directo.seed(MARI, JAAN)
    assert codes(directo.get(**filters)) == found


@pytest.mark.parametrize(
    ("ts", "found"),
    [
        ("18.11.2026", ["K1", "K2"]),
        ("19.11.2026", ["K2"]),
        ("20.11.2026", []),
        ("1.1.1970", ["K1", "K2"]),
        ("18.11.2026 09:14", ["K1", "K2"]),
        ("18.11.2026 09:15", ["K2"]),
        ("2026-11-18 09:14:27", ["K1", "K2"]),
        ("2026-11-18 09:14:28", ["K2"]),
        ("2026-11-19", ["K2"]),
        ("", ["K1", "K2"]),
    ],
)
def test_every_known_shape_of_ts_is_read_and_the_bound_is_inclusive(directo, ts, found):
    directo.seed(MARI, JAAN)
    assert codes(directo.get(ts=ts)) == found


def test_fraction_of_a_second_counts_as_later_than_its_second(directo):
    directo.seed({**MARI, "ts": "2026-11-20T10:30:00.123"})
    assert codes(directo.get(ts="2026-11-20 10:30:00")) == ["K1"]
    assert codes(directo.get(ts="2026-11-20 10:30:01")) == []


def test_ts_follows_the_clock_in_estonian_time(directo):
    directo.sandbox.call("/clock", {"set": "2026-07-01T12:00:00Z"})
    directo.control("act", {"action": "create", "record": {"code": "K1"}})
    assert etree.fromstring(directo.get().content).find(".//customer").get("ts")[:16] == "2026-07-01T15:00"
    directo.sandbox.call("/clock", {"set": "2026-12-01T12:00:00Z"})
    directo.control("act", {"action": "close", "code": "K1"})
    assert etree.fromstring(directo.get().content).find(".//customer").get("ts")[:16] == "2026-12-01T14:00"


def test_get_with_everything_in_the_query_works_too(directo):
    directo.seed(MARI)
    query = {"get": 1, "what": "customer", "token": directo.credentials["token"]}
    assert codes(requests.get(directo.endpoint, params=query, timeout=5)) == ["K1"]
    assert directo.control("requests")[0]["secret_in_url"] is True


def test_query_and_form_are_merged_query_first_names_without_case(directo):
    directo.seed(MARI, JAAN)
    form = {"TOKEN": directo.credentials["token"], "code": "K2", "What": "customer"}
    answer = requests.post(directo.endpoint, params={"GET": 1, "Code": "K1"}, data=form, timeout=5)
    assert codes(answer) == ["K1"]


def test_classic_reads_by_key_and_adds_its_own_columns(directo):
    directo.seed({**MARI, "subclass": "KULD,UUDISKIRI", "language": "EST", "firstname": "Mari"})
    form = {"key": directo.credentials["key"], "get": 1, "what": "customer"}
    record = etree.fromstring(requests.post(directo.classic, data=form, timeout=5).content).find(".//customer")
    assert record.get("subclass") == "KULD,UUDISKIRI"
    assert record.get("language") == "EST"
    assert record.get("firstname") is None
    assert record.find("datafields") is None
    transport = directo.classic.replace("/xmlcore.asp", "/transport/xmlcore.asp")
    assert codes(requests.get(transport, params=form, timeout=5)) == ["K1"]


def test_bi_direct_reads_with_the_token_and_does_not_write(directo):
    directo.seed(MARI)
    place = directo.endpoint.replace("cap_xml_direct", "cap_bi")
    form = {"token": directo.credentials["token"], "what": "customer"}
    assert codes(requests.post(place, data={**form, "get": 1}, timeout=5)) == ["K1"]
    answer = requests.post(place, data={**form, "put": 1, "xmldata": "<customers/>"}, timeout=5)
    assert b'type="404"' in answer.content


def test_deleted_card_stops_appearing_and_stands_in_the_output_of_deletions(directo):
    directo.seed(MARI, JAAN)
    directo.control("act", {"action": "delete", "code": "K1"})
    assert codes(directo.get()) == ["K2"]
    record = etree.fromstring(directo.get("deleted", ts="1.1.2020").content).find(".//deleted")
    assert (record.get("type"), record.get("code")) == ("customer", "K1")
    assert record.get("ts")
    assert codes(directo.get("deleted", ts="1.1.2999"), "deleted") == []


@pytest.mark.parametrize("name", ["ws_kliendid.xsd", "xml_IN_kliendid.xsd"])
def test_schemas_lie_beside_the_endpoint(directo, name):
    answer = requests.get(directo.endpoint.replace("xmlcore.asp", name), timeout=5)
    schema = etree.fromstring(answer.content)
    assert schema.tag.endswith("schema")
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/", "/xmlcore/other_db/xmlcore.asp", "/xmlcore/cap_xml_direct/", "/nothing"])
def test_unknown_path_is_a_404_page(directo, path):
    answer = requests.get(directo.url + path, timeout=5)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "text/html"


def test_other_host_name_is_not_found_and_the_vendors_own_is(directo):
    form = {"token": directo.credentials["token"], "get": 1, "what": "customer"}
    for host, status in (("login.directo.ee", 200), ("localhost:1", 200), ("shop.example.com", 404)):
        assert requests.post(directo.endpoint, data=form, headers={"Host": host}, timeout=5).status_code == status


def test_unknown_verb_is_not_allowed(directo):
    assert requests.delete(directo.endpoint, timeout=5).status_code == 405


def test_half_a_million_cards_seed_at_once_and_stream_in_little_memory(directo):
    started = time.monotonic()
    directo.control("seed", {"count": 60_000, "seed": 1})
    assert time.monotonic() - started < 1
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    form = {"token": directo.credentials["token"], "get": 1, "what": "customer"}
    with requests.post(directo.endpoint, data=form, stream=True, timeout=30) as answer:
        size = sum(len(piece) for piece in answer.iter_content(65536))
    assert 370 < size / 60_000 < 395
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 20_000


def test_caller_who_hangs_up_in_mid_answer_does_no_harm(directo, capfd):
    directo.control("seed", {"count": 100_000, "seed": 1})
    form = {"token": directo.credentials["token"], "get": 1, "what": "customer"}
    with requests.post(directo.endpoint, data=form, stream=True, timeout=30) as answer:
        next(answer.iter_content(100))
    with requests.get(f"{directo.sandbox.urls['control']}/directo/store", stream=True, timeout=30) as answer:
        next(answer.iter_content(100))
    assert codes(directo.get(code="100001")) == ["100001"]
    assert capfd.readouterr().err == ""


def test_generated_cards_can_be_found_edited_and_deleted(directo):
    directo.control("seed", {"count": 1000, "seed": 3})
    assert codes(directo.get(code="100500")) == ["100500"]
    directo.control("act", {"action": "edit", "code": "100500", "fields": {"name": "Uus Nimi"}})
    directo.control("act", {"action": "delete", "code": "100501"})
    record = etree.fromstring(directo.get(code="100500").content).find(".//customer")
    assert record.get("name") == "Uus Nimi"
    assert directo.control("store?count=1")["counts"]["customers"] == 999
    assert len(codes(directo.get())) == 999
    assert codes(directo.get(ts="1.1.2026")) == ["100500"]
    assert len(codes(directo.get("contact"), "contact")) == 0


def test_generated_contacts_belong_to_generated_customers(directo):
    directo.control("seed", {"count": 10, "seed": 3})
    directo.control("seed", {"count": 10, "seed": 3, "what": "contact"})
    customers = set(codes(directo.get()))
    owners = {one.get("customercode") for one in etree.fromstring(directo.get("contact").content).iter("contact")}
    assert owners == customers


def test_reading_while_cards_change_shows_the_state_of_its_beginning(directo):
    directo.control("seed", {"count": 30_000, "seed": 1})
    form = {"token": directo.credentials["token"], "get": 1, "what": "customer"}
    with requests.post(directo.endpoint, data=form, stream=True, timeout=30) as answer:
        pieces = answer.iter_content(65536)
        body = next(pieces)
        directo.control("act", {"action": "delete", "code": "130000"})
        body += b"".join(pieces)
    assert body.count(b"<customer ") == 30_000
