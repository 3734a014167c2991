# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Waits too long for a worker's slot: the task is deferred and begins again at that moment; no try is spent."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, NoReturn

from airflow_provider_marketsync.compat import BaseOperator
from airflow_provider_marketsync.exceptions import RetryableError, SyncLockedError
from airflow_provider_marketsync.operators.boundary import airflow_errors
from airflow_provider_marketsync.operators.watching import watched

if TYPE_CHECKING:
    from airflow_provider_marketsync.compat import Context

log = logging.getLogger(__name__)

LONG = 60.0
"""Seconds; what is asked for beyond is waited for outside the worker."""
LOCKED = 90.0
"""Seconds between two looks at a lock that another run holds."""
PATIENCE = 86_400.0
"""Seconds one try waits altogether."""
GRACE = timedelta(minutes=15)
"""How long after its moment a wait that nobody ended fails: no triggerer runs."""


class WaitingOperator(BaseOperator):
    """An operator whose work may be begun again at any time, and which waits without holding a worker's slot.

    Before a deferral everything done is committed and the sync's lock is released: the run protocol demands as much of
    any error.
    """

    operation: str
    """What the task does, in one word: of its metrics and its last line."""

    def work(self, context: Context) -> Any:
        """Do it.

        :raises MarketSyncError: see ``exceptions.py``
        """
        raise NotImplementedError

    def execute(self, context: Context) -> Any:
        """Do the work, or wait for the moment it may be done."""
        return self._attempt(context, 0.0)

    def resume(self, context: Context, event: Any = None) -> Any:
        """Begin again after a wait; Airflow calls it with the trigger's event."""
        if not isinstance(event, Mapping) or event.get("status") != "reached":
            from airflow_provider_marketsync.compat import AirflowException

            raise AirflowException("The wait ended without its moment being reached; look at the triggerer (see docs/waiting.md)")
        return self._attempt(context, float(event.get("waited", 0.0)))

    def _attempt(self, context: Context, waited: float) -> Any:
        with airflow_errors(), watched(self, self.operation):
            try:
                return self.work(context)
            except RetryableError as error:
                wait = long_wait(error)
                if wait is None or waited + wait > PATIENCE:
                    raise
                log.info("Waiting %.0f s outside the worker, then beginning again; no try is spent. %s", wait, error)
        self._defer(wait, waited + wait)

    def _defer(self, wait: float, waited: float) -> NoReturn:
        from airflow_provider_marketsync.triggers.moment import MomentTrigger

        moment = datetime.now(timezone.utc) + timedelta(seconds=wait)
        trigger = MomentTrigger(moment=moment.isoformat(), waited=waited)
        self.defer(trigger=trigger, method_name="resume", timeout=timedelta(seconds=wait) + GRACE)
        raise AssertionError("unreachable: Airflow leaves by an exception")


def long_wait(error: RetryableError) -> float | None:
    """Return the seconds to wait outside the worker, None where Airflow's own retries are better.

    A run that holds the sync's lock ends by itself, and failing beside it would help nobody.
    """
    if isinstance(error, SyncLockedError):
        return max(error.retry_after or 0.0, LOCKED)
    asked = error.retry_after or 0.0
    return asked if asked > LONG else None
