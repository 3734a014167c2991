# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The HTTP API: four pages that answer a bare number (contract section 3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from airflow_provider_marketsync.sandbox.call import Call, Reply
from airflow_provider_marketsync.sandbox.mailup.activation import activate
from airflow_provider_marketsync.sandbox.mailup.changes import API, Cause, request, subscribe, tell_profile, unsubscribe
from airflow_provider_marketsync.sandbox.mailup.frontend_form import FAILED, PageError, PageForm
from airflow_provider_marketsync.sandbox.mailup.recipient import PENDING, SUBSCRIBED, UNSUBSCRIBED, Membership, Place
from airflow_provider_marketsync.sandbox.mailup.rows import BadRow, FieldPolicy, find_owner, write_fields, write_row

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.mailup.account import Account
    from airflow_provider_marketsync.sandbox.mailup.recipient import Recipient

TEXT = {"Content-Type": "text/html; charset=utf-8"}
DONE, ALREADY, NOT_REGISTERED = 0, 3, -1011
POLICY = FieldPolicy(empty="clear", missing="keep")
TEXTS = {DONE: "Operation completed", FAILED: "Generic error", 2: "Invalid address", ALREADY: "Already subscribed"}
CHECK_CODES = {SUBSCRIBED: 2, UNSUBSCRIBED: 3, PENDING: 4}


def number_reply(code: int) -> Reply:
    """Answer a bare number."""
    return Reply(200, f"{code}\r\n".encode(), TEXT)


def frontend_page(account: Account, call: Call, name: str) -> Reply:
    """Answer a page under ``/frontend/``; its name is read without case."""
    page = PAGES.get(name.lower())
    if page is None or call.method not in ("GET", "POST"):
        return Reply(404, b"<html><head><title>404 Not Found</title></head></html>", TEXT)
    if page is activate:
        return activate(account, call)
    if account.switches["address_check"] == "on" and call.peer not in account.allowed["FrontEnd"]:
        quiet = page is _unsubscribe_page
        return number_reply(int(account.switches["unregistered_unsubscribe"]) if quiet else NOT_REGISTERED)
    return page(account, call)


def _numbered(work: Callable[[Account, PageForm, Cause], int]) -> Callable[[Account, Call], Reply]:
    def answer(account: Account, call: Call) -> Reply:
        return number_reply(_code(work, account, PageForm(account, call), call))

    return answer


def _code(work: Callable[[Account, PageForm, Cause], int], account: Account, form: PageForm, call: Call) -> int:
    try:
        return work(account, form, Cause(API, account.now, ip=call.peer))
    except PageError as error:
        return error.code
    except BadRow:
        return FAILED


def _subscribe_page(account: Account, call: Call) -> Reply:
    form = PageForm(account, call)
    code = _code(_subscribe, account, form, call)
    if form.text("retCode") == "1":
        return number_reply(code)
    return Reply(200, TEXTS[code].encode(), TEXT)


def _subscribe(account: Account, form: PageForm, cause: Cause) -> int:
    row, list_ids = form.whom(), form.numbers("List", ",")
    if not list_ids or any(number not in account.lists for number in list_ids):
        return FAILED
    groups, confirms = form.groups(list_ids, ","), form.flag("Confirm", "1")
    known, places = find_owner(account, row), [form.place(number) for number in list_ids]
    open_places = [place for place in places if _may_join(account, place, known)]
    if not open_places:
        return _why_not(account, places[0], known)
    recipient = write_row(account, row, POLICY)
    for place in open_places:
        (request if confirms else subscribe)(account, place, recipient, cause)
    for number in groups:
        account.groups[number].members[recipient.id] = None
    if confirms:
        _mail(account, form, [place.list_id for place in open_places], recipient, cause)
    return DONE


def _membership(account: Account, place: Place, recipient: Recipient | None) -> Membership | None:
    return account.membership(place, recipient) if recipient else None


def _may_join(account: Account, place: Place, recipient: Recipient | None) -> bool:
    before = _membership(account, place, recipient)
    if before is None or before.status == PENDING:
        return True
    if before.status == SUBSCRIBED or before.is_bounced:
        return False
    return bool(account.switches["xmlsubscribe_on_unsubscribed"] == "subscribe")


def _why_not(account: Account, place: Place, recipient: Recipient | None) -> int:
    before = _membership(account, place, recipient)
    return ALREADY if before and before.status == SUBSCRIBED else FAILED


def _mail(account: Account, form: PageForm, list_ids: list[int], recipient: Recipient, cause: Cause) -> None:
    only = form.numbers("ConfirmListID", ",")
    for number in [one for one in only if one in list_ids][:1] or list_ids:
        account.mailbox.add("confirmation", recipient.email, cause.at, number)


def _check(account: Account, form: PageForm, cause: Cause) -> int:
    list_id = form.one_list(needs_guid=account.switches["check_without_guid"] == "refused")
    membership = _membership(account, form.place(list_id), form.known())
    return CHECK_CODES[membership.status] if membership else FAILED


def _unsubscribe(account: Account, form: PageForm, cause: Cause) -> int:
    list_id, recipient = form.one_list(), form.known()
    place = form.place(list_id)
    before = _membership(account, place, recipient)
    if recipient is None or before is None or before.status == UNSUBSCRIBED:
        return ALREADY
    unsubscribe(account, place, recipient, cause, str(account.switches["api_optout_type"]))
    if account.lists[list_id].detail["SendEmailOptout"]:
        account.mailbox.add("goodbye", recipient.email, cause.at, list_id)
    return DONE


def _update(account: Account, form: PageForm, cause: Cause) -> int:
    list_id, recipient = form.one_list(), form.known()
    membership = _membership(account, form.place(list_id), recipient)
    if recipient is None or membership is None or membership.status != SUBSCRIBED:
        return FAILED
    groups, fields = form.groups([list_id], ";,"), form.fields()
    if form.flag("Replace", "0"):
        for group in account.groups_of(recipient, list_id):
            del group.members[recipient.id]
    for number in groups:
        account.groups[number].members[recipient.id] = None
    write_fields(recipient, fields, POLICY)
    tell_profile(account, recipient, cause, list_id)
    return DONE


_unsubscribe_page = _numbered(_unsubscribe)
PAGES: dict[str, Callable[[Account, Call], Reply]] = {
    "xmlsubscribe.aspx": _subscribe_page,
    "xmlchksubscriber.aspx": _numbered(_check),
    "xmlunsubscribe.aspx": _unsubscribe_page,
    "xmlupdsubscriber.aspx": _numbered(_update),
    "updsubscriber.aspx": _numbered(_update),
    "wsactivation.aspx": activate,
}
