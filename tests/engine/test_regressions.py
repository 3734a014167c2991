# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Stories that once ended badly, told plainly."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from airflow_provider_marketsync.engine.fetch import FetchOptions, fetch
from airflow_provider_marketsync.exceptions import AccountError, NoAnswerError
from airflow_provider_marketsync.extracts.manifest import read_manifest
from airflow_provider_marketsync.ledger.rows import Attention
from tests.engine.faults import Crash, Doom, dying
from tests.engine.made_source import Card, MadeSource, Register, mailbox
from tests.engine.made_target import Person
from tests.engine.stage import Stage, card


def lost(batch: object) -> None:
    raise NoAnswerError("the line broke")


def run_lost(stage: Stage, path: str, *, stored: bool) -> None:
    """Run once while no batch gets an answer."""
    with pytest.raises(NoAnswerError):
        stage.run(path, stage.target(after=lost) if stored else stage.target(before=lost))


def test_a_card_that_goes_back_to_its_settled_values_is_learned_again(stage: Stage) -> None:
    """What was read in between was learned, and nothing was settled: the ledger must not stay with it."""
    stage.variant = replace(stage.variant, home=True)
    stage.bring(card("a", "anna"))
    stage.bring(card("a", "anna", country="LV"), plan_only=True)
    stage.bring(card("a", "anna"))
    assert stage.bring(card("a", "anna"), resend=True)["outcomes"]["updated"] == 1


def test_a_lost_answer_is_settled_although_the_source_went_back(stage: Stage) -> None:
    stage.bring(card("a", "anna", name="Old"))
    run_lost(stage, stage.write([card("a", "anna", name="New")]), stored=True)
    assert stage.names() == {"anna": "New"}
    stage.bring(card("a", "anna", name="Old"))
    assert stage.names() == {"anna": "Old"}


def test_a_first_run_that_died_does_not_stop_at_the_people_it_made_itself(stage: Stage) -> None:
    path = stage.write([card(f"k{number}", f"p{number}") for number in range(12)])
    doom = Doom("after", 1)
    with dying(doom), pytest.raises(Crash):
        stage.run(path, stage.target(after=lambda batch: doom.reach("after")), owner="monday")
    assert 0 < len(stage.town.people) < 12
    assert stage.run(path, owner="monday")["held"] == {}
    assert len(stage.town.people) == 12


def test_a_first_run_over_the_carry_over_alone_claims_no_source_account(stage: Stage) -> None:
    stage.run([])
    stage.bring(card("a", "anna"))
    assert stage.names() == {"anna": "Kadrin"}
    with stage.ledger() as ledger:
        row = ledger.syncs.row("shop")
    assert row is not None
    assert row.source_account == "made"


def test_the_loser_of_a_mailbox_takes_over_again_after_the_winners_answer_was_lost(stage: Stage) -> None:
    """The target may hold the winner's values: what the loser delivered last is known no more."""
    first, second = card("a", "anna", name="First", changed="1"), card("b", "anna", name="Second", changed="0")
    stage.variant = replace(stage.variant, home=True)
    stage.bring(first, {**second, "country": "LV"})
    run_lost(stage, stage.write([first, {**second, "changed": "2"}]), stored=True)
    assert stage.names() == {"anna": "Second"}
    stage.bring(first, {**second, "country": "LV"})
    assert stage.names() == {"anna": "First"}


def test_rule_1_a_creation_without_answer_is_made_again_only_by_todays_policy(stage: Stage) -> None:
    run_lost(stage, stage.write([card("a", "anna")]), stored=False)
    stage.bring(card("a", "anna", word=""))
    assert stage.person("anna") is None


def test_rule_1_nobody_inherits_a_creation_without_answer(stage: Stage) -> None:
    """Another card of the mailbox, of which nothing is known, becomes its contact before the answer is settled."""
    run_lost(stage, stage.write([card("a", "anna", changed="1")]), stored=False)
    stage.bring(card("a", "anna", word="", changed="1"), card("b", "anna", word="", changed="2"))
    assert stage.person("anna") is None


def test_rule_1_a_creation_that_had_arrived_is_kept_and_told_as_an_update_of_its_fields(stage: Stage) -> None:
    run_lost(stage, stage.write([card("a", "anna")]), stored=True)
    stage.bring(card("a", "anna", name="New", word=""))
    person = stage.person("anna")
    assert person is not None
    assert (person.fields["name"], person.mailable) == ("New", True)


def test_rule_1_the_line_of_the_policy_is_named_also_when_the_first_answer_was_lost(stage: Stage) -> None:
    path = stage.write([card("a", "anna")])
    run_lost(stage, path, stored=True)
    stage.run(path)
    with stage.ledger() as ledger:
        whys = [row[0] for row in ledger.connection.execute("SELECT why FROM journal WHERE action = 'created'")]
    assert whys == ["new_contacts.granted: subscribe"]


def test_records_in_flight_when_a_lock_was_lost_make_a_complete_reading_due(stage: Stage) -> None:
    """The next run does not read them: an incremental reading would leave them wrong for a day."""
    stage.bring(card("a", "anna"))
    with stage.ledger() as ledger, ledger.transaction() as connection:
        connection.execute("UPDATE record SET attention = ?", (int(Attention.RESEND),))
    summary = stage.run(stage.write([card("b", "berta")], complete=False))
    assert summary["needs_full_read"] == 1
    assert stage.bring(card("a", "anna"), card("b", "berta"))["outcomes"]["updated"] == 1


def test_a_late_retry_brings_nothing_that_a_settled_reading_has_overtaken(stage: Stage) -> None:
    """The card changed and went back between two readings, so its row looks as if the older one were news."""
    stage.bring(card("a", "anna", name="Right"))
    late = stage.write([card("a", "anna", name="Passing")])
    stage.bring(card("a", "anna", name="Right"))
    summary = stage.run(late)
    assert summary["reasons"]["skipped"] == {"older reading": 1}
    assert stage.names() == {"anna": "Right"}


def test_a_refused_person_who_may_stand_there_is_not_made_a_second_time_elsewhere(stage: Stage) -> None:
    """The first sending was stored and its answer lost; the second was refused; then the address changes."""
    path = stage.write([card("a", "anna")])
    run_lost(stage, path, stored=True)
    with pytest.raises(Exception, match="rejected"):
        stage.run(path, stage.target(refuses=frozenset({mailbox("anna")})))
    assert stage.bring(card("a", "berta"))["reasons"]["postponed"] == {"address changed": 1}
    assert set(stage.names()) == {"anna"}


def test_a_record_that_waits_and_was_overtaken_by_a_reading_nobody_finished_is_read_again(stage: Stage) -> None:
    """A plan over a newer reading has learned the card; the carry-over's older one must not simply be dropped."""
    stage.variant = replace(stage.variant, max_creates=0)
    rows = [card("a", "anna")]
    stage.bring(*rows)
    stage.bring(*rows, plan_only=True)
    assert stage.run(stage.write([], complete=False))["needs_full_read"] == 1
    with stage.ledger() as ledger:
        row = ledger.syncs.row("shop")
    assert row is not None
    assert row.complete_due


def test_a_run_that_only_adopts_creates_nobody_whose_creation_was_begun(stage: Stage) -> None:
    path = stage.write([card("a", "anna"), card("b", "berta")])
    run_lost(stage, path, stored=False)
    summary = stage.run(path, first_run="adopt")
    assert summary["outcomes"]["postponed"] == 2
    assert stage.names() == {}


def test_a_row_that_was_not_tried_is_not_taken_for_one_the_target_forgot(stage: Stage) -> None:
    """Anna was acknowledged and dropped; her next batch was refused and then the line broke before her turn."""
    rows = [card(f"k{number}", f"p{number}") for number in range(2)] + [card("z", "anna")]
    stage.run(stage.write(rows, complete=False), stage.target(drops=frozenset({mailbox("anna")})))
    calls = iter(range(100))

    def second(batch: Any) -> None:
        if next(calls) == 1:
            raise NoAnswerError("the line broke")

    renamed = [{**row, "name": "New"} for row in rows]
    refusing = stage.target(refuses=frozenset({mailbox("p0")}), before=second, drops=frozenset({mailbox("anna")}))
    with pytest.raises(NoAnswerError):
        stage.run(stage.write(renamed), refusing)
    with stage.ledger() as ledger:
        summary = ledger.connection.execute("SELECT summary FROM run ORDER BY id DESC").fetchone()[0]
    assert '"unchanged": 0' in summary
    assert '"postponed": 2' in summary


# ------------------------------------------------------------------------------------ lost and damaged files


def carried(stage: Stage) -> Path:
    """Return the folder of the carry-over."""
    with stage.ledger() as ledger:
        row = ledger.syncs.row("shop")
    assert row is not None
    assert row.carry_over is not None
    return Path(row.carry_over).parent


def damage(folder: Path) -> None:
    part = next(folder.glob("part-*"))
    part.write_bytes(part.read_bytes()[:-9])


@pytest.mark.parametrize("harm", [shutil.rmtree, damage])
def test_a_lost_carry_over_makes_a_complete_reading_due_and_stops_nobody(stage: Stage, harm: Any) -> None:
    rows = [card("a", "anna"), card("b", "berta")]
    with pytest.raises(Exception, match="rejected"):
        stage.run(stage.write(rows), stage.target(refuses=frozenset({mailbox("anna")})))
    harm(carried(stage))
    summary = stage.run(stage.write([card("c", "ceder")], complete=False))
    assert "carry-over is gone or damaged" in summary["warnings"][0]
    with stage.ledger() as ledger:
        row = ledger.syncs.row("shop")
    assert row is not None
    assert row.complete_due
    stage.run(stage.write([*rows, card("c", "ceder")]), resend=True)
    assert set(stage.names()) == {"anna", "berta", "ceder"}


@pytest.mark.parametrize("harm", [shutil.rmtree, damage])
def test_a_lost_extract_with_unanswered_records_is_mended_by_the_next_complete_reading(stage: Stage, harm: Any) -> None:
    path = stage.write([card("a", "anna")])
    doom = Doom("after", 0)
    with dying(doom), pytest.raises(Crash):
        stage.run(path, stage.target(after=lambda batch: doom.reach("after")), owner="monday")
    harm(Path(path).parent)
    later = stage.write([card("b", "berta")], complete=False)
    assert "unanswered records" in stage.run(later, owner="monday")["warnings"][0]
    assert stage.bring(card("a", "anna", name="New"), card("b", "berta"))["outcomes"]["unknown"] == 0
    assert stage.names() == {"anna": "New", "berta": "Kadrin"}


# --------------------------------------------------------------------------------------------- the clock


def test_a_clock_that_steps_back_does_not_make_new_readings_old(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    import airflow_provider_marketsync.engine.fetch as module

    register = Register(stamped=True, cards={"a": Card(("anna",), "Old", "yes", changed=1)}, ticks=1)
    compiled = stage.variant.compiled()

    def sync_once() -> str:
        path = fetch([compiled], MadeSource(register), stage.installation, FetchOptions())[0].path
        stage.run(path)
        return path

    ahead = read_manifest(sync_once()).read_started_at

    class Earlier(module.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return super().now(tz) - module.timedelta(hours=3)

    monkeypatch.setattr(module, "datetime", Earlier)
    register.cards["a"] = Card(("anna",), "New", "yes", changed=register.tick())
    assert read_manifest(sync_once()).read_started_at > ahead
    assert stage.names() == {"anna": "New"}


def test_a_target_adopted_after_a_failed_look_up_is_never_mailed(stage: Stage) -> None:
    stage.town.people[mailbox("anna")] = Person({}, mailable=False)
    stage.bring(card("a", "anna"), first_run="adopt")
    stage.bring(card("a", "anna", name="New"))
    person = stage.person("anna")
    assert person is not None
    assert (person.mailable, person.fields["name"]) == (False, "New")


def test_another_account_is_refused_before_anything_is_sent(stage: Stage) -> None:
    stage.bring(card("a", "anna"))
    with pytest.raises(AccountError, match=r"other\.example\.com"):
        stage.run(stage.write([card("a", "anna", name="New")]), stage.target(account="other.example.com"))
    assert stage.names() == {"anna": "Kadrin"}


def test_runs_and_their_journal_are_forgotten_after_their_retention_and_nothing_else_is(stage: Stage) -> None:
    stage.bring(card("a", "anna"), card("b", "berta", word="no"))
    stage.bring(card("a", "anna", name="New"), card("b", "berta", word="no"))
    with stage.ledger() as ledger, ledger.transaction() as connection:
        connection.execute("UPDATE run SET started_at = '2020-01-01T00:00:00.000000Z'")
    stage.bring(card("a", "anna", name="Newer"), card("b", "berta", word="no"))
    with stage.ledger() as ledger:
        runs = [row[0] for row in ledger.connection.execute("SELECT id FROM run")]
        journal = [tuple(row) for row in ledger.connection.execute("SELECT run, action, fields FROM journal")]
        decided = ledger.connection.execute("SELECT count(*) FROM decision_event").fetchone()[0]
    assert (runs, journal, decided) == ([3], [(3, "updated", "name")], 1)


def test_the_newest_finished_run_is_never_forgotten(stage: Stage) -> None:
    stage.bring(card("a", "anna"))
    with stage.ledger() as ledger, ledger.transaction() as connection:
        connection.execute("UPDATE run SET started_at = '2020-01-01T00:00:00.000000Z'")
    with stage.ledger() as ledger:
        sync = ledger.open_sync("shop")
        with ledger.transaction() as connection:
            sync.runs.purge("2026-01-01T00:00:00.000000Z")
            assert [row[0] for row in connection.execute("SELECT id FROM run")] == [1]


def test_a_limit_can_be_raised_while_a_plan_waits(stage: Stage) -> None:
    stage.variant = replace(stage.variant, max_creates=1)
    stage.bring(card("a", "anna"), card("b", "berta"))
    plan = stage.accept()
    stage.variant = replace(stage.variant, max_creates=3)
    assert stage.bring(card("a", "anna"), card("b", "berta"), apply_plan=plan)["outcomes"]["created"] == 2
