# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""REST and what people do with cards at Directo's stand-in (contract sections 11 and 12)."""

from __future__ import annotations

import pytest
import requests
from lxml import etree

from .test_directo_reading import JAAN, MARI


def rest(directo, resource="customers", accept="application/json", **query):
    headers = {"X-Directo-Key": directo.credentials["key"], "Accept": accept}
    return requests.get(f"{directo.url}/apidirect/v1/{resource}", params=query, headers=headers, timeout=5)


def test_rest_answers_a_bare_array(directo):
    directo.seed({**MARI, "datafields": [{"code": "SEGMENT", "content": "Köök"}]})
    answer = rest(directo)
    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    (row,) = answer.json()
    assert row["ts"] == "2026-11-18 09:14:27"
    assert row["datafields"] == [{"code": "SEGMENT", "content": "Köök"}]
    assert rest(directo, "contacts").json() == []


def test_rest_types_are_mixed_as_on_the_wire(directo):
    directo.seed(MARI, {"code": "10002", "name": "Jaan"})
    first, second = rest(directo).json()
    assert (first["code"], first["closed"]) == ("K1", 0)
    assert (second["code"], second["phone"]) == (10002, None)
    directo.switch(rest_types="text")
    assert rest(directo).json()[1]["code"] == "10002"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"ts": ">2026-11-18 09:14:27"}, ["K2"]),
        ({"ts": ">2026-11-18T09:14:26"}, ["K1", "K2"]),
        ({"code": "K1"}, ["K1"]),
        ({"closed": "0"}, ["K1"]),
        ({"nonsense": "1"}, ["K1", "K2"]),
    ],
)
def test_rest_filters(directo, query, found):
    directo.seed(MARI, JAAN)
    directo.switch(rest_types="text")
    assert [row["code"] for row in rest(directo, **query).json()] == found


def test_rest_answers_xml_on_request_and_401_for_a_wrong_key(directo):
    directo.seed(MARI)
    assert etree.fromstring(rest(directo, accept="application/xml").content).find(".//customer").get("code") == "K1"
    answer = requests.get(f"{directo.url}/apidirect/v1/customers", headers={"X-Directo-Key": "x"}, timeout=5)
    assert (answer.status_code, answer.json()) == (401, {"message": "Unauthorized"})


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ({"action": "edit", "fields": {"name": "M", "email": None}}, {"name": "M", "email": None}),
        ({"action": "close"}, {"closed": "1"}),
        ({"action": "reopen"}, {"closed": "0"}),
    ],
)
def test_act_changes_the_card_and_moves_its_ts(directo, order, expected):
    directo.seed(MARI)
    done = directo.control("act", {**order, "code": "K1"})
    (card,) = directo.control("store")["customers"]
    assert {name: card.get(name) for name in expected} == expected
    assert card["ts"] == done["done"][0]["ts"] > MARI["ts"]


def test_act_sets_replaces_and_removes_a_datafield(directo):
    directo.seed(MARI)
    order = {"action": "set_datafield", "code": "K1", "datafield": "OPTIN", "content": "no", "param": "2026-11-21"}
    directo.control("act", [order, {**order, "content": "yes"}])
    (card,) = directo.control("store")["customers"]
    assert card["datafields"] == [{"code": "OPTIN", "content": "yes", "param": "2026-11-21"}]
    directo.control("act", {"action": "remove_datafield", "code": "K1", "datafield": "OPTIN"})
    assert directo.control("store")["customers"][0]["datafields"] == []


def test_act_creates_and_deletes(directo):
    directo.control("act", {"action": "create", "record": {"name": "Uus", "datafields": {"OPTIN": "yes"}}})
    (card,) = directo.control("store")["customers"]
    with pytest.raises(ValueError, match="already"):
        directo.control("act", {"action": "create", "record": {"code": card["code"]}})
    directo.control("act", {"action": "delete", "code": card["code"]})
    store = directo.control("store")
    assert store["customers"] == []
    assert store["deleted"][0]["code"] == card["code"]


def test_act_reaches_contacts_and_unknown_cards_are_404(directo):
    directo.control("seed", {"set": "cases"})
    directo.control("act", {"action": "close", "what": "contact", "code": "501"})
    assert directo.control("store?code=501")["contacts"][0]["closed"] == "1"
    answer = requests.post(
        f"{directo.sandbox.urls['control']}/directo/act", json={"action": "close", "code": "nobody"}, timeout=5
    )
    assert answer.status_code == 404


def test_directo_mails_nobody(directo):
    directo.control("seed", {"set": "cases"})
    assert directo.control("mails") == []
