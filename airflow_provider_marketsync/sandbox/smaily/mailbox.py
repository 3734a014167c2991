# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Every mail that would have left, and for whom."""

from __future__ import annotations

from typing import Any

from airflow_provider_marketsync.sandbox.smaily.moments import Moment, rfc3339

FIRST_MESSAGE_ID = 9_007_199_254_740_993  # over 2**53: message ids have 64 bits


class Mailbox:
    """Mails caused through the vendor's own URLs, in order; acts ordered at the control port cause none."""

    def __init__(self) -> None:
        self._mails: list[dict[str, Any]] = []
        self.messages: list[tuple[int, Moment, str, int]] = []
        self.workflow_calls = 0

    def add(self, kind: str, email: str, moment: Moment, source: int) -> None:
        """
        Count a mail.

        :param kind: ``workflow``, ``opt_in``, ``message`` or ``campaign``
        :param source: id of the workflow or campaign
        """
        self._mails.append({"kind": kind, "email": email, "at": rfc3339(moment.at), "source": source})

    def add_message(self, email: str, moment: Moment, workflow: int) -> int:
        """Count a transactional message and give its id."""
        number = FIRST_MESSAGE_ID + len(self.messages)
        self.messages.append((number, moment, email, workflow))
        self.add("message", email, moment, workflow)
        return number

    def entries(self) -> list[dict[str, Any]]:
        """All mails so far."""
        return list(self._mails)
