# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Reading the stand-in, which was built from the contract apart from this client, under every switch it has."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from airflow_provider_marketsync.contacts.record import FieldNames
from airflow_provider_marketsync.engine.ports import ReadRequest
from airflow_provider_marketsync.exceptions import (
    AuthError,
    FeedError,
    NoAnswerError,
    RequestError,
    ResponseError,
    ServerError,
    SettingsError,
)
from airflow_provider_marketsync.sandbox import Sandbox
from airflow_provider_marketsync.vendors.directo.component import Component
from airflow_provider_marketsync.vendors.directo.settings import DirectoSettings
from airflow_provider_marketsync.vendors.directo.source import DirectoSource

FIELDS = FieldNames(("email", "name", "closed"), ("OPTIN", "LISANIMI"))
SWITCHES_OF_TS = [
    {"ts_compare": compare, "ts_precision": precision, "tz": zone}
    for compare in ("ge", "gt")
    for precision in ("time", "date")
    for zone in ("Europe/Tallinn", "UTC")
]


@pytest.fixture(scope="module")
def servers():
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(servers):
    servers.reset()
    yield servers
    servers.call("/directo/faults", method="DELETE")


def source(sandbox, path="cap_xml_direct", component=Component.CUSTOMER, secret=None, **extra):
    made = sandbox.call("/directo/credentials")
    classic = path not in {"cap_xml_direct", "cap_bi"}
    settings = DirectoSettings.from_connection(
        host=f"{sandbox.urls['directo']}/xmlcore/{path}/xmlcore.asp",
        password=secret or made["key" if classic else "token"],
        extra={"timeout": 3, **({} if classic else {"database": made["database"]}), **extra},
    )
    return DirectoSource(settings, component)


def complete(sandbox, *path, **how):
    reading = source(sandbox, *path, **how).read(ReadRequest(FIELDS))
    return {record.key: record for record in reading}, reading


def cases(sandbox):
    sandbox.call("/directo/seed", {"set": "cases"})


def fault(sandbox, kind, **options):
    sandbox.call("/directo/faults", [{"kind": kind, **options}])


def switch(sandbox, **switches):
    sandbox.call("/directo/switches", switches)


def test_the_sandboxs_own_connection_reads(sandbox):
    cases(sandbox)
    connection = sandbox.connections["directo"]
    settings = DirectoSettings.from_connection(
        host=connection["host"], password=connection["password"], extra=connection["extra"]
    )
    reading = DirectoSource(settings).read(ReadRequest(FIELDS))
    assert len(list(reading)) >= 10
    assert settings.account == connection["extra"]["database"]


@pytest.mark.parametrize("path", ["cap_xml_direct", "cap_bi", "demo_ee", "demo_ee/transport"])
@pytest.mark.parametrize("how", [{}, {"routing": "query"}, {"method": "GET"}])
def test_every_interface_gives_the_same_cards_however_it_is_asked(sandbox, path, how):
    cases(sandbox)
    cards, reading = complete(sandbox, path, **how)
    assert {f"customer:{code}" for code in range(10001, 10010)} <= set(cards)
    assert cards["customer:LV/0007-ä"].values["datafields"] == [
        ("LISANIMI", "Riga Star", "ENG"),
        ("LISANIMI", "Riia Täht", "EST"),
        ("OPTIN", "jah", ""),
    ]
    assert cards["customer:10009"].values["closed"] == "1"
    assert reading.cursor == "2026-11-20T11:00:00"


def test_contacts_are_read_with_keys_of_their_own(sandbox):
    cases(sandbox)
    cards, _ = complete(sandbox, component=Component.CONTACT)
    assert {f"contact:{code}" for code in range(501, 506)} <= set(cards)


@pytest.mark.parametrize("shape", ["attributes", "elements"])
@pytest.mark.parametrize("container", ["yes", "no"])
@pytest.mark.parametrize("nulls", ["absent", "empty"])
def test_every_shape_of_an_answer_gives_the_same_cards(sandbox, shape, container, nulls):
    cases(sandbox)
    switch(sandbox, classic_shape=shape, container=container, nulls=nulls)
    cards, _ = complete(sandbox, "demo_ee")
    assert cards["customer:10001"].values["datafields"] == [("OPTIN", "yes", "2026-10-02")]
    assert cards["customer:10001"].changed == "2026-11-18T09:14:27"
    assert cards["customer:10006"].values.get("email") == (None if nulls == "absent" else "")
    assert cards["customer:10007"].values["email"] == ""


@pytest.mark.parametrize("empty", ["container", "bare"])
def test_no_match_is_an_empty_reading(sandbox, empty):
    switch(sandbox, empty_reply=empty)
    cards, reading = complete(sandbox)
    assert (cards, reading.cursor) == ({}, None)


@pytest.mark.parametrize("switches", SWITCHES_OF_TS, ids=str)
@pytest.mark.parametrize("precision", ["date", "time"])
def test_a_change_after_the_cursor_is_always_read(sandbox, switches, precision):
    switch(sandbox, **switches)
    start = datetime.now(timezone.utc) - timedelta(days=10)
    sandbox.call("/clock", {"set": start.isoformat()})
    sandbox.call("/directo/seed", [{"code": str(number), "name": "Mari"} for number in range(3)])
    directo = source(sandbox, ts_precision=precision)
    cursor = None
    for step, (wait, code) in enumerate([(0, "0"), (1, "1"), (3600, "2"), (30, "0"), (86_400 * 3, "1")]):
        sandbox.call("/clock", {"advance": wait})
        sandbox.call("/directo/act", {"action": "edit", "code": code, "fields": {"name": f"Mari {step}"}})
        reading = directo.read(ReadRequest(FIELDS, cursor))
        names = {record.key: record.values["name"] for record in reading}
        assert names[f"customer:{code}"] == f"Mari {step}"
        assert reading.notices == []
        cursor = reading.cursor
    assert cursor > start.isoformat()[:10]


def test_an_incremental_read_leaves_old_cards_out(sandbox):
    cases(sandbox)
    reading = source(sandbox).read(ReadRequest(FIELDS, "2026-11-20T11:00:00"))
    keys = {record.key for record in reading}
    assert "customer:10002" in keys
    assert "customer:10001" not in keys


def test_a_clock_that_ran_ahead_and_was_set_right_hides_nothing(sandbox):
    sandbox.call("/directo/seed", [{"code": "1", "name": "a"}, {"code": "2", "name": "b"}])
    directo = source(sandbox)
    sandbox.call("/clock", {"advance": 86_400 * 30})
    sandbox.call("/directo/act", {"action": "edit", "code": "1", "fields": {"name": "from the future"}})
    reading = directo.read(ReadRequest(FIELDS))
    list(reading)
    sandbox.call("/clock", {"advance": -86_400 * 30})
    sandbox.call("/directo/act", {"action": "edit", "code": "2", "fields": {"name": "changed"}})
    assert "changed" in [r.values["name"] for r in directo.read(ReadRequest(FIELDS, reading.cursor))]


def test_a_clock_set_back_by_an_hour_hides_nothing(sandbox):
    sandbox.call("/clock", {"advance": -86_400})
    sandbox.call("/directo/seed", [{"code": "1", "name": "a"}])
    directo = source(sandbox, ts_precision="time", overlap_hours=6)
    reading = directo.read(ReadRequest(FIELDS))
    list(reading)
    sandbox.call("/clock", {"advance": -3600})
    sandbox.call("/directo/act", {"action": "edit", "code": "1", "fields": {"name": "changed"}})
    assert [r.values["name"] for r in directo.read(ReadRequest(FIELDS, reading.cursor))] == ["changed"]


def test_the_hour_that_comes_twice_hides_nothing(sandbox):
    sandbox.call("/clock", {"set": "2026-10-25T00:55:00Z"})
    sandbox.call("/directo/seed", [{"code": "1", "name": "a"}, {"code": "2", "name": "b"}])
    directo = source(sandbox, ts_precision="time", overlap_hours=6)
    reading = directo.read(ReadRequest(FIELDS))
    list(reading)
    assert reading.cursor == "2026-10-25T03:55:00"
    sandbox.call("/clock", {"set": "2026-10-25T01:05:00Z"})
    sandbox.call("/directo/act", {"action": "edit", "code": "2", "fields": {"name": "changed"}})
    changed = {r.key: r for r in directo.read(ReadRequest(FIELDS, reading.cursor))}["customer:2"]
    assert (changed.changed, changed.values["name"]) == ("2026-10-25T03:05:00", "changed")


@pytest.mark.parametrize("ts_bad", ["error", "ignore", "empty"])
@pytest.mark.parametrize("precision", ["date", "time"])
def test_the_ts_we_send_is_never_a_bad_one(sandbox, ts_bad, precision):
    cases(sandbox)
    switch(sandbox, ts_bad=ts_bad)
    reading = source(sandbox, ts_precision=precision).read(ReadRequest(FIELDS, "2026-11-20T11:00:00"))
    keys = {record.key for record in reading}
    assert "customer:LV/0007-ä" in keys
    assert "customer:10001" not in keys


@pytest.mark.parametrize(
    ("routing", "extra", "works"),
    [
        ("anywhere", {}, True),
        ("body_only", {}, True),
        ("query_only", {}, False),
        ("query_only", {"routing": "query"}, True),
        ("query_only", {"method": "GET"}, True),
        ("body_only", {"routing": "query"}, False),
    ],
)
def test_an_interface_that_insists_on_a_place_is_served_or_the_option_is_named(sandbox, routing, extra, works):
    switch(sandbox, routing=routing)
    if works:
        source(sandbox, **extra).check()
        return
    with pytest.raises(SettingsError, match="routing"):
        source(sandbox, **extra).check()


def test_an_interface_that_wants_a_filter_gets_one(sandbox):
    cases(sandbox)
    switch(sandbox, filter_required="yes")
    source(sandbox, "demo_ee").check()
    with pytest.raises(RequestError):
        complete(sandbox, "demo_ee")
    cards, _ = complete(sandbox, "demo_ee", filter_required=True)
    assert "customer:10001" in cards


def test_an_interface_that_hides_closed_cards_is_read_without_them(sandbox):
    """Nothing can be asked that brings them back; they vanish from complete reads, and removals follow their guard."""
    cases(sandbox)
    switch(sandbox, closed_default="open_only")
    cards, _ = complete(sandbox)
    assert "customer:10001" in cards
    assert "customer:10009" not in cards


def test_a_made_up_thousand_is_read_whole(sandbox):
    sandbox.call("/directo/seed", {"count": 3000, "seed": 1})
    cards, reading = complete(sandbox)
    assert len(cards) == 3000
    assert {"email", "phone", "datafields.LANG"} <= reading.names_seen


# -------------------------------------------------------------------------------------------------- faults


def test_wrong_and_missing_rights_are_told(sandbox):
    with pytest.raises(AuthError, match="Unauthorized"):
        source(sandbox, secret="wrong").check()
    with pytest.raises(AuthError, match="Unauthorized"):
        source(sandbox, "demo_ee", secret="wrong").check()
    switch(sandbox, components="contact")
    with pytest.raises(AuthError, match="component"):
        source(sandbox).check()
    source(sandbox, component=Component.CONTACT).check()


def test_another_database_in_the_path_leads_nowhere(sandbox):
    with pytest.raises(SettingsError, match="404"):
        source(sandbox, "other_ee").check()


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("unauthorized", AuthError),
        ("token_required", AuthError),
        ("invalid_url", SettingsError),
        ("legacy_error", RequestError),
        ("legacy_code_on_root", RequestError),
        ("legacy_err_reason", RequestError),
        ("404", SettingsError),
        ("403", AuthError),
        ("500", ServerError),
        ("503", ServerError),
        ("html_200", ResponseError),
        ("empty_200", ResponseError),
        ("truncated", ResponseError),
        ("cut", ResponseError),
        ("cut_chunked", ResponseError),
        ("malformed_xml", ResponseError),
        ("reset_before", NoAnswerError),
        ("reset_after", NoAnswerError),
        ("control_character", FeedError),
        ("not_utf8", FeedError),
        ("huge_attribute", FeedError),
        ("entity_bomb", FeedError),
        ("external_entity", FeedError),
        ("redirect", RequestError),
    ],
)
def test_every_fault_has_its_error_and_the_next_read_is_fine(sandbox, kind, error):
    cases(sandbox)
    fault(sandbox, kind)
    reading = source(sandbox).read(ReadRequest(FIELDS))
    with pytest.raises(error):
        list(reading)
    assert reading.cursor is None
    asked = sandbox.call("/directo/requests")
    assert [entry["path"] for entry in asked] == ["/xmlcore/cap_xml_direct/xmlcore.asp"]
    cards, _ = complete(sandbox)
    assert "customer:10001" in cards


@pytest.mark.parametrize("kind", ["bom", "wrong_encoding", "slow_first_byte", "added_attribute"])
def test_oddities_that_harm_nothing_pass(sandbox, kind):
    cases(sandbox)
    fault(sandbox, kind, **({"seconds": 0.2} if kind == "slow_first_byte" else {}))
    cards, reading = complete(sandbox)
    assert cards["customer:10001"].values["name"] == "Põhjala Köögid OÜ"
    assert ("newcolumn" in reading.names_seen) == (kind == "added_attribute")


def test_a_renamed_attribute_shows_in_the_names(sandbox):
    cases(sandbox)
    fault(sandbox, "renamed_attribute")
    cards, reading = complete(sandbox)
    assert not any("email" in card.values for card in cards.values())
    assert "mail" in reading.names_seen
    assert "email" not in reading.names_seen


def test_records_without_stamps_are_read_and_told(sandbox):
    cases(sandbox)
    fault(sandbox, "no_ts")
    cards, reading = complete(sandbox)
    assert len(cards) >= 10
    assert reading.cursor is None
    assert f"{len(cards)} records" in reading.notices[0]


def test_control_characters_pass_with_the_option(sandbox):
    cases(sandbox)
    fault(sandbox, "control_character")
    cards, reading = complete(sandbox, sanitize=True)
    assert len(cards) >= 10
    assert reading.notices == ["1 control characters were dropped from Directo's answer"]


def test_a_posted_key_never_stands_in_a_url(sandbox):
    complete(sandbox)
    complete(sandbox, routing="query")
    assert not any(entry.get("secret_in_url") for entry in sandbox.call("/directo/requests"))
