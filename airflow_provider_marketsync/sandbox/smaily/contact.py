# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One subscriber, and what of it can be read (contract sections 7 and 8.2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from airflow_provider_marketsync.sandbox.smaily.moments import NEVER

SYSTEM_FIELDS = (
    "last_response_code",
    "last_response_at",
    "created_at",
    "subscribed_at",
    "modified_at",
    "last_open_at",
    "total_opens",
    "last_click_at",
    "total_clicks",
    "unsubscribed_at",
)
RESERVED_FIELDS = ("email", "is_unsubscribed", "is_deleted")


@dataclass(slots=True)
class Contact:
    """A subscriber; all stamps are Tallinn time."""

    email: str
    fields: dict[str, str] = field(default_factory=dict)
    is_unsubscribed: bool = False
    is_deleted: bool = False
    last_response_code: str = "0"
    last_response_at: str = NEVER
    created_at: str = NEVER
    subscribed_at: str = NEVER
    modified_at: str = NEVER
    last_open_at: str = NEVER
    total_opens: int = 0
    last_click_at: str = NEVER
    total_clicks: int = 0
    unsubscribed_at: str = NEVER
    got_opt_in_mail: bool = False

    @property
    def is_mailable(self) -> bool:
        """Tell whether a campaign would reach this person."""
        return not self.is_unsubscribed and not self.is_deleted

    def text(self, name: str) -> str:
        """Give any field as text, empty where it is not set."""
        if name == "email":
            return self.email
        if name == "is_unsubscribed":
            return "1" if self.is_unsubscribed else "0"
        if name in SYSTEM_FIELDS:
            return str(getattr(self, name))
        return self.fields.get(name, "")

    def record(self, flag: str | int) -> dict[str, Any]:
        """
        Give the subscriber as the wire shows it.

        :param flag: value of ``is_unsubscribed``; its type differs from script to script
        """
        return {
            "email": self.email,
            "is_unsubscribed": flag,
            "last_response_code": self.last_response_code,
            "last_response_at": self.last_response_at,
            "created_at": self.created_at,
            "subscribed_at": self.subscribed_at,
            "modified_at": self.modified_at,
            "last_open_at": self.last_open_at,
            "total_opens": str(self.total_opens),
            "last_click_at": self.last_click_at,
            "total_clicks": str(self.total_clicks),
            "unsubscribed_at": self.unsubscribed_at,
            **self.fields,
        }

    def field_list(self) -> str:
        """All custom fields in the form of a ``modify`` row."""
        return "".join(f"{name}={value};" for name, value in self.fields.items())
