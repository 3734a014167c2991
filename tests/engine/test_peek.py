# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Looking for news: what counts, what does not, and that looking changes nothing."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from airflow_provider_marketsync.contacts.record import Record
from airflow_provider_marketsync.engine import peek
from airflow_provider_marketsync.engine.peek import CHANGED, FIRST_RUN, FULL, OPTED_OUT, Peek, peek_customers, peek_opt_outs
from airflow_provider_marketsync.engine.ports import ReadRequest
from airflow_provider_marketsync.exceptions import AccountError, LedgerError, NoAnswerError
from airflow_provider_marketsync.ledger.ledger import Ledger
from airflow_provider_marketsync.ledger.view import LedgerView
from tests.engine.definitions import Variant
from tests.engine.faults import Doom
from tests.engine.made_source import BAD, MadeReading, MadeSource, mailbox
from tests.engine.made_target import MadeTarget
from tests.engine.world import WatchedTarget, World


class OverlappingSource(MadeSource):
    """A source that reads a little more than it was asked for, as Directo does."""

    def read(self, request: ReadRequest) -> MadeReading:
        since = f"{max(int(request.since) - 3, 0):08d}" if request.since else None
        return super().read(replace(request, since=since))


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World(tmp_path, stamped=True)
    for number, token in enumerate(("aadu.qx", "berta.qx", "ceder.qx")):
        made.write_card(f"k{number}", (token,), "Kadrin Qy", "yes", None, "EE")
    return made


def look(world: World, source: MadeSource | None = None) -> Peek:
    before = contents(world)
    with LedgerView(world.installation.ledger) as ledger:
        found = peek_customers(world.variant.compiled(), source or OverlappingSource(world.register), ledger)
    assert contents(world) == before, "looking changed the ledger"
    return found


def contents(world: World) -> list[str]:
    connection = sqlite3.connect(world.installation.ledger)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


def run(world: World, target: MadeTarget | None = None, doom: Doom | None = None, **options: Any) -> None:
    world.run([world.fetch(full=False)], target or WatchedTarget(world), doom, **options)


def edit(world: World, key: str, name: str = "Mihkel Qy", boxes: tuple[str, ...] | None = None) -> None:
    world.write_card(key, boxes or world.register.cards[key].boxes, name, "yes", None, "EE")


# ------------------------------------------------------------------------------------------- customers


def test_a_sync_that_never_ran_is_news(world: World) -> None:
    Ledger(world.installation.ledger).close()
    assert look(world).news == FIRST_RUN


def test_a_run_that_died_before_its_end_leaves_the_first_run_to_do(world: World) -> None:
    run(world, doom=Doom("commit", 5))
    assert look(world).news == FIRST_RUN


def test_nothing_is_news_after_a_run_although_the_overlap_is_read_again(world: World) -> None:
    run(world)
    found = look(world)
    assert (found.news, found.read) == (None, 3)


def test_a_changed_and_a_new_card_are_news(world: World) -> None:
    run(world)
    edit(world, "k1")
    assert look(world).news == CHANGED
    run(world)
    assert look(world).news is None
    world.write_card("k9", ("diina.qx",), "Toomas Qy", None, None, "EE")
    assert look(world).news == CHANGED


def test_the_reading_ends_at_the_first_news_and_the_call_with_it(world: World) -> None:
    run(world)
    closed = []

    class Long(MadeReading):
        def __iter__(self) -> Iterator[Record]:
            try:
                for number in range(100_000):
                    yield Record(f"new{number}", "00000009", {})
            finally:
                closed.append(True)

    class Source(MadeSource):
        def read(self, request: ReadRequest) -> MadeReading:
            return Long(self.register, request)

    assert look(world, Source(world.register)).read == peek.CHUNK
    assert closed == [True]


def test_what_is_held_until_a_person_accepts_it_is_no_news_until_it_changes_again(world: World) -> None:
    world.variant = Variant(max_creates=0)
    run(world)
    assert world.town.people == {}
    assert look(world).news is None
    edit(world, "k0")
    assert look(world).news == CHANGED


@pytest.mark.parametrize("fault", ["invalid", "rejected", "unanswered"])
def test_what_waits_for_its_time_is_no_news_until_it_changes_again(world: World, fault: str) -> None:
    if fault == "invalid":
        edit(world, "k1", boxes=(BAD,))

    def silent(batch: Any) -> None:
        raise NoAnswerError("no answer")

    refused = frozenset({mailbox("berta.qx")}) if fault == "rejected" else frozenset()
    run(world, WatchedTarget(world, refuses=refused, after=silent if fault == "unanswered" else None))
    assert look(world).news is None
    edit(world, "k1", name="Toomas Qy")
    assert look(world).news == CHANGED


def test_what_only_a_plan_or_a_run_that_died_has_learned_is_still_news(world: World) -> None:
    run(world)
    edit(world, "k1")
    run(world, plan_only=True)
    assert look(world).news == CHANGED
    run(world, doom=Doom("commit", 6))
    assert look(world).news == CHANGED
    run(world)
    assert look(world).news is None


def test_a_changed_definition_and_a_passed_full_every_are_due(world: World) -> None:
    run(world)
    world.variant = Variant(upper=True)
    assert look(world).news == FULL
    run(world)
    assert look(world).news is None
    with sqlite3.connect(world.installation.ledger) as connection:
        connection.execute("UPDATE sync SET complete_settled_at = '2026-01-01T00:00:00.000000Z'")
    connection.close()
    assert look(world).news == FULL


def test_a_key_that_comes_twice_counts_once(world: World) -> None:
    run(world)

    class Twice(MadeReading):
        def __iter__(self) -> Iterator[Record]:
            for record in super().__iter__():
                yield record
                yield Record(record.key, record.changed, {"name": "another"})

    class Source(MadeSource):
        def read(self, request: ReadRequest) -> MadeReading:
            return Twice(self.register, replace(request, since=None))

    assert look(world, Source(world.register)).news is None


def test_a_source_without_stamps_is_compared_completely(tmp_path: Path) -> None:
    world = World(tmp_path, stamped=False)
    world.write_card("k0", ("aadu.qx",), "Kadrin Qy", "yes", None, "EE")
    run(world)
    assert (look(world).news, look(world).read) == (None, 1)
    edit(world, "k0")
    assert look(world).news == CHANGED


def test_another_account_behind_the_connection_is_refused(world: World) -> None:
    run(world)
    with pytest.raises(AccountError):
        look(world, MadeSource(world.register, account="other.example.com"))


def test_a_look_makes_no_ledger_and_says_what_it_misses(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="There is no ledger at .* on this machine"):
        LedgerView(tmp_path / "ledger.db")
    assert not (tmp_path / "ledger.db").exists()


def test_a_ledger_of_another_version_is_refused_and_left_as_it_is(world: World) -> None:
    Ledger(world.installation.ledger).close()
    with sqlite3.connect(world.installation.ledger) as connection:
        connection.execute("PRAGMA user_version = 999")
    connection.close()
    with pytest.raises(LedgerError, match="has schema 999.*the same version"):
        LedgerView(world.installation.ledger)


def test_sqlite_itself_refuses_a_write_of_somebody_who_only_looks(world: World) -> None:
    Ledger(world.installation.ledger).close()
    with pytest.raises(LedgerError, match="readonly"), LedgerView(world.installation.ledger) as ledger:
        ledger.syncs.ensure("shop")


cards = st.tuples(
    st.sampled_from(["k0", "k1", "k2", "k3"]),
    st.sampled_from([("aadu.qx",), ("berta.qx",), ("aadu.qx", "ceder.qx"), (BAD,), ()]),
    st.sampled_from(["Kadrin Qy", "Mihkel Qy"]),
    st.sampled_from([None, "yes", "no", "asked"]),
    st.just(None),
    st.sampled_from(["EE", "LV"]),
)
runs = st.sampled_from(["run", "plan", "crash", "refused"])


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.one_of(cards, runs), max_size=12),
    st.builds(Variant, home=st.booleans(), refuse=st.booleans(), policy=st.sampled_from(["strict", "open"]),
              max_creates=st.sampled_from([0, 500])),
)  # fmt: skip
def test_law_no_run_leaves_news_behind_and_every_later_edit_is_news(steps: list[Any], variant: Variant) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        world = World(folder, stamped=True)
        world.variant = variant
        for step in steps:
            if isinstance(step, tuple):
                world.write_card(*step)
            else:
                _play(world, step)
        world.write_card("k0", ("diina.qx",), "Toomas Qy", "yes", None, "EE")
        run(world)
        if look(world).news == FULL:  # some runs ask for a complete reading; the next one is that
            run(world)
        assert look(world).news is None
        world.write_card("k1", ("diina.qx",), "Toomas Qy, again", "yes", None, "EE")
        assert look(world).news == CHANGED
        assert look(world).news == CHANGED
        run(world)
        assert look(world).news in (None, FULL)
    finally:
        shutil.rmtree(folder)


def _play(world: World, how: str) -> None:
    refused = frozenset({mailbox("aadu.qx")}) if how == "refused" else frozenset()
    doom = Doom("commit", 6) if how == "crash" else None
    run(world, WatchedTarget(world, refuses=refused), doom, plan_only=how == "plan")


# -------------------------------------------------------------------------------------------- opt-outs


def look_at_opt_outs(world: World, account: str = "made.example.com") -> Peek:
    before = contents(world)
    with LedgerView(world.installation.ledger) as ledger:
        found = peek_opt_outs("shop", MadeTarget(world.town, account=account), ledger)
    assert contents(world) == before
    return found


def test_a_feed_that_was_never_read_is_news(world: World) -> None:
    Ledger(world.installation.ledger).close()
    assert look_at_opt_outs(world).news == FIRST_RUN


def test_an_opt_out_is_news_until_a_run_has_pulled_it(world: World) -> None:
    run(world)
    assert look_at_opt_outs(world).news is None
    world.town.subscribe_state(mailbox("aadu.qx"), False, "optout")
    assert look_at_opt_outs(world).news == OPTED_OUT
    assert look_at_opt_outs(world).news == OPTED_OUT
    run(world)
    assert look_at_opt_outs(world).news is None


def test_a_subscription_and_a_no_the_ledger_knows_are_no_news(world: World) -> None:
    run(world)
    world.town.subscribe_state(mailbox("aadu.qx"), False, "optout")
    run(world)
    world.town.subscribe_state(mailbox("aadu.qx"), True, "optin")
    world.town.feed.append((mailbox("aadu.qx"), "optout"))
    found = look_at_opt_outs(world)
    assert (found.news, found.read) == (None, 2)
