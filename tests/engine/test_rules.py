# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The rules about people, one by one; the numbers are those of the rules."""

from __future__ import annotations

import json
import logging
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from airflow_provider_marketsync.contacts.definition import Sync, compile_sync
from airflow_provider_marketsync.engine.fetch import FetchOptions, fetch
from airflow_provider_marketsync.engine.upsert import UpsertOptions, upsert
from airflow_provider_marketsync.exceptions import (
    AccountError,
    LedgerError,
    LimitExceeded,
    NoAnswerError,
    PreflightError,
    ResponseError,
)
from airflow_provider_marketsync.extracts.manifest import read_manifest
from airflow_provider_marketsync.extracts.reader import read_lines
from tests.engine.definitions import Variant
from tests.engine.made_source import Card, MadeSource, Register, mailbox
from tests.engine.made_target import MadePull, MadeTarget, Person
from tests.engine.stage import FIELDS, Stage, card

WORDS = {"granted": "yes", "pending": "asked", "unknown": "", "withdrawn": "no"}


def journal(stage: Stage) -> list[tuple[str, str | None]]:
    with stage.ledger() as ledger:
        return [tuple(row) for row in ledger.connection.execute("SELECT action, why FROM journal ORDER BY id")]


# ------------------------------------------------------------------------------------------------ rule 1


@pytest.mark.parametrize("policy", ["strict", "open", "quiet"])
@pytest.mark.parametrize("stated", WORDS)
def test_rule_01_a_first_mailing_needs_a_line_of_the_policy_that_names_why(stage: Stage, policy: str, stated: str) -> None:
    stage.variant = Variant(policy=policy)
    stage.bring(card("a", "anna", word=WORDS[stated]))
    action, person = stage.variant.creates(stated), stage.person("anna")
    if action == "skip":
        assert person is None
        return
    assert person is not None
    assert person.mailable == (action == "subscribe")
    assert journal(stage) == [("created", f"new_contacts.{stated}: {action}")]


def test_rule_01_a_field_that_looks_like_consent_and_is_not_used_stops_the_run(stage: Stage) -> None:
    rows = [card("a", "anna", newsletter="no")]
    with pytest.raises(PreflightError, match=r"look like consent.*newsletter"):
        stage.bring(*rows)
    assert stage.town.requests == 0
    dismissed = compile_sync(Sync.load(stage.variant.definition(dismissed=["newsletter"])))
    upsert(dismissed, stage.target(), stage.installation, [stage.write(rows)], UpsertOptions("owner"))
    assert stage.person("anna") is not None


def test_rule_01_somebody_found_at_the_target_is_updated_and_never_made_mailable(stage: Stage) -> None:
    stage.bring(card("z", "zoe"))
    stage.town.people[mailbox("anna")] = Person({}, mailable=False)
    stage.bring(card("a", "anna"), card("z", "zoe"))
    person = stage.person("anna")
    assert person is not None
    assert (person.fields["name"], person.mailable) == ("Kadrin", False)


# ------------------------------------------------------------------------------------------------ rule 2


def test_rule_02_the_history_of_consent_is_kept_with_dates_and_origins_and_without_addresses(stage: Stage) -> None:
    stage.bring(card("a", "anna"))
    stage.town.subscribe_state(mailbox("anna"), False, "optout")
    stage.bring(card("a", "anna", word="no", optin_on="2026-11-01"))
    with stage.ledger() as ledger:
        history = ledger.open_sync("shop").decisions("made.example.com").history(ledger.hashes.address(mailbox("anna")))
    assert [(decided, at, origin) for decided, at, _, origin in history] == [
        ("opted_out", "", "target:optout"),
        ("opted_out", "2026-11-01", "source"),
    ]


# ------------------------------------------------------------------------------------------------ rule 3


class DeafTarget(MadeTarget):
    """A target whose feed of opt-outs breaks off."""

    def pull_opt_outs(self, cursor: str | None) -> MadePull:
        """Break off."""
        raise ResponseError("the feed broke off")


def test_rule_03_nothing_is_written_when_the_opt_outs_can_not_be_pulled(stage: Stage) -> None:
    path = stage.write([card("a", "anna")])
    with pytest.raises(ResponseError):
        stage.run(path, DeafTarget(stage.town, fields=FIELDS))
    assert stage.town.requests == 0


def test_rule_03_no_write_lifts_an_opt_out_whatever_the_source_says(stage: Stage) -> None:
    stage.bring(card("a", "anna"))
    stage.town.subscribe_state(mailbox("anna"), False, "optout")
    for name in ("One", "Two"):
        stage.bring(card("a", "anna", name=name, optin_on="2026-11-20"))
    person = stage.person("anna")
    assert person is not None
    assert (person.fields["name"], person.mailable) == ("Two", False)


def test_rule_03_a_refused_creation_tried_again_later_respects_an_opt_out_that_came_in_between(stage: Stage) -> None:
    with pytest.raises(LimitExceeded):
        stage.run(stage.write([card("a", "anna")]), stage.target(refuses=frozenset({mailbox("anna")})))
    stage.town.feed.append((mailbox("anna"), "optout"))
    stage.run([], resend=True)
    assert stage.person("anna") is None, "strict: a new person who said no is skipped"


# ------------------------------------------------------------------------------------------------ rule 5


def test_rule_05_one_no_counts_for_the_mailbox_before_where_and_before_the_winner(stage: Stage) -> None:
    stage.variant = Variant(home=True)
    stage.bring(
        card("a", "anna", word="yes", changed="2"),
        card("b", "anna", word="no", country="LV", changed="1"),
        card("c", "berta", word="yes"),
    )
    assert set(stage.names()) == {"berta"}


@pytest.mark.parametrize("second_address", [False, True])
def test_rule_05_a_no_on_another_card_reaches_somebody_already_delivered(stage: Stage, second_address: bool) -> None:
    stage.bring(card("a", "anna"))
    addresses = f"{mailbox('zoe')}; {mailbox('anna')}" if second_address else mailbox("anna")
    summary = stage.run(stage.write([{**card("b", "anna", word="no"), "email": addresses}], complete=False))
    person = stage.person("anna")
    assert person is not None
    assert not person.mailable
    assert summary["opt_outs_told"] == 1


def test_rule_05_a_no_that_could_not_be_told_is_told_by_the_next_run(stage: Stage) -> None:
    def lost(batch: object) -> None:
        raise NoAnswerError("lost")

    stage.bring(card("a", "anna", changed="1"))
    with pytest.raises(NoAnswerError, match="1 opt-outs"):
        stage.run(stage.write([card("b", "anna", word="no", changed="0")], complete=False), stage.target(before=lost))
    person = stage.person("anna")
    assert person is not None
    assert person.mailable
    assert stage.run([])["opt_outs_told"] == 1
    assert not person.mailable


def test_rule_05_cards_that_lost_their_mailbox_are_reported_by_short_ids_only(stage: Stage) -> None:
    summary = stage.bring(card("secret-1", "anna", changed="1"), card("secret-2", "anna", changed="2"))
    assert len(summary["collisions"]) == 1
    assert re.fullmatch("[0-9a-f]{16}", summary["collisions"][0])
    assert "secret" not in json.dumps(summary)


# ------------------------------------------------------------------------------------------------ rule 9


def test_rule_09_too_many_new_people_are_held_with_a_plan_and_the_rest_goes_on(stage: Stage) -> None:
    stage.variant = Variant(max_creates=2)
    stage.bring(card("a", "anna"))
    summary = stage.bring(card("a", "anna", name="New"), *[card(f"k{number}", f"p{number}") for number in range(3)])
    assert (summary["held"], summary["outcomes"]["updated"], summary["mails_caused"]) == ({"creates": 3}, 1, 0)
    assert stage.names() == {"anna": "New"}
    assert stage.accept() == summary["plan"]
    assert stage.run([])["first_mailings"] == {"new_contacts.granted: subscribe": 3}
    assert len(stage.town.people) == 4


def test_rule_09_an_accepted_plan_covers_only_the_people_it_named(stage: Stage) -> None:
    stage.variant = Variant(max_creates=1)
    stage.bring(*[card(f"k{number}", f"p{number}") for number in range(2)])
    stage.accept()
    summary = stage.bring(*[card(f"k{number}", f"p{number}") for number in range(5)])
    assert summary["outcomes"]["created"] == 2
    assert summary["held"] == {"creates": 3}
    assert set(stage.names()) == {"p0", "p1"}


def test_rule_09_people_created_opted_out_need_no_acceptance(stage: Stage) -> None:
    stage.variant = Variant(max_creates=0, policy="quiet")
    assert stage.bring(card("a", "anna", word="no"))["held"] == {}
    assert stage.person("anna") is not None


def test_rule_09_adopting_links_to_the_people_found_and_overwrites_and_creates_nothing(stage: Stage) -> None:
    stage.town.people[mailbox("anna")] = Person({"name": "Theirs"})
    rows = [card("a", "anna"), card("b", "berta")]
    summary = stage.bring(*rows, first_run="adopt")
    assert summary["reasons"]["unchanged"] == {"adopted": 1}
    assert stage.names() == {"anna": "Theirs"}
    assert stage.bring(*rows)["outcomes"]["created"] == 1
    assert stage.names() == {"anna": "Theirs", "berta": "Kadrin"}


def test_rule_12_an_empty_ledger_before_a_populated_target_holds_all_creates(stage: Stage) -> None:
    stage.town.people[mailbox("somebody")] = Person({})
    summary = stage.bring(card("a", "anna"), card("b", "berta", word="no"))
    assert summary["held"] == {"first_run": 1}
    assert set(stage.names()) == {"somebody"}


# ----------------------------------------------------------------------------------------------- rule 10


def test_rule_10_a_connection_that_points_elsewhere_is_refused_with_three_choices(stage: Stage) -> None:
    stage.bring(card("a", "anna"))
    requests = stage.town.requests
    with pytest.raises(AccountError, match=r"Choose: point the connection back; or .* another id.*; or .* ledger of its own"):
        stage.run(stage.write([card("b", "berta")]), stage.target(account="elsewhere.example.com"))
    assert stage.town.requests == requests


def test_rule_10_an_installation_limited_to_some_addresses_reaches_nobody_else(stage: Stage) -> None:
    stage.only_addresses = ("anna@*",)
    stage.town.people[mailbox("ceder")] = Person({})
    stage.bring(card("z", ""), first_run="adopt")
    summary = stage.bring(card("a", "anna"), card("b", "berta"), card("c", "ceder", word="no"))
    assert summary["reasons"]["skipped"]["outside only_addresses"] == 2
    assert stage.person("berta") is None
    ceder = stage.person("ceder")
    assert ceder is not None
    assert (ceder.mailable, ceder.writes) == (True, 0)


# ----------------------------------------------------------------------------------------------- rule 12


def test_rule_12_a_lost_ledger_stops_and_is_no_clean_slate(stage: Stage) -> None:
    stage.bring(card("a", "anna"))
    for left in Path(stage.installation.ledger).parent.glob("ledger.db*"):
        left.unlink()
    requests = stage.town.requests
    with pytest.raises(LedgerError, match=r"forgotten who opted out.*adopt"):
        stage.bring(card("a", "anna", name="New"))
    assert stage.town.requests == requests


# ----------------------------------------------------------------------------------------------- rule 13


def test_rule_13_an_extract_holds_only_what_the_definition_names(stage: Stage) -> None:
    register = Register(cards={"a": Card(("anna",), "Kadrin", "yes", country="secretland")})
    path = fetch([stage.variant.compiled()], MadeSource(register), stage.installation, FetchOptions())[0].path
    lines = b"".join(line for block in read_lines(path, read_manifest(path)) for line in block)
    assert set(json.loads(lines)["values"]) == {"email", "name", "cardno", "optin", "optin_on"}
    assert b"secretland" not in lines


def test_rule_13_each_of_several_syncs_is_handed_its_own_fields(stage: Stage) -> None:
    register = Register(cards={"a": Card(("anna",), "Kadrin", "yes")})
    second = compile_sync(Sync.load({**Variant(home=True).definition(id="second"), "mapping": {"email": "email"}}))
    fetched = fetch([stage.variant.compiled(), second], MadeSource(register), stage.installation, FetchOptions())
    held = []
    for one in fetched:
        lines = b"".join(line for block in read_lines(one.path, read_manifest(one.path)) for line in block)
        held.append(set(json.loads(lines)["values"]))
    assert held == [{"email", "name", "cardno", "optin", "optin_on"}, {"email", "country", "optin", "optin_on"}]


def test_rule_13_the_carry_over_is_readable_by_its_owner_only(stage: Stage) -> None:
    stage.bring(card("a", "puudub", name="K", email="puudub"))
    folder = next((Path(stage.installation.extracts) / "shop").glob("carry-over-*"))
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


# ----------------------------------------------------------------------------------------- rules 14, 19


def test_rule_14_keys_are_shown_as_short_ids_only(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    stage.variant = Variant(max_creates=0)
    with caplog.at_level(logging.DEBUG):
        summary = stage.bring(card("39001010001", "anna"), card("39001010002", "anna"), plan_only=True)
    told = json.dumps(summary) + caplog.text
    assert "3900101000" not in told
    assert re.fullmatch("[0-9a-f]{16}", summary["samples"]["created"][0]["id"])


def test_rule_17_silence_is_not_consent(stage: Stage) -> None:
    stage.bring(card("a", "anna", word=None), card("b", "berta", word=""), card("c", "ceder", word="maybe"))
    assert stage.names() == {}


def test_rule_17_a_missing_field_of_consent_takes_no_decision_back(stage: Stage) -> None:
    stage.variant = Variant(policy="open")
    stage.bring(card("a", "anna", word="no"))
    stage.bring(card("a", "anna", word=None, name="New"))
    person = stage.person("anna")
    assert person is not None
    assert not person.mailable


@pytest.mark.parametrize("fault", [None, "refused", "lost"])
def test_rule_19_logs_errors_summaries_and_the_ledger_hold_no_personal_word(
    stage: Stage, caplog: pytest.LogCaptureFixture, fault: str | None
) -> None:
    def lost(batch: Any) -> None:
        raise NoAnswerError("no answer")

    faults: dict[str | None, dict[str, Any]] = {
        None: {},
        "refused": {"refuses": frozenset({mailbox("zebedeus")})},
        "lost": {"before": lost},
    }
    rows = [card("a", "zebedeus", name="Xantippe"), card("b", "", email="Zebedeus and sons"), card("c", "zebedeus")]
    said = ""
    with caplog.at_level(logging.DEBUG):
        try:
            said = json.dumps(stage.run(stage.write(rows), stage.target(**faults[fault])))
        except (LimitExceeded, NoAnswerError) as error:
            said = f"{error!r} {error} {getattr(error, 'summary', '')}"
    files = b"".join(path.read_bytes() for path in Path(stage.folder).glob("ledger.db*"))
    told = (said + caplog.text).encode() + files
    assert re.search(b"zebedeus|xantippe", told, re.IGNORECASE) is None


def test_a_policy_that_changes_is_todays_policy_for_those_who_wait(stage: Stage) -> None:
    stage.variant = Variant(max_creates=0)
    stage.bring(card("a", "anna", word=""), card("b", "berta"))
    stage.variant = replace(stage.variant, max_creates=5, policy="open")
    stage.bring(card("a", "anna", word=""), card("b", "berta"))
    assert set(stage.names()) == {"anna", "berta"}
