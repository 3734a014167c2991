# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Every switch of Directo's stand-in (contract section 13)."""

from __future__ import annotations

import pytest
import requests
from lxml import etree

from .test_directo_reading import JAAN, MARI, codes


def test_defaults_are_the_contracts(directo):
    switches = directo.control("switches")
    expected = {
        "ts_compare": "ge", "ts_precision": "time", "ts_bad": "error", "tz": "Europe/Tallinn",
        "empty_reply": "container", "container": "yes", "nulls": "absent", "filter_required": "no",
        "routing": "anywhere", "unknown_what": "404 result", "put_existing": "duplicate",
        "put_missing_email": "by_interface", "put_datafields_omitted": "delete",
        "result_case": "Result/Type/Desc", "result_code_attr": "docid", "deleted_what": "deleted",
        "datafield_moves_ts": "yes", "closed_default": "all", "email_filter": "exact_nocase", "rest_bad_key": "401",
    }  # fmt: skip
    assert expected.items() <= switches["switches"].items()


def test_ts_compare(directo):
    directo.seed(MARI)
    directo.switch(ts_compare="gt")
    assert codes(directo.get(ts="2026-11-18 09:14:27")) == []
    assert codes(directo.get(ts="2026-11-18 09:14:26")) == ["K1"]


def test_ts_precision(directo):
    directo.seed(MARI)
    directo.switch(ts_precision="date")
    assert codes(directo.get(ts="18.11.2026 23:00")) == ["K1"]
    assert codes(directo.get(ts="19.11.2026 00:00")) == []


def test_ts_bad(directo):
    directo.seed(MARI)
    assert etree.fromstring(directo.get(ts="eile").content).tag == "err"
    for other in ("18/11/2026", "2026-11-18T09:14:27", "18.11.2026 09:14:27", "20261118"):
        assert directo.get(ts=other).content == b"<err>invalid ts</err>\n"
    directo.switch(ts_bad="ignore")
    assert codes(directo.get(ts="eile")) == ["K1"]
    directo.switch(ts_bad="empty")
    assert codes(directo.get(ts="eile")) == []


def test_tz(directo):
    directo.switch(tz="UTC")
    directo.sandbox.call("/clock", {"set": "2026-07-01T12:00:00Z"})
    directo.control("act", {"action": "create", "record": {"code": "K1"}})
    assert etree.fromstring(directo.get().content).find(".//customer").get("ts")[:16] == "2026-07-01T12:00"


def test_empty_reply(directo):
    directo.switch(empty_reply="bare")
    assert directo.get().content.endswith(b"\n<transport/>")


def test_container(directo):
    directo.switch(container="no")
    assert directo.get().content.endswith(b"\n<transport/>")
    directo.seed(MARI)
    assert [child.tag for child in etree.fromstring(directo.get().content)] == ["customer"]


def test_nulls(directo):
    directo.switch(nulls="empty")
    directo.seed({"code": "K1"})
    record = etree.fromstring(directo.get().content).find(".//customer")
    assert record.get("email") == ""
    assert len(record.attrib) == 32


def test_filter_required_on_classic_only(directo):
    directo.switch(filter_required="yes")
    form = {"key": directo.credentials["key"], "get": 1, "what": "customer"}
    assert etree.fromstring(requests.post(directo.classic, data=form, timeout=5).content).tag == "error"
    form["ts"] = "1.1.1970"
    assert etree.fromstring(requests.post(directo.classic, data=form, timeout=5).content).tag == "transport"
    assert etree.fromstring(directo.get().content).tag == "transport"


def test_routing(directo):
    directo.seed(MARI)
    secret, words = {"token": directo.credentials["token"]}, {"get": 1, "what": "customer"}

    def ask(query, form):
        return b"K1" in requests.post(directo.endpoint, params=query, data=form, timeout=5).content

    directo.switch(routing="query_only")
    assert ask(words, secret)
    assert not ask({}, {**secret, **words})
    directo.switch(routing="body_only")
    assert not ask(words, secret)
    assert ask({}, {**secret, **words})


def test_unknown_what(directo, recorded):
    directo.switch(unknown_what="unauthorized")
    assert directo.get("kliendid").content == recorded("directo-made-error-unauthorized.xml")
    directo.switch(unknown_what="empty")
    assert etree.fromstring(directo.get("kliendid").content).tag == "transport"


def test_deleted_what(directo):
    directo.seed(MARI)
    directo.control("act", {"action": "delete", "code": "K1"})
    directo.switch(deleted_what="removed")
    assert codes(directo.get("removed"), "removed") == ["K1"]
    assert b"404" in directo.get("deleted").content
    directo.switch(deleted_what="off")
    assert b"404" in directo.get("off").content


def test_datafield_moves_ts(directo):
    directo.seed(MARI)
    directo.switch(datafield_moves_ts="no")
    directo.control("act", {"action": "set_datafield", "code": "K1", "datafield": "OPTIN", "content": "no"})
    assert directo.control("store")["customers"][0]["ts"] == MARI["ts"]
    directo.switch(datafield_moves_ts="yes")
    directo.control("act", {"action": "set_datafield", "code": "K1", "datafield": "OPTIN", "content": "yes"})
    assert directo.control("store")["customers"][0]["ts"] > MARI["ts"]


def test_closed_default(directo):
    directo.seed(MARI, JAAN)
    directo.switch(closed_default="open_only")
    assert codes(directo.get()) == ["K1"]
    assert codes(directo.get(closed="1")) == ["K2"]


def test_email_filter(directo):
    directo.seed(MARI, JAAN)
    directo.switch(email_filter="contains")
    assert codes(directo.get(email="MARI@")) == ["K1"]


def test_classic_shape(directo):
    directo.seed({**MARI, "comment": "a<b\nc", "datafields": [{"code": "OPTIN", "content": "yes"}]})
    directo.switch(classic_shape="elements")
    form = {"key": directo.credentials["key"], "get": 1, "what": "customer"}
    record = etree.fromstring(requests.post(directo.classic, data=form, timeout=5).content).find(".//customer")
    assert (record.findtext("code"), record.findtext("comment")) == ("K1", "a<b\nc")
    assert record.find("datafields/data").get("content") == "yes"
    assert not record.attrib
    assert codes(directo.get()) == ["K1"]


@pytest.mark.parametrize("status", ["401", "403"])
def test_rest_bad_key(directo, status):
    directo.switch(rest_bad_key=status)
    assert requests.get(f"{directo.url}/apidirect/v1/customers", timeout=5).status_code == int(status)
