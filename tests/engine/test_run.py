# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What one run does besides delivering: plans, what waits, what is tried again, what is checked first."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from airflow_provider_marketsync.contacts.definition import Sync, compile_sync
from airflow_provider_marketsync.engine.fetch import FetchOptions, fetch
from airflow_provider_marketsync.engine.upsert import UpsertOptions, upsert
from airflow_provider_marketsync.exceptions import (
    AuthError,
    CapabilityError,
    ExtractError,
    LimitExceeded,
    NoAnswerError,
    PlanError,
    PreflightError,
)
from airflow_provider_marketsync.extracts.rows import write_extract
from tests.engine.definitions import Variant
from tests.engine.made_source import Card, MadeSource, Register, mailbox
from tests.engine.made_target import CAPABILITY
from tests.engine.stage import Stage, card


def row(stage: Stage) -> Any:
    with stage.ledger() as ledger:
        return ledger.syncs.row("shop")


def run_with(stage: Stage, definition: dict[str, Any], path: str, **options: Any) -> dict[str, Any]:
    """Run another definition of the same sync."""
    compiled = compile_sync(Sync.load(definition))
    return upsert(compiled, stage.target(**options), stage.installation, [path], UpsertOptions("owner"))


# -------------------------------------------------------------------------------------------- outcomes


def test_every_kind_of_record_gets_its_outcome_and_they_add_up(stage: Stage) -> None:
    stage.variant = Variant(home=True)
    summary = stage.bring(
        card("a", "anna"),
        card("b", "berta", word="no"),
        card("c", "", name="nobody"),
        card("d", "", email="puudub"),
        card("e", "edgar", country="LV"),
        card("f", "anna", changed="1"),
    )
    assert summary["outcomes"] == {
        "unchanged": 0, "created": 1, "updated": 0, "skipped": 4, "invalid": 1, "rejected": 0, "postponed": 0, "unknown": 0
    }  # fmt: skip
    assert summary["reasons"]["skipped"] == {
        "another card of the same mailbox is newer": 1,
        "does not match where": 1,
        "new_contacts.withdrawn: skip": 1,
        "no address": 1,
    }
    assert stage.names() == {"anna": "Kadrin"}


def test_an_unchanged_feed_sends_nothing_and_a_resend_sends_everything(stage: Stage) -> None:
    rows = [card("a", "anna"), card("b", "berta")]
    stage.bring(*rows)
    requests = stage.town.requests
    assert stage.bring(*rows)["outcomes"]["unchanged"] == 2
    assert stage.town.requests == requests
    assert stage.bring(*rows, resend=True)["outcomes"]["updated"] == 2


def test_a_change_that_does_not_reach_the_payload_is_not_sent(stage: Stage) -> None:
    stage.bring(card("a", "anna", changed="1"))
    assert stage.bring(card("a", "anna", changed="2"))["outcomes"]["unchanged"] == 1


def test_a_refusing_definition_sends_no_mailbox_with_several_cards(stage: Stage) -> None:
    stage.variant = Variant(refuse=True)
    summary = stage.bring(card("a", "anna"), card("b", "anna"), card("c", "ceder"))
    assert summary["outcomes"]["invalid"] == 2
    assert set(stage.names()) == {"ceder"}


def test_the_loser_takes_over_as_an_update_when_the_winner_leaves_the_scope(stage: Stage) -> None:
    stage.variant = Variant(home=True)
    winner, loser = card("a", "anna", name="Winner", changed="2"), card("b", "anna", name="Loser", changed="1")
    stage.bring(winner, loser)
    summary = stage.bring({**winner, "country": "LV"}, loser)
    assert summary["outcomes"]["created"] == 0
    assert stage.names() == {"anna": "Loser"}


def test_a_card_read_twice_in_one_extract_counts_once(stage: Stage) -> None:
    summary = stage.bring(card("a", "anna", name="First"), card("a", "anna", name="Second"))
    assert summary["reasons"]["skipped"] == {"read twice": 1}
    assert stage.names() == {"anna": "First"}


def test_of_several_extracts_the_newest_reading_of_a_card_counts(stage: Stage) -> None:
    old = stage.write([card("a", "anna", name="Old"), card("b", "berta")], complete=False)
    new = stage.write([card("a", "anna", name="New")], complete=False)
    stage.run([old, new])
    assert stage.names() == {"anna": "New", "berta": "Kadrin"}


def test_an_older_extract_puts_nothing_back(stage: Stage) -> None:
    old = stage.write([card("a", "anna", name="Old")])
    stage.bring(card("a", "anna", name="New"))
    assert stage.run(old)["reasons"]["skipped"] == {"older reading": 1}
    assert stage.names() == {"anna": "New"}


# ------------------------------------------------------------------------------------- refused and unsure


def test_a_refused_record_waits_and_is_tried_again_and_is_red_only_when_new(stage: Stage, monkeypatch: Any) -> None:
    refusing = frozenset({mailbox("anna")})
    path = stage.write([card("a", "anna"), card("b", "berta")])
    with pytest.raises(LimitExceeded, match=r"1 records were newly rejected"):
        stage.run(path, stage.target(refuses=refusing))
    requests = stage.town.requests
    summary = stage.run([], stage.target(refuses=refusing))
    assert (summary["outcomes"]["rejected"], summary["new_refusals"]) == (1, {})
    assert stage.town.requests == requests, "it was too early to try again"
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 2 * 3600)
    assert stage.run([])["outcomes"]["created"] == 1
    assert set(stage.names()) == {"anna", "berta"}


def test_a_refused_record_that_changes_at_the_source_is_tried_at_once(stage: Stage) -> None:
    with pytest.raises(LimitExceeded):
        stage.run(stage.write([card("a", "anna")]), stage.target(refuses=frozenset({mailbox("anna")})))
    assert stage.bring(card("a", "anna", name="New"))["outcomes"]["created"] == 1


def test_the_first_refusal_of_a_run_that_died_is_still_news_to_the_next(stage: Stage) -> None:
    refusing = {"refuses": frozenset({mailbox("anna")})}

    def broken(batch: Any) -> None:
        if any(content["email"] == mailbox("zoe") for content in batch):
            raise AuthError("the password was changed")

    rows = [card("a", "anna"), *[card(f"b{number}", f"p{number}") for number in range(5)], card("z", "zoe")]
    path = stage.write(rows)
    with pytest.raises(AuthError):
        stage.run(path, stage.target(before=broken, **refusing))
    with pytest.raises(LimitExceeded, match="1 records were newly rejected"):
        stage.run(path, stage.target(**refusing))


def test_a_task_that_was_red_over_refusals_stays_red_when_it_is_cleared_until_they_are_gone(
    stage: Stage, monkeypatch: Any
) -> None:
    refusing = frozenset({mailbox("anna")})
    path = stage.write([card("a", "anna"), card("b", "berta")])
    for _ in range(2):
        with pytest.raises(LimitExceeded, match="1 records were newly rejected"):
            stage.run(path, stage.target(refuses=refusing), owner="monday")
    assert stage.run([], stage.target(refuses=refusing), owner="tuesday")["new_refusals"] == {}
    with pytest.raises(LimitExceeded, match="1 records were newly rejected"):
        stage.run(path, owner="monday")
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + 2 * 3600)
    assert stage.run(path, owner="monday")["outcomes"]["created"] == 1


def test_an_acknowledged_row_the_target_did_not_store_is_rejected_and_tried_again(stage: Stage) -> None:
    path = stage.write([card("a", "anna"), card("b", "berta")])
    with pytest.raises(LimitExceeded, match="acknowledged, but not stored") as red:
        stage.run(path, stage.target(drops=frozenset({mailbox("anna")})))
    assert red.value.summary["outcomes"]["created"] == 1  # type: ignore[index]
    assert stage.run(path, resend=True)["outcomes"]["created"] == 1
    assert set(stage.names()) == {"anna", "berta"}


def test_a_silent_target_ends_the_run_after_three_batches(stage: Stage) -> None:
    asked = []

    def silent(batch: Any) -> None:
        asked.append(batch)
        raise NoAnswerError("nothing came")

    with pytest.raises(NoAnswerError):
        stage.run(stage.write([card(f"k{number:02}", f"p{number}") for number in range(60)]), stage.target(before=silent))
    assert 3 <= len(asked) <= 3 + CAPABILITY.in_flight


def test_wrong_credentials_end_the_run_at_once_and_nothing_counts_as_rejected(stage: Stage) -> None:
    def locked(batch: Any) -> None:
        raise AuthError("the password is wrong")

    path = stage.write([card(f"k{number:02}", f"p{number}") for number in range(60)])
    with pytest.raises(AuthError):
        stage.run(path, stage.target(before=locked))
    summary = stage.run(path)
    assert (summary["outcomes"]["created"], summary["new_refusals"]) == (60, {})


def test_a_changed_address_waits_and_nothing_is_doubled(stage: Stage) -> None:
    stage.bring(card("a", "anna"))
    summary = stage.bring(card("a", "berta"))
    assert summary["reasons"]["postponed"] == {"address changed": 1}
    assert set(stage.names()) == {"anna"}


# ---------------------------------------------------------------------------------------- the carry-over


def test_values_of_an_unfinished_record_are_kept_for_a_time_and_then_read_again(stage: Stage) -> None:
    old = write_extract(
        [card("a", "anna")],
        str(stage.folder / "old"),
        source="made",
        key="id",
        read_started_at=datetime.now(timezone.utc) - timedelta(days=91),
    )
    stage.variant = Variant(max_creates=0)
    summary = stage.run(old)
    assert (summary["carried_over"], summary["needs_full_read"]) == (0, 1)
    assert row(stage).complete_due
    assert row(stage).carry_over is None


def test_a_carried_record_gives_way_to_a_newer_reading(stage: Stage) -> None:
    stage.variant = Variant(max_creates=0)
    stage.bring(card("a", "anna", name="Old"))
    stage.variant = Variant(max_creates=5)
    stage.bring(card("a", "anna", name="New"))
    assert stage.names() == {"anna": "New"}
    assert row(stage).carry_over is None


def test_an_old_carry_over_is_deleted_once_the_new_one_hangs(stage: Stage) -> None:
    for _ in range(3):
        stage.bring(card("a", "", email="puudub"))
    folders = list((Path(stage.installation.extracts) / "shop").glob("carry-over-*"))
    assert [str(folder) for folder in folders] == [row(stage).carry_over.rpartition("/")[0]]


# ----------------------------------------------------------------------------------------------- plans


def test_a_plan_sends_nothing_and_says_what_would_be_done(stage: Stage) -> None:
    stage.variant = Variant(max_creates=1)
    summary = stage.bring(card("a", "anna"), card("b", "berta"), card("c", "", email="puudub"), plan_only=True)
    assert (summary["sent"], summary["read"], stage.town.requests) == (False, 3, 0)
    assert (summary["outcomes"]["created"], summary["outcomes"]["invalid"]) == (2, 1)
    assert summary["first_mailings"] == {"new_contacts.granted: subscribe": 2}
    assert [sample["fields"] for sample in summary["samples"]["created"]] == [["name", "cardno"]] * 2


def test_a_plan_named_by_the_run_is_applied_once(stage: Stage) -> None:
    stage.variant = Variant(max_creates=0)
    plan = stage.bring(card("a", "anna"))["plan"]
    assert stage.run([], apply_plan=plan)["outcomes"]["created"] == 1
    with pytest.raises(PlanError, match="applied already"):
        stage.run([], apply_plan=plan)


def test_a_plan_of_another_definition_or_of_no_run_is_refused(stage: Stage) -> None:
    stage.variant = Variant(max_creates=0)
    plan = stage.bring(card("a", "anna"))["plan"]
    stage.variant = replace(stage.variant, upper=True)
    with pytest.raises(PlanError, match="definition has changed"):
        stage.run([], apply_plan=plan)
    with pytest.raises(PlanError, match="no plan 'plan-x'"):
        stage.run([], apply_plan="plan-x")
    assert stage.names() == {}


def test_a_person_in_the_plan_who_said_no_since_is_not_created(stage: Stage) -> None:
    stage.variant = Variant(max_creates=0)
    stage.bring(card("a", "anna"), card("b", "berta"))
    stage.accept()
    stage.bring(card("a", "anna", word="no"), card("b", "berta"))
    assert set(stage.names()) == {"berta"}


def test_a_plan_of_nobody_leaves_no_plan(stage: Stage) -> None:
    assert stage.bring(card("a", "anna"), plan_only=True)["plan"] is None


# ------------------------------------------------------------------------------------------- preflight


def test_a_field_the_target_does_not_have_must_be_allowed(stage: Stage) -> None:
    path = stage.write([card("a", "anna")])
    definition = stage.variant.definition(mapping={"email": "email", "nmae": "name"})
    with pytest.raises(PreflightError, match=r"no field named nmae yet.*allow_new_fields"):
        run_with(stage, definition, path)
    assert stage.town.requests == 0
    run_with(stage, {**definition, "allow_new_fields": ["nmae"]}, path)
    run_with(stage, definition, path)


def test_a_field_name_the_target_can_not_have_is_refused(stage: Stage) -> None:
    definition = stage.variant.definition(mapping={"email": "email", "Full Name": "name"})
    with pytest.raises(PreflightError, match=r"do not fit made: Full Name"):
        run_with(stage, definition, stage.write([card("a", "anna")]))


def test_a_target_that_can_not_create_opted_out_people_is_not_asked_to(stage: Stage) -> None:
    unable = replace(CAPABILITY, can_create_unsubscribed=False)
    with pytest.raises(CapabilityError, match="create_unsubscribed, which made can not do"):
        run_with(stage, Variant(policy="quiet").definition(), stage.write([card("a", "anna")]), capability=unable)


def test_a_field_nobody_has_is_a_warning_and_so_are_fields_that_come_and_go(stage: Stage) -> None:
    definition = stage.variant.definition(mapping={"email": "email", "name": "first(nmae, name)", "cardno": "cardno"})
    summary = run_with(stage, definition, stage.write([card("a", "anna", optin_on="")]))
    assert summary["warnings"] == [
        "Nobody in the complete feed has nmae (did you mean name?): look for a typo in the definition."
    ]
    later = run_with(stage, definition, stage.write([card("a", "anna", phone="1")]))
    assert "New at the source: phone." in later["warnings"]
    assert "Gone at the source: optin_on." in later["warnings"]


def test_an_extract_of_another_sync_is_refused(stage: Stage) -> None:
    other = compile_sync(Sync.load(stage.variant.definition(id="other")))
    register = Register(cards={"a": Card(("anna",), "Kadrin", "yes")})
    path = fetch([other], MadeSource(register), stage.installation, FetchOptions())[0].path
    with pytest.raises(ExtractError, match="None of the extracts belongs to the sync 'shop': they are of other"):
        stage.run(path)


# ------------------------------------------------------------------------------------------------ fetch


def test_a_reading_by_hand_of_a_window_never_moves_the_watermark(stage: Stage) -> None:
    register = Register(cards={"a": Card(("anna",), "Kadrin", "yes", changed=1)}, ticks=1)
    compiled = stage.variant.compiled()

    def sync_once(**options: Any) -> dict[str, object]:
        fetched = fetch([compiled], MadeSource(register), stage.installation, FetchOptions(**options))[0]
        stage.run(fetched.path)
        return fetched.summary

    assert sync_once()["why"] == "completely: nothing was delivered yet"
    register.cards["b"] = Card(("berta",), "Mihkel", "yes", changed=register.tick())
    window = sync_once(updated_since="1")
    assert (window["read"], window["complete"]) == (1, False)
    assert row(stage).cursor == "00000001"
    assert sync_once()["since"] == "00000001"
    assert row(stage).cursor == "00000002"
    assert sync_once(full=True)["read"] == 2


def test_a_changed_definition_makes_the_next_reading_complete(stage: Stage) -> None:
    register = Register(cards={"a": Card(("anna",), "Kadrin", "yes", changed=1)}, ticks=1)
    stage.run(fetch([stage.variant.compiled()], MadeSource(register), stage.installation, FetchOptions())[0].path)
    stage.variant = replace(stage.variant, upper=True)
    fetched = fetch([stage.variant.compiled()], MadeSource(register), stage.installation, FetchOptions())[0]
    assert fetched.summary["why"] == "completely: the definition has changed"
    stage.run(fetched.path)
    assert stage.names() == {"anna": "KADRIN"}


def test_an_extract_without_a_field_the_definition_needs_now_postpones_its_records(stage: Stage) -> None:
    register = Register(cards={"a": Card(("anna",), "Kadrin", "yes", changed=1)}, ticks=1)
    path = fetch([stage.variant.compiled()], MadeSource(register), stage.installation, FetchOptions())[0].path
    stage.variant = replace(stage.variant, home=True)
    assert stage.run(path)["reasons"]["postponed"] == {"field not read": 1}
    stage.run(fetch([stage.variant.compiled()], MadeSource(register), stage.installation, FetchOptions())[0].path)
    assert stage.names() == {"anna": "Kadrin"}


def test_a_reading_that_breaks_off_leaves_no_extract(stage: Stage) -> None:
    class Broken(MadeSource):
        def read(self, request: Any) -> Any:
            reading = super().read(request)

            def records() -> Any:
                yield from reading
                raise NoAnswerError("the document was cut off")

            class Cut:
                cursor, names_seen, notices = reading.cursor, reading.names_seen, ()

                def __iter__(self) -> Any:
                    return records()

            return Cut()

    register = Register(cards={"a": Card(("anna",), "Kadrin", "yes")})
    with pytest.raises(NoAnswerError):
        fetch([stage.variant.compiled()], Broken(register), stage.installation, FetchOptions())
    assert not list((Path(stage.installation.extracts) / "shop").glob("extract-*"))


def test_an_address_field_that_no_record_has_stops_before_anything_is_sent(stage: Stage) -> None:
    definition = stage.variant.definition(mapping={"email": "emial", "name": "name", "cardno": "cardno"})
    with pytest.raises(PreflightError, match=r"emial \(did you mean email\?\)"):
        run_with(stage, definition, stage.write([card(f"k{number}", f"p{number}", optin_on="") for number in range(20)]))
    assert stage.names() == {}


def test_a_target_where_sending_twice_does_more_is_refused_before_anything_is_sent(stage: Stage) -> None:
    target = stage.target(capability=replace(CAPABILITY, idempotent_upsert=False))
    with pytest.raises(CapabilityError, match="made can not be upserted to"):
        stage.run(stage.write([card("a", "anna")]), target)
    assert stage.names() == {}


def test_people_a_create_does_not_make_mailable_are_not_counted_as_first_mailings(stage: Stage) -> None:
    stage.variant = Variant(max_creates=0)
    target = stage.target(capability=replace(CAPABILITY, create_makes_mailable=False))
    summary = stage.run(stage.write([card("a", "anna")]), target)
    assert (summary["outcomes"]["created"], summary["held"], summary["first_mailings"]) == (1, {}, {})
