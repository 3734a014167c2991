# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Lists and groups (contract sections 5.2 and 5.3)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

LIST_DEFAULTS: dict[str, Any] = {
    "Name": "",
    "Description": "",
    "NLSenderName": "",
    "OwnerEmail": "",
    "PermissionReminder": "",
    "Address": "",
    "Business": "",
    "City": "",
    "CompanyName": "",
    "ContactName": "",
    "CountryCode": "",
    "Customer": True,
    "DisplayAs": "",
    "Phone": "",
    "PostalCode": "",
    "ReplyTo": "",
    "StateOrProvince": "",
    "WebSiteUrl": "",
    "BouncedEmail": "",
    "Charset": "UTF-8",
    "ConversionlabTrackCode": "",
    "DefaultPrefix": "0039",
    "Disclaimer": "",
    "Format": "html",
    "FrontendForm": False,
    "HeaderListUnsubscriber": "",
    "HeaderXAbuse": "",
    "KBMax": 100,
    "LinkTrackingParameters": "",
    "MultiOptoutList": "",
    "MultipartText": True,
    "NotifyEmail": "",
    "OptoutType": 3,
    "Public": False,
    "ScopeCode": 0,
    "SendConfirmSms": False,
    "SendEmailOptout": False,
    "SmsSenderName": "",
    "SubscribedEmail": False,
    "TimeZoneCode": "UTC+01:00.0",
    "TrackOnOpened": True,
}
CREATION_ONLY = frozenset({"UseDefaultSettings", "IdSettings", "CopyFromWebhooks"})
DEMO_GUIDS = ("49494949-4444-9999-8888-185543409eb7", "f34e5054-5555-4444-ffff-51acc36ae104")


@dataclass
class MailingList:
    """
    One list.

    :param detail: its settings, in MailUp's words
    :param closed_until: time until which calls on it are forbidden
    """

    id: int
    guid: str
    detail: dict[str, Any] = field(default_factory=lambda: dict(LIST_DEFAULTS))
    closed_until: float = 0.0

    @property
    def name(self) -> str:
        """Name of the list."""
        return str(self.detail["Name"])

    def shown(self) -> dict[str, Any]:
        """Give the detail object; its id is spelled ``IdList``."""
        return {"IdList": self.id, "ListGuid": self.guid, **self.detail}


@dataclass
class Group:
    """
    One group of a list; groups have no status.

    :param members: ids of recipients, in the order they came
    """

    id: int
    list_id: int
    name: str
    notes: str = ""
    deletable: bool = True
    members: dict[int, None] = field(default_factory=dict)

    def shown(self) -> dict[str, Any]:
        """Give the group object; ``Count`` is always null."""
        return {
            "Count": None,
            "Deletable": self.deletable,
            "Name": self.name,
            "Notes": self.notes,
            "idGroup": self.id,
            "idList": self.list_id,
        }


def make_list(number: int, name: str, guid: str | None = None) -> MailingList:
    """Make a list."""
    made = MailingList(number, guid or str(uuid.uuid4()))
    made.detail["Name"] = name
    return made


def demo_lists() -> dict[int, MailingList]:
    """Give two lists; the second has an ampersand in its name, which breaks careless readers."""
    names = ("Newsletter", "Sconti & Offerte")
    return {number: make_list(number, name, DEMO_GUIDS[number - 1]) for number, name in enumerate(names, 1)}


def demo_groups() -> dict[int, Group]:
    """Give the group every list comes with, and one of the account's own."""
    return {
        6: Group(6, 1, "TEST", "Gruppo per invii di test", deletable=False),
        7: Group(7, 1, "Clienti"),
        8: Group(8, 2, "TEST", "Gruppo per invii di test", deletable=False),
    }
