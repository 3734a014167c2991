# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One recipient, and the status it has in one list and channel (contract sections 5.4, 5.7 and 10)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

SUBSCRIBED, UNSUBSCRIBED, PENDING = "subscribed", "unsubscribed", "pending"
EMAIL, SMS = "email", "sms"
DEFAULT_PREFIX = "0039"
LONGEST_VALUE = 200

FAMILIES = ("0", "2", "4", "8", "16", "32", "64", "128", "256", "512", "1024")
_ADDRESS = re.compile(r"[^@\s;,<>\"]+@[^@\s;,<>\"]+\.[^@\s;,<>\".]{2,}")


class Place(NamedTuple):
    """Where a status holds."""

    list_id: int
    channel: str = EMAIL


@dataclass(slots=True)
class Membership:
    """
    The status of one recipient in one place; all times in seconds since 1970.

    :param optout_type: code of section 10.2, as text
    :param optout_subtype: the longer code, if any
    """

    status: str
    optin_at: float | None = None
    requested_at: float | None = None
    requested_from: str | None = None
    optout_at: float | None = None
    optout_message: int | None = None
    optout_type: str | None = None
    optout_subtype: str | None = None

    @property
    def is_bounced(self) -> bool:
        """Tell whether a wrong address ended the subscription."""
        return self.status == UNSUBSCRIBED and self.optout_type == "8"

    @property
    def is_complaint(self) -> bool:
        """Tell whether a report as spam ended the subscription."""
        return self.status == UNSUBSCRIBED and self.optout_type == "16"

    def forget_opt_out(self) -> None:
        """Take date and reason of an opt-out away."""
        self.optout_at = self.optout_message = self.optout_type = self.optout_subtype = None


@dataclass(slots=True)
class Recipient:
    """A person of the account; address and mobile are both unique keys."""

    id: int
    email: str = ""
    name: str = ""
    prefix: str = ""
    number: str = ""
    fields: dict[int, str] = field(default_factory=dict)

    @property
    def mobile(self) -> str:
        """Mobile with prefix, as a key."""
        return mobile_key(self.prefix, self.number)


def mobile_key(prefix: str | None, number: str | None) -> str:
    """Give prefix and number in one form: ``+39``, ``0039`` and an empty prefix of an Italian list are the same."""
    digits = re.sub(r"\D", "", number or "")
    if not digits:
        return ""
    prefix = (prefix or "").strip().replace("+", "00") or DEFAULT_PREFIX
    return digits if digits.startswith("00") else f"{prefix}{digits}"


def is_address(text: str) -> bool:
    """Tell whether MailUp takes the text for an e-mail address."""
    return _ADDRESS.fullmatch(text) is not None


def reason_of(code: str) -> tuple[str, str | None]:
    """Split a code of section 10.2 into type and subtype: ``81`` is ``8`` and ``81``."""
    if code in FAMILIES:
        return code, None
    family = max((one for one in FAMILIES if code.startswith(one)), key=len, default=code)
    return family, code
