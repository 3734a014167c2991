# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Cards that wait, and what they must not do to others meanwhile."""

from __future__ import annotations

import pytest

from airflow_provider_marketsync.exceptions import NoAnswerError
from tests.engine.made_source import mailbox
from tests.engine.made_target import Person
from tests.engine.stage import Stage, card


def test_a_card_whose_new_address_waits_does_not_win_that_mailbox(stage: Stage) -> None:
    stage.bring(card("a", "anna", name="Anna", changed="2026-11-01"), card("p", "peeter", name="Peeter", changed="2026-11-02"))
    outcome = stage.bring(
        card("a", "peeter", name="Anna", changed="2026-11-03"), card("p", "peeter", name="Peeter Saar", changed="2026-11-02")
    )
    assert outcome["reasons"]["postponed"] == {"address changed": 1}
    assert stage.names() == {"anna": "Anna", "peeter": "Peeter Saar"}


def test_an_opt_out_the_target_did_not_take_makes_the_task_red_until_it_is_told(stage: Stage) -> None:
    stage.bring(card("a", "anna", changed="2026-11-02"), card("b", "anna", word=None, changed="2026-11-01"))

    def lose_opt_outs(batch: list[dict[str, object]]) -> None:
        if any("is_unsubscribed" in row for row in batch):
            raise NoAnswerError("the line broke")

    path = stage.write([card("b", "anna", word="no", changed="2026-11-01")], complete=False)
    with pytest.raises(NoAnswerError, match="1 opt-outs"):
        stage.run(path, stage.target(before=lose_opt_outs))
    anna = stage.person("anna")
    assert anna is not None
    assert anna.mailable
    assert stage.run(path)["opt_outs_told"] == 1
    assert not anna.mailable


def test_an_adopted_contact_is_read_again_when_another_card_has_written_over_it(stage: Stage) -> None:
    stage.town.people[mailbox("anna")] = Person({"name": "Hers"})
    adopted = card("a", "anna", name="Anna", changed="2026-11-02")
    other = card("b", "anna", name="Other", changed="2026-11-01")
    stage.bring(adopted, other, first_run="adopt")
    stage.run(stage.write([{**other, "changed": "2026-11-03"}], complete=False))
    assert stage.names() == {"anna": "Other"}
    back = stage.run(stage.write([other], complete=False))
    assert back["needs_full_read"] == 1
    stage.bring(adopted, other)
    assert stage.names() == {"anna": "Anna"}


def test_a_card_that_comes_back_to_its_mailbox_is_sent_again_when_another_has_written_there(stage: Stage) -> None:
    first, other = card("a", "anna", name="Anna", changed="2026-11-02"), card("b", "anna", name="Berta", changed="2026-11-01")
    stage.bring(first)
    stage.bring(card("a", "peeter", name="Anna", changed="2026-11-03"), other)
    assert stage.names() == {"anna": "Berta"}
    stage.bring({**first, "changed": "2026-11-04"}, other)
    assert stage.names() == {"anna": "Anna"}


def test_rule_01_somebody_the_target_dropped_is_not_made_mailable_by_a_later_update(stage: Stage) -> None:
    """The target acknowledged the creation and stored nobody; by now the card says something no line allows to mail."""
    stage.bring(card("z", "zoe"))
    created = stage.write([card("a", "anna")], complete=False)
    stage.run(created, stage.target(drops=frozenset({mailbox("anna")})))
    outcome = stage.run(stage.write([card("a", "anna", name="Anna", word="asked")], complete=False))
    assert outcome["reasons"]["postponed"] == {"acknowledged, but not seen at the target yet": 1}
    assert stage.person("anna") is None


def test_somebody_who_stands_there_is_updated_although_no_walk_has_seen_them_yet(stage: Stage) -> None:
    stage.bring(card("z", "zoe"))
    stage.run(stage.write([card("a", "anna")], complete=False))
    assert stage.run(stage.write([card("a", "anna", name="Anna", word="asked")], complete=False))["outcomes"]["updated"] == 1
    assert stage.names()["anna"] == "Anna"
