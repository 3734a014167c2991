# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One external event (contract section 7.3)."""

from __future__ import annotations

import math
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.salesmanago.moments import moment_of
from airflow_provider_marketsync.sandbox.salesmanago.replies import Refusal
from airflow_provider_marketsync.sandbox.salesmanago.values import text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_provider_marketsync.sandbox.switches import Switches

EVENT_TYPES = (
    "PURCHASE", "CART", "VISIT", "PHONE_CALL", "OTHER", "RESERVATION", "CANCELLED", "ACTIVATION", "MEETING", "OFFER",
    "DOWNLOAD", "LOGIN", "TRANSACTION", "CANCELLATION", "RETURN", "SURVEY", "APP_STATUS", "APP_TYPE_WEB", "APP_TYPE_MANUAL",
    "APP_TYPE_RETENTION", "APP_TYPE_UPSALE", "LOAN_STATUS", "LOAN_ORDER", "FIRST_LOAN", "REPEATED_LOAN",
)  # fmt: skip
DETAILS = tuple(f"detail{number}" for number in range(1, 21))
LENGTHS = {
    "description": 2048,
    "products": 512,
    "location": 255,
    "externalId": 255,
    "shopDomain": 255,
    **dict.fromkeys(DETAILS, 255),
}
LARGEST_VALUE = 10.0**19


@dataclass(slots=True)
class Event:
    """
    An external event.

    :param date: milliseconds, as sent; seconds stay what they are and show as 1970
    :param texts: description, products, location, externalId, shopDomain, detail1 to detail20 as far as sent
    """

    id: str
    date: int
    kind: str
    value: float | int | None
    texts: dict[str, str]

    @property
    def external_id(self) -> str | None:
        """The caller's own id."""
        return self.texts.get("externalId")

    def record(self) -> dict[str, Any]:
        """Give the event as a full card shows it; details only where they are set."""
        always = ("externalId", "description", "products", "location", "shopDomain")
        return {
            "date": self.date,
            "contactExtEventType": self.kind,
            "value": self.value,
            **{name: self.texts.get(name) for name in always},
            **{name: self.texts[name] for name in DETAILS if name in self.texts},
        }


def read_event(given: Mapping[str, Any], now: float, switches: Switches, event_id: str | None = None) -> Event:
    """
    Read a ``contactEvent``.

    :param now: seconds since 1970
    :param event_id: keep this id; None makes one
    :raises Refusal: a value is wrong or too long
    """
    return Event(
        id=event_id or str(uuid.uuid4()),
        date=_date(given, now, switches),
        kind=_kind(given, switches),
        value=_value(given.get("value")),
        texts={name: _text(given[name], name, switches) for name in LENGTHS if given.get(name) is not None},
    )


def _date(given: Mapping[str, Any], now: float, switches: Switches) -> int:
    if given.get("date") is not None:
        return moment_of(given["date"], "date")
    if switches["event_without_date"] == "refused":
        raise Refusal("Event date not specified", "date")
    return int(now * 1000)


def _kind(given: Mapping[str, Any], switches: Switches) -> str:
    kind = given.get("contactExtEventType")
    if not kind or not isinstance(kind, str):
        raise Refusal("Event type not specified", "contactExtEventType")
    if kind not in EVENT_TYPES and switches["unknown_event_type"] == "refused":
        raise Refusal("Unknown event type", "contactExtEventType")
    return kind


def _value(given: Any) -> float | int | None:
    if given is None:
        return None
    if isinstance(given, bool) or not isinstance(given, (int, float)):
        raise Refusal("Event value is not a number", "value")
    if abs(given) >= LARGEST_VALUE or not math.isfinite(given):
        raise Refusal("Event value is too large", "value")
    return given if isinstance(given, int) else round(given, 2)


def _text(given: Any, name: str, switches: Switches) -> str:
    text = text_of(given, name)
    longest = int(switches["location_limit"]) if name == "location" else LENGTHS[name]
    if len(text) <= longest:
        return text
    if switches["over_long_event_text"] == "refused":
        raise Refusal(f"{name} is longer than {longest}", name)
    return text[:longest]
