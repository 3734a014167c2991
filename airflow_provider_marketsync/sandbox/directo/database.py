# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One Directo database: two registers and what was deleted from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from airflow_provider_marketsync.sandbox.directo.columns import COMPONENTS
from airflow_provider_marketsync.sandbox.directo.local_time import local_stamp
from airflow_provider_marketsync.sandbox.directo.register import Register

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_provider_marketsync.sandbox.clock import Clock
    from airflow_provider_marketsync.sandbox.directo.card import Card
    from airflow_provider_marketsync.sandbox.switches import Switches


class Deletion(NamedTuple):
    """One deleted card."""

    word: str
    code: str
    ts: str


class Database:
    """Registers by the ``what`` word of their component; every change moves the card's ``ts``."""

    def __init__(self, clock: Clock, switches: Switches) -> None:
        self._clock = clock
        self.switches = switches
        self.registers: dict[str, Register] = {word: Register() for word in COMPONENTS}
        self.deletions: list[Deletion] = []

    def now(self) -> str:
        """The present moment as a ``ts``."""
        return local_stamp(self._clock.now(), self.switches["tz"])

    def save(self, word: str, card: Card) -> Card:
        """Put a changed card in; its ``ts`` moves."""
        stamped = card.with_columns({"ts": self.now()})
        self.registers[word].put(stamped)
        return stamped

    def change(self, word: str, card: Card, columns: Mapping[str, str]) -> Card:
        """Set some columns of a card."""
        return self.save(word, card.with_columns(columns))

    def delete(self, word: str, code: str) -> None:
        """Take a card out and remember that it was there."""
        self.registers[word].remove(code)
        self.deletions.append(Deletion(word, code, self.now()))
