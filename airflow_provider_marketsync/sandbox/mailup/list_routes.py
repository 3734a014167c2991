# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Account, lists, groups and profile fields (contract sections 5.1 to 5.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.mailup.account import CONSOLE_ID
from airflow_provider_marketsync.sandbox.mailup.lists import CREATION_ONLY, LIST_DEFAULTS, Group, MailingList
from airflow_provider_marketsync.sandbox.mailup.look_up import the_group, the_list, the_recipient
from airflow_provider_marketsync.sandbox.mailup.paging import page
from airflow_provider_marketsync.sandbox.mailup.replies import EMPTY, Refusal, as_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from airflow_provider_marketsync.sandbox.call import Reply
    from airflow_provider_marketsync.sandbox.mailup.account import Account
    from airflow_provider_marketsync.sandbox.mailup.ask import Ask

USERNAME = f"m{CONSOLE_ID}"
COMPANY = "Esempio S.r.l."

_NEW_LIST: Mapping[str, Callable[[MailingList], Any]] = {
    "Company": lambda one: one.detail["CompanyName"],
    "Description": lambda one: one.detail["Description"],
    "IdList": lambda one: one.id,
    "ListGuid": lambda one: one.guid,
    "Name": lambda one: one.name,
}
_GROUP: Mapping[str, Callable[[Group], Any]] = {
    "Count": lambda one: None,
    "Deletable": lambda one: one.deletable,
    "Name": lambda one: one.name,
    "Notes": lambda one: one.notes,
    "idGroup": lambda one: one.id,
    "idList": lambda one: one.list_id,
}
_FIELD: Mapping[str, Callable[[tuple[int, str]], Any]] = {"Description": lambda one: one[1], "Id": lambda one: one[0]}


def _about(account: Account) -> dict[str, Any]:
    host = account.console_host
    return {
        "AccountName": COMPANY,
        "Company": COMPANY,
        "ExpiryDate": "2030-12-31 00:00:00Z",
        "IsTrial": False,
        "UID": CONSOLE_ID,
        "Url": f"http://{host}" if account.switches["info_url"] == "with_scheme" else host,
        "Username": USERNAME,
        "Version": "9.0",
    }


def account_info(account: Account, ask: Ask) -> Reply:
    """``GET Authentication/Info``."""
    return as_json(_about(account))


def account_details(account: Account, ask: Ask) -> Reply:
    """``GET Authentication/Details``."""
    credit = [{"ListId": number, "Credit": 0} for number in account.lists]
    more = {"AutoRenewal": False, "CreditsByList": credit, "Email": "posta@esempio.example.com", "Lang": "it"}
    return as_json({**_about(account), **more, "Plan": "Plus", "TotalCredits": 0})


def lists_old_path(account: Account, ask: Ask) -> Reply:
    """``GET User/Lists``: newest first, as captured."""
    columns: Mapping[str, Callable[[MailingList], Any]] = {
        "Company": lambda one: one.detail["CompanyName"],
        "Description": lambda one: one.detail["Description"],
        "Name": lambda one: one.name,
        "idList": lambda one: one.id,
        str(account.switches["old_path_guid"]): lambda one: one.guid,
    }
    return page(account, ask, sorted(account.lists.values(), key=lambda one: -one.id), columns)


def lists_new_path(account: Account, ask: Ask) -> Reply:
    """``GET List``: the id is spelled otherwise than on the old path."""
    return page(account, ask, list(account.lists.values()), _NEW_LIST)


def _settings(record: Mapping[str, Any]) -> dict[str, Any]:
    unknown = record.keys() - LIST_DEFAULTS.keys() - CREATION_ONLY - {"IdList", "ListGuid"}
    if unknown:
        raise Refusal(400, "Request body is not valid")
    return {name: value for name, value in record.items() if name in LIST_DEFAULTS}


def create_list(account: Account, ask: Ask) -> Reply:
    """``POST List`` and ``POST User/Lists``."""
    settings = _settings(ask.record())
    if not str(settings.get("Name") or "").strip():
        raise Refusal(400, "List name is missing")
    made = account.add_list(str(settings["Name"]), settings, ask.call)
    answers = {"detail": made.shown(), "number": made.id, "id_object": {"idList": made.id}}
    return as_json(answers[account.switches["list_created_answer"]])


def read_list(account: Account, ask: Ask) -> Reply:
    """``GET List/{id}``."""
    return as_json(the_list(account, ask.numbers[0]).shown())


def change_list(account: Account, ask: Ask) -> Reply:
    """``PUT List/{id}`` and ``PUT User/List/{id}``."""
    found = the_list(account, ask.numbers[0])
    found.detail.update(_settings(ask.record()))
    return as_json(found.shown())


def delete_list(account: Account, ask: Ask) -> Reply:
    """``DELETE List/{id}``."""
    gone = the_list(account, ask.numbers[0])
    del account.lists[gone.id]
    account.groups = {number: one for number, one in account.groups.items() if one.list_id != gone.id}
    account.rolls = {place: roll for place, roll in account.rolls.items() if place.list_id != gone.id}
    return EMPTY


def groups(account: Account, ask: Ask) -> Reply:
    """``GET List/{l}/Groups``."""
    found = the_list(account, ask.numbers[0])
    return page(account, ask, [one for one in account.groups.values() if one.list_id == found.id], _GROUP)


def create_group(account: Account, ask: Ask) -> Reply:
    """``POST List/{l}/Group``."""
    record, found = ask.record(), the_list(account, ask.numbers[0])
    name = str(record.get("Name") or "").strip()
    if not name:
        raise Refusal(400, "Group name is missing")
    made = account.add_group(found.id, name, str(record.get("Notes") or ""), record.get("Deletable") is not False)
    return as_json(made.shown())


def _group_of_list(account: Account, ask: Ask) -> Group:
    group = the_group(account, ask.numbers[1])
    if group.list_id != ask.numbers[0]:
        raise Refusal(404, "Group not found")
    return group


def change_group(account: Account, ask: Ask) -> Reply:
    """``PUT List/{l}/Group/{g}``."""
    group, record = _group_of_list(account, ask), ask.record()
    group.name, group.notes = str(record.get("Name") or group.name), str(record.get("Notes") or group.notes)
    return as_json(group.shown())


def delete_group(account: Account, ask: Ask) -> Reply:
    """``DELETE List/{l}/Group/{g}``; the groups a list comes with stay."""
    group = _group_of_list(account, ask)
    if not group.deletable:
        raise Refusal(400, "Group can not be deleted")
    del account.groups[group.id]
    return EMPTY


def groups_of_recipient(account: Account, ask: Ask) -> Reply:
    """``GET List/{l}/Recipient/{r}/Groups``."""
    found, recipient = the_list(account, ask.numbers[0]), the_recipient(account, ask.numbers[1])
    return page(account, ask, account.groups_of(recipient, found.id), _GROUP)


def dynamic_fields(account: Account, ask: Ask) -> Reply:
    """``GET Recipient/DynamicFields``: highest id first, as captured."""
    return page(account, ask, sorted(account.fields.items(), reverse=True), _FIELD)
