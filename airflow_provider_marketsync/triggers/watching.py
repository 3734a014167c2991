# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What starts DAGs: event triggers for ``AssetWatcher`` (Airflow 3)."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.compat import BaseEventTrigger, TriggerEvent
from airflow_provider_marketsync.exceptions import FatalError, RetryableError
from airflow_provider_marketsync.operators.boundary import told
from airflow_provider_marketsync.triggers.looking import (
    has_ended_since,
    look_at_customers,
    look_at_opt_outs,
    never_run,
    varied,
)
from airflow_provider_marketsync.triggers.threads import in_thread

if TYPE_CHECKING:
    from airflow_provider_marketsync.engine.peek import Peek

log = logging.getLogger(__name__)

REMIND = 3600.0
"""Seconds after which unheeded news is told again; and before a look that a person has to mend is tried again."""


@dataclass(frozen=True, slots=True)
class _Said:
    """The last event.

    :param news: what it told
    :param at: UTC moment, as the ledger writes it
    :param ticks: the same on the clock that never steps
    """

    news: str
    at: str
    ticks: float

    @property
    def is_old(self) -> bool:
        """Whether it is time to remind."""
        return time.monotonic() - self.ticks >= REMIND


class _WatchingTrigger(BaseEventTrigger):
    """Fire whenever there is news that no event has told of.

    After an event the source is left alone until a run of the sync has ended, for an hour at most: a DAG that failed must
    not swallow what changed. What is due rather than changed (a first run, a complete reading) is told once an hour.

    :param sync_id: id of the sync; one that never ran counts as news, its definition is that of its last run
    :param every: seconds between two looks
    :param ledger: path of the ledger; None is the one of ``[marketsync] ledger`` where the triggerer runs
    """

    def __init__(self, sync_id: str, every: float = 300.0, ledger: str | None = None) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.sync_id, self.every, self.ledger = sync_id, every, ledger

    @staticmethod
    def look(sync_id: str, ledger: str) -> Peek:
        """Tell whether there is news; blocks."""
        raise NotImplementedError

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return path and arguments."""
        kind = type(self)
        arguments = {"sync_id": self.sync_id, "every": self.every, "ledger": self.ledger}
        return f"{kind.__module__}.{kind.__name__}", arguments

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look for ever; errors are logged, for an event would start the DAG."""
        said: _Said | None = None
        pause = self.every * random.random()
        while True:
            await asyncio.sleep(pause)
            pause = varied(self.every)
            try:
                peek = await in_thread(lambda last=said: self._peek(last))  # type: ignore[misc]
            except Exception as error:  # whatever it is, the next look may go well
                log.warning("%s: %s", self.sync_id, told(error))
                pause = max(pause, _pause_after(error))
                continue
            if peek is not None and peek.news:
                said = _Said(peek.news, _now(), time.monotonic())
                yield TriggerEvent({"sync": self.sync_id, **peek.to_dict()})  # type: ignore[no-untyped-call]

    def _peek(self, said: _Said | None) -> Peek | None:
        """Look in a thread; None while the last event has to be waited out."""
        ledger = self.ledger or _configured_ledger()
        if said and not said.is_old and not has_ended_since(self.sync_id, ledger, said.at):
            return None
        if Path(ledger).is_file():
            peek = self.look(self.sync_id, ledger)
        else:
            log.warning(
                "%s: the triggerer sees no ledger at %s, so this counts as a first run (docs/waiting.md)", self.sync_id, ledger
            )
            peek = never_run()
        log.info("%s: %s (%d read in %.1f s)", self.sync_id, peek.why, peek.read, peek.seconds)
        return None if said and not said.is_old and _repeats(said, peek) else peek


class CustomersChangedTrigger(_WatchingTrigger):
    """Start a DAG when customers changed: ``AssetWatcher(name=..., trigger=CustomersChangedTrigger(sync_id=...))``.

    :param sync_id: id of the sync
    :param every: seconds between two looks
    :param ledger: path of the ledger, if it is not the configured one
    """

    @staticmethod
    def look(sync_id: str, ledger: str) -> Peek:
        """Read the source up to the first news; blocks."""
        return look_at_customers(sync_id, ledger)


class OptOutsTrigger(_WatchingTrigger):
    """Start a DAG when somebody opted out at the target.

    :param sync_id: id of the sync
    :param every: seconds between two looks
    :param ledger: path of the ledger, if it is not the configured one
    """

    @staticmethod
    def look(sync_id: str, ledger: str) -> Peek:
        """Read the target's feed up to the first news; blocks."""
        return look_at_opt_outs(sync_id, ledger)


def _repeats(said: _Said, peek: Peek) -> bool:
    """Tell whether the same thing is still due after a run: it would start one run after the other."""
    from airflow_provider_marketsync.engine.peek import FIRST_RUN, FULL

    return peek.news == said.news and peek.news in (FIRST_RUN, FULL)


def _pause_after(error: Exception) -> float:
    if isinstance(error, FatalError):
        return REMIND
    return (error.retry_after or 0.0) if isinstance(error, RetryableError) else 0.0


def _configured_ledger() -> str:
    from airflow_provider_marketsync.operators.settings import ledger_path

    return ledger_path()


def _now() -> str:
    from airflow_provider_marketsync.ledger.decisions import utc_now

    return utc_now()
