# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One Smaily account: subscribers, log, segments, campaigns, workflows, mails."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.smaily.action_log import ActionLog
from airflow_provider_marketsync.sandbox.smaily.campaigns import Campaign, Workflow, demo_campaigns, demo_workflows
from airflow_provider_marketsync.sandbox.smaily.codes import Refusal
from airflow_provider_marketsync.sandbox.smaily.directory import Directory
from airflow_provider_marketsync.sandbox.smaily.mailbox import Mailbox
from airflow_provider_marketsync.sandbox.smaily.moments import HORIZON, Moment, moment
from airflow_provider_marketsync.sandbox.smaily.segments import Segment, built_in_segments

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.clock import Clock
    from airflow_provider_marketsync.sandbox.smaily.contact import Contact
    from airflow_provider_marketsync.sandbox.switches import Switches

Write = Callable[[Moment], None]


class Account:
    """Everything that belongs to one subdomain."""

    def __init__(self, subdomain: str, clock: Clock, switches: Switches) -> None:
        self.subdomain = subdomain
        self.clock = clock
        self.switches = switches
        self.directory = Directory()
        self.log = ActionLog()
        self.mailbox = Mailbox()
        self.segments: dict[int, Segment] = built_in_segments()
        self.campaigns: dict[int, Campaign] = demo_campaigns()
        self.workflows: dict[int, Workflow] = demo_workflows()
        self.splits: list[dict[str, Any]] = []
        self._waiting: deque[tuple[float, Moment, Write]] = deque()

    @property
    def now(self) -> Moment:
        """The present moment."""
        return moment(self.clock.time())

    @property
    def oldest(self) -> float:
        """Time before which the action log shows nothing."""
        return self.clock.time() - HORIZON

    @property
    def waiting(self) -> int:
        """How many accepted writes can not be read yet."""
        return len(self._waiting)

    def write(self, work: Write) -> None:
        """Do a write at once, or after the write lag; never before an earlier one."""
        now = self.now
        lag = float(self.switches["write_lag"])
        if not lag and not self._waiting:
            work(now)
            return
        self._waiting.append((now.at + lag, now, work))

    def settle(self) -> None:
        """Do the writes whose lag is over."""
        while self._waiting and self._waiting[0][0] <= self.clock.time():
            _, accepted, work = self._waiting.popleft()
            work(accepted)

    def settle_all(self) -> None:
        """Do every waiting write now."""
        while self._waiting:
            _, accepted, work = self._waiting.popleft()
            work(accepted)

    def segment(self, number: int, shown: object) -> Segment:
        """
        Find a segment.

        :param shown: the id as the caller wrote it
        :raises Refusal: there is none
        """
        if number not in self.segments:
            raise Refusal(int(self.switches["unknown_segment"]), shown)
        return self.segments[number]

    def known(self, email: str) -> Contact:
        """
        Find a subscriber that reads show.

        :raises Refusal: there is none
        """
        contact = self.directory.visible(email)
        if contact is None:
            raise Refusal(206)
        return contact

    def campaign_name(self, number: int | None) -> str | None:
        """Name of a campaign, None for what is none."""
        return self.campaigns[number].name if number in self.campaigns else None

    @property
    def missing_email(self) -> int:
        """Code for a row without an address."""
        return int(self.switches["missing_email"])
