# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Calling webhooks: at once, and again after a while where the receiver failed (contract section 8)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import aiohttp
from yarl import URL

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.clock import Clock
    from airflow_provider_marketsync.sandbox.switches import Switches

MINUTE, HOUR = 60.0, 3600.0
LADDERS = {
    "present": [5 * MINUTE] * 3 + [15 * MINUTE] * 3 + [2 * HOUR] * 3 + [6 * HOUR] * 3,
    "old": [5 * MINUTE] * 5,
}
HELD_FOR = MINUTE
PATIENCE = aiohttp.ClientTimeout(total=5)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
TWICE, OUT_OF_ORDER = "webhook_twice", "webhook_out_of_order"


@dataclass(eq=False)
class Delivery:
    """
    One event on its way to one webhook.

    :param text: query string of a GET, body of a POST
    :param due: time of the next try
    :param answers: HTTP status of every try so far; None where nobody answered
    :param is_held: waits until another one was posted, or for a minute
    """

    webhook_id: int
    method: str
    url: str
    text: str
    event: str
    email: str
    due: float
    answers: list[int | None] = field(default_factory=list)
    state: str = "waiting"
    is_held: bool = False

    def shown(self) -> dict[str, Any]:
        """Give it as the control port shows it."""
        return {"webhook": self.webhook_id, "event": self.event, "email": self.email, "state": self.state,
                "answers": list(self.answers)}  # fmt: skip


class Outbox:
    """Everything on its way; what is due goes when something happens, when the clock is moved, or by real time."""

    def __init__(self, clock: Clock, switches: Switches) -> None:
        self._clock = clock
        self._switches = switches
        self._waiting: list[Delivery] = []
        self._alarm: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._lock = asyncio.Lock()
        self.deliveries: list[Delivery] = []

    def post(self, delivery: Delivery, fault: str) -> None:
        """
        Put one in.

        :param fault: kind of the ordered fault that strikes it, or nothing
        """
        copies = [delivery, Delivery(**{**vars(delivery), "answers": []})] if fault == TWICE else [delivery]
        delivery.is_held = fault == OUT_OF_ORDER
        self.deliveries.extend(copies)
        overtaken = [] if delivery.is_held else [one for one in self._waiting if one.is_held]
        self._waiting = [one for one in self._waiting if one not in overtaken] + copies + overtaken
        for one in overtaken:
            one.is_held = False

    def clear(self) -> None:
        """Call everything off."""
        self._waiting.clear()
        if self._alarm:
            self._alarm.cancel()

    def wake(self) -> None:
        """Send what is due, without being waited for."""
        if not self._next_due():
            return
        task = asyncio.get_running_loop().create_task(self.settle())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _next_due(self) -> Delivery | None:
        now = self._clock.time()
        return next((one for one in self._waiting if one.due + (HELD_FOR if one.is_held else 0) <= now), None)

    async def settle(self) -> None:
        """Send everything that is due, in order, and wait for the answers."""
        if self._next_due():
            async with self._lock, aiohttp.ClientSession(timeout=PATIENCE) as session:
                while delivery := self._next_due():
                    await self._try(session, delivery)
        self._set_alarm()

    def _set_alarm(self) -> None:
        if self._alarm:
            self._alarm.cancel()
        dues = [one.due + (HELD_FOR if one.is_held else 0) for one in self._waiting]
        if dues:
            wait = max(min(dues) - self._clock.time(), 0.05)
            self._alarm = asyncio.get_running_loop().call_later(wait, self.wake)

    async def _try(self, session: aiohttp.ClientSession, delivery: Delivery) -> None:
        status, is_good = await self._call(session, delivery)
        delivery.answers.append(status)
        ladder = LADDERS[self._switches["webhook_ladder"]]
        if is_good or len(delivery.answers) > len(ladder):
            delivery.state = "delivered" if is_good else "given up"
            if delivery in self._waiting:
                self._waiting.remove(delivery)
            return
        delivery.due += ladder[len(delivery.answers) - 1]

    async def _call(self, session: aiohttp.ClientSession, delivery: Delivery) -> tuple[int | None, bool]:
        joint = "&" if "?" in delivery.url else "?"
        asks = URL(f"{delivery.url}{joint}{delivery.text}", encoded=True)
        tells, text = URL(delivery.url, encoded=True), delivery.text.encode()
        try:
            async with (
                session.post(tells, data=text, headers=FORM, allow_redirects=False)
                if delivery.method == "POST"
                else session.get(asks, allow_redirects=False)
            ) as answer:
                said = await answer.text(errors="replace")
        except (aiohttp.ClientError, asyncio.TimeoutError):
            return None, False
        wants_body = self._switches["webhook_success"] == "body_1"
        return answer.status, answer.status // 100 == 2 and (not wants_body or said.strip() == "1")
