# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Wait for a moment."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from airflow_provider_marketsync.compat import BaseTrigger, TriggerEvent

LONGEST_NAP = 30.0
"""Seconds; a machine that slept, or whose clock was set, notices it after so long."""


class MomentTrigger(BaseTrigger):
    """Fire once when a moment has come.

    :param moment: ISO text with its offset
    :param waited: seconds its task will have waited by then, told back in the event
    """

    def __init__(self, moment: str, waited: float) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.moment, self.waited = moment, waited

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """Return path and arguments."""
        return f"{__name__}.MomentTrigger", {"moment": self.moment, "waited": self.waited}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Sleep until the moment."""
        until = datetime.fromisoformat(self.moment).timestamp()
        while (left := until - time.time()) > 0:
            await asyncio.sleep(min(left, LONGEST_NAP))
        yield TriggerEvent({"status": "reached", "waited": self.waited})  # type: ignore[no-untyped-call]
