# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One state machine over everything that can happen to a sync; the laws stand in ``laws.py``.

``MARKETSYNC_SOAK=1`` runs hundreds of longer stories.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from airflow_provider_marketsync.engine.fetch import FetchOptions, fetch
from airflow_provider_marketsync.engine.installation import Installation
from airflow_provider_marketsync.engine.upsert import UpsertOptions, upsert
from airflow_provider_marketsync.exceptions import (
    AccountError,
    AuthError,
    LedgerError,
    NoAnswerError,
    ServerError,
    SyncLockedError,
)
from tests.engine.definitions import POLICIES, Variant
from tests.engine.faults import Crash, Doom, dying
from tests.engine.laws import check_every_step, check_opt_outs, check_outcomes, check_settled
from tests.engine.made_source import BAD, MadeSource, mailbox
from tests.engine.made_target import Person
from tests.engine.world import NAMES, OWNER, TOKENS, WatchedTarget, World

KEYS = tuple(f"k{number}" for number in range(5))
WEEK = 8 * 86400.0
SOAK = bool(os.environ.get("MARKETSYNC_SOAK"))

tokens = st.sampled_from(TOKENS)
boxes = st.one_of(
    st.tuples(tokens),
    st.tuples(tokens),
    st.tuples(tokens, tokens),
    st.sampled_from([(), (BAD,)]),
    st.tuples(st.just(BAD), tokens),
)
words = st.sampled_from([None, "yes", "yes", "yes", "no", "Jah", " ei ", "asked", "vist"])
dates = st.sampled_from([None, "2026-01-05", "2031-01-01", "eile"])
countries = st.sampled_from(["EE", "EE", "LV"])
dooms = st.builds(Doom, st.sampled_from(["commit", "committed", "file", "before", "after"]), st.integers(0, 12))
picks = st.integers(0, 9)
errors = st.sampled_from([NoAnswerError, ServerError, AuthError])


class Sync(RuleBasedStateMachine):
    """A source, a target, and everything that happens to them."""

    @initialize(
        stamped=st.booleans(),
        people=st.lists(tokens, max_size=2, unique=True),
        cards=st.lists(st.tuples(st.sampled_from(KEYS), boxes, words), min_size=1, max_size=5),
        running=st.booleans(),
        variant=st.builds(
            Variant, home=st.booleans(), refuse=st.sampled_from([False, False, True]), policy=st.sampled_from(sorted(POLICIES))
        ),
    )
    def begin(
        self,
        stamped: bool,
        people: list[str],
        cards: list[tuple[str, tuple[str, ...], str | None]],
        running: bool,
        variant: Variant,
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
        self.world = World(self.folder, stamped=stamped)
        self.world.variant = variant
        for token in people:
            self.world.town.people[mailbox(token)] = Person({"name": "by hand"})
            self.world.by_hand.add(mailbox(token))
        for key, where, word in cards:
            self.world.write_card(key, where, NAMES[0], word, None, "EE")
        self.settled = False
        if running:
            self.undisturbed(full=True)

    def teardown(self) -> None:
        """Every story ends well: first by everyday runs, then by a complete one."""
        try:
            if hasattr(self, "world") and sys.exc_info()[0] is None:
                self.everyday_runs_settle_everything()
                self.one_complete_run_settles_everything()
        finally:
            if hasattr(self, "folder"):
                shutil.rmtree(self.folder)

    @invariant()
    def laws(self) -> None:
        if hasattr(self, "world"):
            check_every_step(self.world)

    # ---------------------------------------------------------------------------------- the source

    @rule(key=st.sampled_from(KEYS), where=boxes, name=st.sampled_from(NAMES), word=words, on=dates, country=countries)
    def card_is_written(
        self, key: str, where: tuple[str, ...], name: str, word: str | None, on: str | None, country: str
    ) -> None:
        self.world.write_card(key, where, name, word, on, country)
        self.settled = False

    def some_key(self, which: int) -> str | None:
        """Choose among the cards there are."""
        keys = sorted(self.world.register.cards)
        return keys[which % len(keys)] if keys else None

    @rule(which=picks, word=words, name=st.sampled_from(NAMES))
    def card_is_edited(self, which: int, word: str | None, name: str) -> None:
        """The everyday change: the address stays."""
        key = self.some_key(which)
        if key is not None:
            card = self.world.register.cards[key]
            self.world.write_card(key, card.boxes, name, word, card.on, card.country)
            self.settled = False

    @rule(which=picks)
    def card_goes_back_to_what_it_was(self, which: int) -> None:
        """Where cards carry no stamp, the source looks exactly as it did before."""
        key = self.some_key(which)
        if key is not None and len(self.world.history[key]) > 1:
            old = self.world.history[key][-2]
            self.world.write_card(key, old.boxes, old.name, old.word, old.on, old.country)
            self.settled = False

    @precondition(lambda self: self.settled)
    @rule(which=picks)
    def card_vanishes(self, which: int) -> None:
        key = self.some_key(which)
        if key is not None:
            self.world.ghosts[key] = self.world.register.cards.pop(key)

    # ---------------------------------------------------------------------------------- the target

    def somebody(self, which: int) -> str | None:
        """Choose among the people who stand at the target."""
        people = sorted(address for address, person in self.world.town.people.items() if not person.deleted)
        return people[which % len(people)] if people else None

    @rule(which=picks, origin=st.sampled_from(["optout", "complaint"]))
    def person_opts_out_at_the_target(self, which: int, origin: str) -> None:
        address = self.somebody(which)
        if address is not None:
            self.world.town.subscribe_state(address, False, origin)
            self.world.came_back.discard(address)

    @rule(which=picks)
    def person_subscribes_again_at_the_target(self, which: int) -> None:
        address = self.somebody(which)
        if address is not None:
            self.world.town.subscribe_state(address, True, "optin")
            self.world.came_back.add(address)

    @rule(which=picks)
    def person_is_deleted_at_the_target(self, which: int) -> None:
        address = self.somebody(which)
        if address is not None:
            self.world.town.people[address].deleted = True
            self.world.town.feed.append((address, "delete"))

    # ------------------------------------------------------------------------------- disturbed runs

    def run(
        self, paths: list[str], target: WatchedTarget, doom: Doom | None = None, *, fresh: bool = True, **options: object
    ) -> None:
        self.world.fresh = fresh
        summary = self.world.run(paths, target, doom, **options)
        if summary is not None and not options.get("plan_only"):
            read = sum(len(read) for path, read, _ in self.world.extracts if path in paths)
            check_outcomes(summary, read)
        self.settled = False

    @rule(
        edits=st.lists(st.tuples(picks, words, st.sampled_from(NAMES)), min_size=1, max_size=3),
        new=st.lists(st.tuples(st.sampled_from(KEYS), boxes, words), max_size=2),
        refused=st.frozensets(tokens, max_size=2),
        dropped=st.frozensets(tokens, max_size=2),
    )
    def ordinary_day(
        self,
        edits: list[tuple[int, str | None, str]],
        new: list[tuple[str, tuple[str, ...], str | None]],
        refused: frozenset[str],
        dropped: frozenset[str],
    ) -> None:
        """People work at the source, and an incremental run meets a target in a bad mood."""
        for key, where, word in new:
            if key not in self.world.register.cards:
                self.world.write_card(key, where, NAMES[0], word, None, "EE")
        for which, word, name in edits:
            self.card_is_edited(which, word, name)
        self.target_refuses_and_forgets(False, refused, dropped)

    @rule(full=st.booleans(), doom=dooms)
    def worker_dies(self, full: bool, doom: Doom) -> None:
        target = WatchedTarget(self.world, before=lambda batch: doom.reach("before"), after=lambda batch: doom.reach("after"))
        self.run([self.world.fetch(full=full)], target, doom)

    @rule(doom=st.builds(Doom, st.just("file"), st.integers(0, 1)))
    def fetch_dies(self, doom: Doom) -> None:
        with dying(doom):
            try:
                fetch([self.world.variant.compiled()], MadeSource(self.world.register), self.world.installation, FetchOptions())
            except Crash:
                return

    @rule(full=st.booleans(), error=errors, nth=st.integers(0, 3), times=st.integers(1, 3), stored=st.booleans())
    def batches_fail(self, full: bool, error: type[NoAnswerError], nth: int, times: int, stored: bool) -> None:
        calls = iter(range(10_000))

        def fail(batch: object) -> None:
            if nth <= next(calls) < nth + times:
                raise error("no luck")

        stored = stored and error is NoAnswerError
        target = WatchedTarget(self.world, after=fail if stored else None, before=None if stored else fail)
        self.run([self.world.fetch(full=full)], target)

    @rule(full=st.booleans(), refused=st.frozensets(tokens, max_size=2), dropped=st.frozensets(tokens, max_size=2))
    def target_refuses_and_forgets(self, full: bool, refused: frozenset[str], dropped: frozenset[str]) -> None:
        target = WatchedTarget(self.world, refuses=frozenset(map(mailbox, refused)), drops=frozenset(map(mailbox, dropped)))
        self.run([self.world.fetch(full=full)], target)

    @rule(which=picks, nth=st.integers(0, 3))
    def person_opts_out_while_a_run_is_at_work(self, which: int, nth: int) -> None:
        calls = iter(range(10_000))

        def leave(batch: object) -> None:
            if next(calls) == nth:
                self.person_opts_out_at_the_target(which, "optout")

        self.run([self.world.fetch(full=False)], WatchedTarget(self.world, before=leave))

    @precondition(lambda self: self.world.extracts)
    @rule(which=st.integers(0, 30), late=st.booleans())
    def old_extract_is_run_again(self, which: int, late: bool) -> None:
        """A cleared run, or the late retry of one that failed."""
        path = self.world.extracts[which % len(self.world.extracts)][0]
        self.run([path], WatchedTarget(self.world), fresh=False)

    @rule()
    def carry_over_alone_is_run(self) -> None:
        if self.world.extracts:
            self.run([], WatchedTarget(self.world), fresh=False)

    @rule(full=st.booleans())
    def plan_is_asked_for(self, full: bool) -> None:
        before = self.world.rows_sent
        self.run([self.world.fetch(full=full)], WatchedTarget(self.world), plan_only=True)
        assert self.world.rows_sent == before, "a plan sent something"

    @rule()
    def fetch_is_never_followed_by_an_upsert(self) -> None:
        self.world.fetch(full=False)

    @rule()
    def some_days_go_by(self) -> None:
        self.world.clock.offset += WEEK

    # ----------------------------------------------------------------------------- changed settings

    @rule(
        change=st.sampled_from(
            [{"upper": True}, {"upper": False}, {"foreign": False}, {"foreign": True}, {"home": True}, {"home": False},
             {"refuse": True}, {"refuse": False}, {"max_creates": 1}, {"max_creates": 500}]
            + [{"policy": policy} for policy in POLICIES]
        )
    )  # fmt: skip
    def definition_changes(self, change: dict[str, object]) -> None:
        self.world.variant = replace(self.world.variant, **change)
        self.settled = False

    def nothing_is_written(self, error: type[Exception], act: object) -> None:
        before = self.world.rows_sent
        with pytest.raises(error):
            act()  # type: ignore[operator]
        assert self.world.rows_sent == before

    @rule(what=st.sampled_from(["connection_points_elsewhere", "ledger_is_swapped", "second_run_comes_at_the_same_time"]))
    def run_that_must_not_be(self, what: str) -> None:
        getattr(self, what)()

    def connection_points_elsewhere(self) -> None:
        path, world = self.world.fetch(full=False), self.world
        with world.ledger() as ledger:
            known = ledger.syncs.row("shop")
        if known is None or known.target_account is None:
            return
        other = WatchedTarget(world, account="other.example.com")
        options = UpsertOptions(OWNER)
        self.nothing_is_written(
            AccountError, lambda: upsert(world.variant.compiled(), other, world.installation, [path], options)
        )
        if known.source_account is None:
            return
        source = MadeSource(world.register, "other.example.com")
        self.nothing_is_written(
            AccountError, lambda: fetch([world.variant.compiled()], source, world.installation, FetchOptions())
        )

    def ledger_is_swapped(self) -> None:
        world = self.world
        path = world.fetch(full=False)
        other = Installation(str(self.folder / "other.db"), world.installation.extracts)
        self.nothing_is_written(
            LedgerError,
            lambda: upsert(world.variant.compiled(), WatchedTarget(world), other, [path], UpsertOptions(OWNER)),
        )
        for left in self.folder.glob("other.db*"):
            left.unlink()

    def second_run_comes_at_the_same_time(self) -> None:
        world = self.world
        path = world.fetch(full=False)
        with world.ledger() as ledger:
            lock = ledger.open_sync("shop").lock(OWNER)
            try:
                self.nothing_is_written(
                    SyncLockedError,
                    lambda: upsert(
                        world.variant.compiled(), WatchedTarget(world), world.installation, [path], UpsertOptions("another")
                    ),
                )
            finally:
                lock.release()

    # ------------------------------------------------------------------------------ undisturbed runs

    def undisturbed(self, *, full: bool) -> None:
        """Fetch and upsert once; a plan that waits is accepted, a populated target is adopted first."""
        world = self.world
        world.clock.offset += WEEK
        path = world.fetch(full=full)
        self._adopt_first([path])
        self.run([path], WatchedTarget(world))
        check_opt_outs(world)
        while world.accept():
            self.run([path], WatchedTarget(world))

    def _adopt_first(self, paths: list[str]) -> None:
        world = self.world
        with world.ledger() as ledger:
            met = ledger.syncs.has_met("made.example.com")
        if met:
            return
        self.run(paths, WatchedTarget(world), first_run="adopt")
        for key, card in world.register.cards.items():
            if card.main in world.town.people:
                world.linked.add((key, card.changed))
                world.attempted[key].add(card.main)

    @rule()
    def one_complete_run_settles_everything(self) -> None:
        if self.world.dropped:
            self.undisturbed(full=True)  # finds out who was acknowledged and forgotten; the next run brings them
            self.world.dropped.clear()
        self.undisturbed(full=True)
        check_settled(self.world)
        before = self.world.rows_sent
        self.undisturbed(full=True)
        assert self.world.rows_sent == before, "the second run sent what had not changed"
        check_settled(self.world)
        self.settled = True

    @rule()
    def everyday_runs_settle_everything(self) -> None:
        """Incremental readings lose nothing either: the watermark never passed anything that was not kept."""
        for _ in range(3):
            self.undisturbed(full=False)
        check_settled(self.world)
        self.settled = True


everyday = settings(
    max_examples=120,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)
Sync.TestCase.settings = settings(everyday, max_examples=2000, stateful_step_count=60) if SOAK else everyday
TestSync = Sync.TestCase
