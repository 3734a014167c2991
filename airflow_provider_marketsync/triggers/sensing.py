# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What deferred sensors wait by: look again and again, fire once."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.compat import BaseTrigger, TriggerEvent
from airflow_provider_marketsync.exceptions import FatalError
from airflow_provider_marketsync.operators.boundary import told
from airflow_provider_marketsync.triggers.looking import look_at_customers, look_at_opt_outs, varied
from airflow_provider_marketsync.triggers.threads import in_thread

if TYPE_CHECKING:
    from airflow_provider_marketsync.engine.peek import Peek

log = logging.getLogger(__name__)

NEWS, ERROR = "news", "error"


class _SensingTrigger(BaseTrigger):
    """Look until there is news, or an error; either is one event, ``status`` tells which.

    :param sync_id: id of the sync, whose definition the ledger knows
    :param ledger: path of the ledger
    :param every: seconds between two looks
    """

    def __init__(self, sync_id: str, ledger: str, every: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.sync_id, self.ledger, self.every = sync_id, ledger, every

    @staticmethod
    def look(sync_id: str, ledger: str) -> Peek:
        """Tell whether there is news; blocks."""
        raise NotImplementedError

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return path and arguments."""
        kind = type(self)
        arguments = {"sync_id": self.sync_id, "ledger": self.ledger, "every": self.every}
        return f"{kind.__module__}.{kind.__name__}", arguments

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Look, beginning at any moment of the first interval: a restarted triggerer has many to begin."""
        await asyncio.sleep(self.every * random.random())
        while (payload := await self._payload()) is None:
            await asyncio.sleep(varied(self.every))
        yield TriggerEvent(payload)  # type: ignore[no-untyped-call]

    async def _payload(self) -> dict[str, Any] | None:
        try:
            peek = await in_thread(lambda: self.look(self.sync_id, self.ledger))
        except Exception as error:  # an event for the task: what is raised here would show everything in the triggerer's log
            return {"status": ERROR, "error": told(error), "fatal": isinstance(error, FatalError)}
        log.info("%s: %s (%d read in %.1f s)", self.sync_id, peek.why, peek.read, peek.seconds)
        return {"status": NEWS, "sync": self.sync_id, **peek.to_dict()} if peek.news else None


class CustomersSensingTrigger(_SensingTrigger):
    """Wait for ``CustomersChangedSensor``."""

    @staticmethod
    def look(sync_id: str, ledger: str) -> Peek:
        """Read the source up to the first news; blocks."""
        return look_at_customers(sync_id, ledger)


class OptOutsSensingTrigger(_SensingTrigger):
    """Wait for ``OptOutsSensor``."""

    @staticmethod
    def look(sync_id: str, ledger: str) -> Peek:
        """Read the target's feed up to the first news; blocks."""
        return look_at_opt_outs(sync_id, ledger)
