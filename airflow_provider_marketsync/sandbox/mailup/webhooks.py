# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Webhooks as set up in the console, and the text each event becomes (contract section 8)."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote, quote_plus

from airflow_provider_marketsync.sandbox.call import Call
from airflow_provider_marketsync.sandbox.mailup.moments import event_date
from airflow_provider_marketsync.sandbox.mailup.outbox import Delivery
from airflow_provider_marketsync.sandbox.mailup.rc4 import rc4
from airflow_provider_marketsync.sandbox.mailup.recipient import SMS, Membership, Place, Recipient

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.mailup.account import Account

EVENTS = ("SUBSCRIBE", "UNSUBSCRIBE", "CHANGEPROFILE", "DELETE")
SOURCES = ("API", "Console", "Recipient")
PLACEHOLDER = re.compile(r"\[([A-Za-z]+(?:\d\d)?)\]")
PLACEHOLDERS = frozenset(
    {
        *("EventDate", "IdConsole", "IdList", "IdNL", "EventType", "EventSource", "Reason"),
        *("Email", "Prefix", "Number", "Groups", "Channel"),
        *(f"Field{number:02d}" for number in range(1, 40)),
    }
)
# As the official Joomla receiver names them, with a few more.
USUAL_PARAMETERS = {
    "evd": "[EventDate]",
    "evt": "[EventType]",
    "src": "[EventSource]",
    "rsn": "[Reason]",
    "eml": "[Email]",
    "idc": "[IdConsole]",
    "idl": "[IdList]",
    "idn": "[IdNL]",
    "gru": "[Groups]",
    "chn": "[Channel]",
    "f01": "[Field01]",
}


@dataclass(frozen=True)
class Webhook:
    """
    One webhook of one list.

    :param parameters: names chosen by the user, each with a placeholder
    :param key: with one, everything is enciphered
    """

    id: int
    list_id: int
    url: str
    method: str
    events: frozenset[str]
    sources: frozenset[str]
    parameters: dict[str, str]
    key: str = ""


class Event(NamedTuple):
    """A change of a status or a profile, as it was at that moment."""

    kind: str
    place: Place
    recipient: Recipient
    membership: Membership
    source: str
    at: float


def post_event(account: Account, event: Event) -> None:
    """Hand an event to every webhook that wants it; nothing carries an event id."""
    for hook in account.webhooks.values():
        if hook.list_id != event.place.list_id or event.kind not in hook.events or event.source not in hook.sources:
            continue
        text = written(hook.parameters, values_of(account, event))
        order = account.struck("webhook", Call("WEBHOOK", hook.url, "", {}, text.encode(), ""))
        wire = enciphered(text, hook.key) if hook.key else text
        delivery = Delivery(hook.id, hook.method, hook.url, wire, event.kind, event.recipient.email, account.now)
        account.outbox.post(delivery, order.kind if order else "")


def values_of(account: Account, event: Event) -> dict[str, str]:
    """Give the value of every placeholder."""
    membership, recipient = event.membership, event.recipient
    gone = event.kind == "UNSUBSCRIBE"
    groups = account.groups_of(recipient, event.place.list_id)
    return {
        "EventDate": event_date(event.at),
        "IdConsole": account.console_id,
        "IdList": str(event.place.list_id),
        "IdNL": str(membership.optout_message or "") if gone else "",
        "EventType": event.kind,
        "EventSource": event.source,
        "Reason": membership.optout_subtype or membership.optout_type or "" if gone else "",
        "Email": recipient.email,
        "Prefix": recipient.prefix,
        "Number": recipient.number,
        "Groups": ",".join(str(group.id) for group in groups),
        "Channel": "1" if event.place.channel == SMS else "0",
        **{f"Field{number:02d}": recipient.fields.get(number, "") for number in range(1, 40)},
    }


def written(parameters: dict[str, str], values: dict[str, str]) -> str:
    """Write the query string, hex digits in small letters."""
    pairs = []
    for name, pattern in parameters.items():
        value = PLACEHOLDER.sub(lambda match: values[match[1]], pattern)
        encoded = re.sub("%[0-9A-F]{2}", lambda match: match[0].lower(), quote_plus(value, safe="!*()"))
        pairs.append(f"{quote_plus(name)}={encoded}")
    return "&".join(pairs)


def enciphered(text: str, key: str) -> str:
    """Encipher a query string: RC4, Base64, percent-encoding."""
    return quote(base64.b64encode(rc4(key.encode(), text.encode())), safe="")
