# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One upsert detail: what a body asks of one contact, checked and read (contract sections 5.1 to 5.5)."""

from __future__ import annotations

import calendar
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.salesmanago.addresses import is_address
from airflow_provider_marketsync.sandbox.salesmanago.card import ADDRESS_FIELDS, NO_BIRTHDAY, STATES, Birthday
from airflow_provider_marketsync.sandbox.salesmanago.moments import moment_of
from airflow_provider_marketsync.sandbox.salesmanago.replies import Refusal
from airflow_provider_marketsync.sandbox.salesmanago.tags import tag_names
from airflow_provider_marketsync.sandbox.salesmanago.values import flag_in, list_in, object_in, text_in, text_of

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.switches import Switches

CONTACT_TEXTS = ("name", "phone", "fax", "company", "externalId")
TOP_LEVEL_TEXTS = ("province", "lang")
DICTIONARY_TYPES = ("NUMBER", "DATE")
DOUBLE_OPT_IN_MAIL = ("doubleOptInEmailId", "apiDoubleOptInEmailTemplateId")


@dataclass(frozen=True)
class Forces:
    """The four force flags; absent and false are the same."""

    opt_in: bool
    opt_out: bool
    phone_opt_in: bool
    phone_opt_out: bool


@dataclass(frozen=True)
class Detail:
    """
    What is asked of one contact; only what was sent is set.

    :param contact_id: addresses the card by id
    :param email: addresses an existing card by address
    :param contact_email: the same inside ``contact``; without it nobody can be created
    :param new_email: the card's next address
    :param texts: texts of the card; empty text clears
    :param state: None = unchanged
    :param dictionary: name -> (type, value)
    :param double_opt_in: None = not said
    :param double_opt_in_mail: which confirmation mail
    :param owner: the detail's own owner, which some plugins send
    """

    contact_id: str | None
    email: str | None
    contact_email: str | None
    new_email: str | None
    texts: Mapping[str, str]
    address: Mapping[str, str]
    state: str | None
    birthday: Birthday | None
    tags: list[str]
    remove_tags: list[str]
    tag_scoring: bool
    properties: Mapping[str, str]
    dictionary: Mapping[str, tuple[str, float]]
    consents: Mapping[str, dict[str, Any]]
    forces: Forces
    double_opt_in: bool | None
    double_opt_in_mail: str | None
    owner: str | None


def read_detail(body: Mapping[str, Any], switches: Switches) -> Detail:
    """
    Read one upsert detail.

    :raises Refusal: an address or a value is wrong
    """
    contact = object_in(body, "contact")
    double_opt_in = body.get("useApiDoubleOptIn")
    return Detail(
        contact_id=text_in(body, "contactId") or text_in(contact, "contactId"),
        email=_address(body, "email"),
        contact_email=_address(contact, "email"),
        new_email=_address(body, "newEmail"),
        texts={**_texts(contact, CONTACT_TEXTS, switches), **_texts(body, TOP_LEVEL_TEXTS, switches)},
        address=_texts(object_in(contact, "address"), ADDRESS_FIELDS, switches),
        state=_state(contact.get("state"), switches),
        birthday=_birthday(body.get("birthday"), switches),
        tags=tag_names(list_in(body, "tags"), switches["tag_spaces"]),
        remove_tags=tag_names(list_in(body, "removeTags"), switches["tag_spaces"]),
        tag_scoring=flag_in(body, "tagScoring") or switches["tag_scoring"] == "always",
        properties=_properties(object_in(body, "properties"), switches),
        dictionary=dict(_dictionary_entry(entry) for entry in list_in(body, "dictionaryProperties")),
        consents={consent["consentName"]: consent for consent in map(_consent, list_in(body, "consentDetails"))},
        forces=read_forces(body),
        double_opt_in=None if double_opt_in is None else double_opt_in is True,
        double_opt_in_mail=next((str(body[name]) for name in DOUBLE_OPT_IN_MAIL if body.get(name)), None),
        owner=text_in(body, "owner"),
    )


def read_forces(body: Mapping[str, Any]) -> Forces:
    """Read the four force flags."""
    return Forces(
        flag_in(body, "forceOptIn"),
        flag_in(body, "forceOptOut"),
        flag_in(body, "forcePhoneOptIn"),
        flag_in(body, "forcePhoneOptOut"),
    )


def _address(body: Mapping[str, Any], field: str) -> str | None:
    email = text_in(body, field)
    if email is not None and not is_address(email):
        raise Refusal("Invalid e-mail address", field)
    return email


def _texts(body: Mapping[str, Any], fields: tuple[str, ...], switches: Switches) -> dict[str, str]:
    nulls_clear = switches["null_value"] == "clears"
    sent = (field for field in fields if field in body and (body[field] is not None or nulls_clear))
    return {field: text_of(body[field], field) for field in sent}


def _state(given: Any, switches: Switches) -> str | None:
    if given in (None, ""):
        return None
    if given in STATES:
        return str(given)
    _refuse_bad_value("state", switches)
    return None


def _refuse_bad_value(field: str, switches: Switches) -> None:
    if switches["bad_value"] == "refused":
        raise Refusal(f"Invalid {field}", field)


def _birthday(given: Any, switches: Switches) -> Birthday | None:
    if given is None:
        return None
    text = text_of(given, "birthday")
    if not text:
        return NO_BIRTHDAY
    year, day_of_year = text[:-4], text[-4:]
    if not text.isdecimal() or len(text) not in (4, 8) or not _is_day(year, int(day_of_year)):
        _refuse_bad_value("birthday", switches)
        return None
    month, day = divmod(int(day_of_year), 100)
    return Birthday(year or None, str(month), str(day))


def _is_day(year: str, month_and_day: int) -> bool:
    month, day = divmod(month_and_day, 100)
    # Without a year the 29th of February is a birthday.
    leap_or_given = int(year) if year else 2000
    return 1 <= month <= 12 and leap_or_given > 0 and 1 <= day <= calendar.monthrange(leap_or_given, month)[1]


def _properties(given: Mapping[str, Any], switches: Switches) -> dict[str, str]:
    nulls_clear = switches["null_value"] == "clears"
    sent = {name: value for name, value in given.items() if value is not None or nulls_clear}
    if switches["property_value"] == "refused" and not all(
        isinstance(value, str) for value in sent.values() if value is not None
    ):
        raise Refusal("Property values are texts", "properties")
    return {name: _property_text(value) for name, value in sent.items()}


def _property_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return text_of(value, "properties")


def _dictionary_entry(given: Any) -> tuple[str, tuple[str, float]]:
    if not isinstance(given, dict) or not given.get("name"):
        raise Refusal("A dictionary property has a name, a type and a value", "dictionaryProperties")
    kind = given.get("type")
    if kind not in DICTIONARY_TYPES:
        raise Refusal("Unknown dictionary property type", "dictionaryProperties")
    return str(given["name"]), (kind, _number(given.get("value")))


def _number(given: Any) -> float:
    try:
        number = float(given)
    except (TypeError, ValueError, OverflowError):
        number = math.nan
    if isinstance(given, bool) or not math.isfinite(number):
        raise Refusal("Invalid dictionary property value", "dictionaryProperties")
    return int(number) if number.is_integer() else number


def _consent(given: Any) -> dict[str, Any]:
    if not isinstance(given, dict) or not given.get("consentName"):
        raise Refusal("A consent has a name", "consentDetails")
    agreed = given.get("agreementDate")
    return {
        "consentName": str(given["consentName"]),
        "consentAccept": flag_in(given, "consentAccept"),
        "agreementDate": None if agreed is None else moment_of(agreed, "agreementDate"),
        "ip": text_in(given, "ip"),
        "optOut": flag_in(given, "optOut"),
        "consentDescriptionId": given.get("consentDescriptionId"),
    }
