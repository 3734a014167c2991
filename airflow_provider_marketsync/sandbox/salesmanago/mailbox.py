# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Every mail, confirmation, SMS or automation that would have started, and for whom."""

from __future__ import annotations

from typing import Any

from airflow_provider_marketsync.sandbox.salesmanago.moments import milliseconds


class Mailbox:
    """What calls of the API caused, in order; acts ordered at the control port cause nothing here."""

    def __init__(self) -> None:
        self._mails: list[dict[str, Any]] = []

    def add(self, kind: str, email: str, at: float, source: str) -> None:
        """
        Count one.

        :param kind: ``double_opt_in``, ``confirmation``, ``sms`` or ``automation``
        :param at: seconds since 1970
        :param source: the route, or what started it
        """
        self._mails.append({"kind": kind, "email": email, "at": milliseconds(at, "millisecond"), "source": source})

    def entries(self) -> list[dict[str, Any]]:
        """All so far."""
        return list(self._mails)
