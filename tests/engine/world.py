# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A whole small world for the state machine: a register, a target that watches every write, a ledger, and what is known.

What is known here is kept apart from the engine and simpler than it: which versions of a card were ever read, which
mailboxes ever said "no", what the target's feed showed at the last pull.
"""

from __future__ import annotations

import logging
import re
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from airflow_provider_marketsync.engine.fetch import FetchOptions, fetch
from airflow_provider_marketsync.engine.installation import Installation
from airflow_provider_marketsync.engine.ports import Payload
from airflow_provider_marketsync.engine.upsert import UpsertOptions, upsert
from airflow_provider_marketsync.exceptions import MarketSyncError
from airflow_provider_marketsync.ledger.ledger import Ledger
from tests.engine.definitions import Variant
from tests.engine.faults import Crash, Doom, MovableClock, dying
from tests.engine.made_source import Card, MadeSource, Register
from tests.engine.made_target import MadePull, MadeTarget, Town

TOKENS = ("aadu.qx", "berta.qx", "ceder.qx", "diina.qx")
NAMES = ("Kadrin Qy", "Mihkel Qy", "Toomas Qy")
PERSONAL = re.compile("|".join(re.escape(word) for word in (*TOKENS, *NAMES)).encode(), re.IGNORECASE)
OWNER = "dag/run/task/-1"


class World:
    """Everything around one sync.

    :param folder: an empty folder for ledger and extracts
    :param stamped: whether the source's cards carry stamps
    """

    def __init__(self, folder: Path, *, stamped: bool) -> None:
        self.register, self.town, self.clock = Register(stamped), Town(), MovableClock()
        self.installation = Installation(str(folder / "ledger.db"), str(folder / "extracts"))
        self.variant = Variant()
        self.history: dict[str, list[Card]] = defaultdict(list)
        self.floor: dict[str, int] = defaultdict(int)
        self.ghosts: dict[str, Card] = {}
        self.extracts: list[tuple[str, dict[str, int], Variant]] = []
        self.attempted: dict[str, set[str]] = defaultdict(set)
        self.noes: set[str] = set()
        self.ever_no: set[str] = set()
        self.by_hand: set[str] = set()
        self.came_back: set[str] = set()
        self.linked: set[tuple[str, int]] = set()
        self.dropped: set[str] = set()
        self.visible_no: set[str] = set()
        self.visible_gone: set[str] = set()
        self.fresh = False
        self.cursor = ""
        self.violations: list[str] = []
        self.said: list[str] = []
        self.rows_sent = 0

    # ---------------------------------------------------------------------------------- the source

    def write_card(self, key: str, boxes: tuple[str, ...], name: str, word: str | None, on: str | None, country: str) -> None:
        """Add or change a card."""
        card = Card(boxes, name, word, on, country, self.register.tick())
        old = self.register.cards.get(key)
        if old is not None and not self.register.stamped and replace(card, changed=old.changed) == old:
            card = old  # written again as it was, which nobody can see where cards carry no stamp
        self.register.cards[key] = card
        self.history[key].append(card)
        self.ghosts.pop(key, None)
        if (word or "").strip().lower() in ("no", "ei"):
            self.ever_no |= set(card.mailboxes)

    def members(self, address: str) -> dict[str, Card]:
        """Return the cards on which a mailbox stands now."""
        return {key: card for key, card in self.register.cards.items() if address in card.mailboxes}

    def is_haunted(self, address: str) -> bool:
        """Tell whether a card that vanished from the source stood on this mailbox."""
        return any(address in card.mailboxes for card in self.ghosts.values())

    def fetch(self, *, full: bool) -> str:
        """Read the source and return the extract."""
        compiled = self.variant.compiled()
        fetched = fetch([compiled], MadeSource(self.register), self.installation, FetchOptions(full=full))[0]
        since = str(fetched.summary["since"] or "")
        read = {
            key: len(self.history[key]) - 1
            for key, card in self.register.cards.items()
            if not since or (self.register.stamp(card) or "") > since
        }
        self.extracts.append((fetched.path, read, self.variant))
        return fetched.path

    # ------------------------------------------------------------------------------------- one run

    def run(self, paths: Sequence[str], target: MadeTarget, doom: Doom | None = None, **options: Any) -> dict[str, Any] | None:
        """Run the sync and return its summary, also where the task turned red; None where the run did not end."""
        before = self._last_run()
        handler = _Listener(self.said)
        logging.getLogger("airflow_provider_marketsync").addHandler(handler)
        try:
            with self.clock.ruling(), dying(doom or Doom("never", 0)):
                upsert(self.variant.compiled(), target, self.installation, paths, UpsertOptions(OWNER, **options))
        except Crash:
            self._may_have_begun()
        except MarketSyncError as error:
            self.said.append(f"{error} {error!r} {error.__cause__!r}")
        finally:
            logging.getLogger("airflow_provider_marketsync").removeHandler(handler)
        after = self._last_run()
        ended = after if after and after[0] != (before or (0,))[0] and after[1] else None
        summary: dict[str, Any] | None = ended[2] if ended else None
        if summary is not None and not options.get("plan_only"):
            self._remember(paths)
        return summary

    def _last_run(self) -> tuple[int, str | None, dict[str, Any]] | None:
        import json

        if not Path(self.installation.ledger).exists():
            return None
        with sqlite3.connect(self.installation.ledger) as connection:
            found = connection.execute("SELECT id, ended_at, summary FROM run ORDER BY id DESC LIMIT 1").fetchone()
        connection.close()
        return (found[0], found[1], json.loads(found[2] or "{}")) if found else None

    def _may_have_begun(self) -> None:
        """A worker that died may have marked any card as being sent."""
        for key, card in self.register.cards.items():
            if card.main:
                self.attempted[key].add(card.main)

    def _remember(self, paths: Sequence[str]) -> None:
        """A run that ended has read these extracts: what it read is never older than that again."""
        for path, read, variant in self.extracts:
            if path not in paths:
                continue
            for key, version in read.items():
                self.floor[key] = max(self.floor[key], version)
                card = self.history[key][version]
                if self.fresh and variant == self.variant and variant.stated(card) == "withdrawn":
                    self.noes |= set(card.mailboxes)

    def ledger(self) -> Ledger:
        """Open the ledger, as a command would."""
        return Ledger(self.installation.ledger)

    def accept(self) -> bool:
        """A person accepts the plan that waits, if one does."""
        with self.ledger() as ledger:
            sync = ledger.open_sync("shop")
            waiting = [plan for plan in sync.runs.plans() if not plan.accepted_at]
            for plan in waiting[:1]:
                with ledger.transaction():
                    sync.runs.accept(plan.id, "somebody")
        return bool(waiting)


class _Listener(logging.Handler):
    """Keep everything the package says, so that it can be searched for personal words."""

    def __init__(self, said: list[str]) -> None:
        super().__init__(logging.DEBUG)
        self._said = said

    def emit(self, record: logging.LogRecord) -> None:
        self._said.append(record.getMessage())


class WatchedTarget(MadeTarget):
    """The made target, which looks at every write as it comes.

    :param world: what is known
    """

    def __init__(self, world: World, **options: Any) -> None:
        super().__init__(world.town, fields=frozenset({"email", "name", "cardno"}), **options)
        self._world, self._watching = world, threading.Lock()

    def pull_opt_outs(self, cursor: str | None) -> MadePull:
        world = self._world
        world.visible_no = {address for address, person in self.town.people.items() if not person.mailable}
        world.visible_gone |= {address for address, origin in self.town.feed if origin == "delete"}
        return super().pull_opt_outs(cursor)

    def send(self, batch: Sequence[Payload]) -> Any:
        with self._watching:
            self._world.rows_sent += len(batch)
            self._world.dropped |= {row["email"].lower() for row in batch} & self._drops - set(self.town.people)
            for row in batch:
                self._world.violations += [f"{broken}: {row}" for broken in self._broken(row)]
        unwilling = {address for address, person in self.town.people.items() if not person.mailable}
        answer = super().send(batch)
        self._world.violations += [
            f"rule 3: {address} was made mailable" for address in unwilling if self.town.people[address].mailable
        ]
        return answer

    def _broken(self, row: Payload) -> list[str]:
        """Return the laws this row breaks."""
        world, address, key = self._world, row["email"].lower(), row.get("cardno")
        broken = []
        if row.get("is_unsubscribed", 1) != 1 or set(row) - {"email", "name", "cardno", "is_unsubscribed"}:
            broken.append("rule 3 or 13: a write that says too much")
        if address in world.visible_gone:
            broken.append("rule 8: a write to somebody deleted there by hand")
        if key is None and "is_unsubscribed" not in row:
            broken.append("a row of nobody")
        if key is not None:
            world.attempted[key].add(address)
            if not self._is_recent(row, key):
                broken.append("law of age: values older than those read last")
        if address not in self.town.people and "is_unsubscribed" not in row:
            broken += self._unfounded(address)
        return broken

    def _is_recent(self, row: Payload, key: str) -> bool:
        versions = self._world.history[key][self._world.floor[key] :]
        return any(card.main == row["email"].lower() and card.name.lower() == row["name"].lower() for card in versions)

    def _unfounded(self, address: str) -> list[str]:
        """Return why nobody may be made mailable at this address."""
        world = self._world
        if address in world.noes or address in world.visible_no:
            return ["rule 5: somebody who said no is made mailable"]
        if not world.fresh or world.is_haunted(address):
            return []
        stated = world.variant.stated_of(world.members(address).values(), refused=False)
        return [] if world.variant.creates(stated) == "subscribe" else [f"rule 1: {stated} is made mailable"]
