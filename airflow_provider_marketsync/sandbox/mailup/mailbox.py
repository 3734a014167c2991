# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Every mail that left because of a call, and the confirmation mailings that wait (contract section 5.5)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from airflow_provider_marketsync.sandbox.mailup.moments import utc_stamp

FIRST_SENDING = 70


@dataclass
class Sending:
    """
    The confirmation mailing of one import.

    :param due: time it leaves; None while nobody has sent it
    """

    id: int
    import_id: int
    list_id: int
    recipients: list[int] = field(default_factory=list)
    due: float | None = None
    sent: bool = False

    def shown(self) -> dict[str, Any]:
        """Give it as the control port shows it."""
        state = "sent" if self.sent else "queued" if self.due is None else "deferred"
        return {"id": self.id, "idImport": self.import_id, "idList": self.list_id, "state": state,
                "recipients": len(self.recipients)}  # fmt: skip


class Mailbox:
    """Mails caused through MailUp's own wires, in order; acts ordered at the control port cause none."""

    def __init__(self) -> None:
        self._mails: list[dict[str, Any]] = []
        self.sendings: dict[int, Sending] = {}

    def add(self, kind: str, email: str, at: float, list_id: int) -> None:
        """
        Count a mail; who has no address gets none.

        :param kind: ``confirmation`` or ``goodbye``
        """
        if email:
            self._mails.append({"kind": kind, "email": email, "at": utc_stamp(at), "idList": list_id})

    def queue(self, import_id: int, list_id: int) -> Sending:
        """Prepare the confirmation mailing of an import; it leaves only when somebody sends it."""
        sending = Sending(FIRST_SENDING + len(self.sendings), import_id, list_id)
        self.sendings[sending.id] = sending
        return sending

    def entries(self) -> list[dict[str, Any]]:
        """All mails so far."""
        return list(self._mails)
