# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Campaigns, A/B tests, messages, templates, users: plain answers outside a contact sync (contract section 8.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.smaily.campaigns import Campaign
from airflow_provider_marketsync.sandbox.smaily.codes import Refusal, as_json, done
from airflow_provider_marketsync.sandbox.smaily.forms import flag, object_of, parameters_of, whole_number, words
from airflow_provider_marketsync.sandbox.smaily.history_script import PAGE_CAP, page_of, window_of
from airflow_provider_marketsync.sandbox.smaily.moments import moment, rfc3339
from airflow_provider_marketsync.sandbox.smaily.rows import checked_address

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.call import Call, Reply
    from airflow_provider_marketsync.sandbox.smaily.account import Account

TEMPLATE = {"id": 2, "type": "default", "name": "Welcome"}
CONDITIONS = ("openrate", "clicks", "views", "unsubscribed")


def read_campaigns(account: Account, call: Call) -> Reply:
    """List regular campaigns, or show the statistics of one."""
    asked = parameters_of(call)
    if asked.get("id"):
        addresses: dict[str, list[Any]] = {"addresses": []} if asked.get("detailed") == "1" else {}
        return as_json({**_statistics(account, asked["id"]), **addresses})
    statuses = words(asked.get("status"))
    rows = [_campaign(one) for one in account.campaigns.values() if not statuses or one.status in statuses]
    limit = whole_number(asked.get("limit"))
    start = whole_number(asked.get("page")) * PAGE_CAP
    return as_json(rows[start : start + min(limit, PAGE_CAP)] if limit else rows)


def _campaign(one: Campaign) -> dict[str, Any]:
    return {
        "id": str(one.id),
        "name": one.name,
        "template": {"id": "2", "name": TEMPLATE["name"]},
        "tags": one.tags,
        "created_at": one.created_at,
        "completed_at": one.completed_at,
        "status": one.status,
    }


def _statistics(account: Account, given: Any) -> dict[str, Any]:
    number = whole_number(given, -1)
    if number < 0:
        raise Refusal(215)
    if number not in account.campaigns:
        raise Refusal(216)
    one = account.campaigns[number]
    return {
        "from": "info@demo.example.com",
        "reply_to": "",
        "template": TEMPLATE["name"],
        "google_analytics_tracking": 0,
        "status": one.status,
        "created_at": one.created_at,
        "completed_at": one.completed_at,
        "total_count": one.recipients,
        "delivered_count": one.recipients - one.bounces,
        "bounce_count": one.bounces,
        "unsubscribed_count": len(one.unsubscribed),
        "complaint_count": one.complaints,
        **dict.fromkeys(("click_count", "unique_click_count", "click_percent", "view_count"), 0),
        **dict.fromkeys(("unique_view_count", "view_percent", "opened_count", "opened_percent", "forward_count"), 0),
    }


def launch_campaign(account: Account, call: Call) -> Reply:
    """Launch a campaign to segments, or save it as a draft."""
    given = object_of(call)
    _require(given, "subject", "from", "list")
    if not any(given.get(name) for name in ("template_id", "html", "html_raw")):
        raise Refusal(207, "template_id")
    ids = given["list"] if isinstance(given["list"], list) else [given["list"]]
    segments = [account.segment(whole_number(number, -1), number) for number in ids]
    is_draft = flag(given.get("save_as_draft"), False)
    number = max(account.campaigns) + 1
    status, stamp = ("DRAFT" if is_draft else "PENDING"), account.now.stamp
    campaign = Campaign(number, str(given["subject"]), status, stamp, "0000-00-00 00:00:00")
    account.campaigns[number] = campaign
    if not is_draft:
        account.settle_all()
        people = {one.email: one for segment in segments for one in account.directory.members(segment)}
        _mail(account, campaign, [email for email, one in people.items() if one.is_mailable])
    return done({"id": number})


def _mail(account: Account, campaign: Campaign, emails: list[str]) -> None:
    campaign.recipients = len(emails)
    for email in emails:
        account.mailbox.add("campaign", email, account.now, campaign.id)


def _require(given: dict[str, Any], *names: str) -> None:
    missing = [name for name in names if not given.get(name)]
    if missing:
        raise Refusal(207, ", ".join(missing))


def read_splits(account: Account, call: Call) -> Reply:
    """List A/B tests."""
    return as_json(page_of(account, account.splits, parameters_of(call)))


def launch_split(account: Account, call: Call) -> Reply:
    """Save an A/B test; the winner is never chosen, so nobody is mailed."""
    given = object_of(call)
    _require(given, "splits", "list", "size", "condition")
    if given["condition"] not in CONDITIONS:
        raise Refusal(214)
    number = len(account.splits) + 1
    account.splits.append({"id": number, "status": "PENDING", "created_at": account.now.stamp})
    return done({"id": number})


def send_message(account: Account, call: Call) -> Reply:
    """Send a transactional message; JSON only."""
    if call.content_type != "application/json":
        raise Refusal(203)
    given = object_of(call)
    _require(given, "autoresponder_id", "to")
    number = whole_number(given["autoresponder_id"], -1)
    if number not in account.workflows:
        raise Refusal(221)
    to = given["to"] if isinstance(given["to"], list) else [given["to"]]
    emails = [checked_address(one.get("email") if isinstance(one, dict) else one) for one in to]
    return done({"message_ids": [account.mailbox.add_message(email, account.now, number) for email in emails]})


def read_message_log(account: Account, call: Call) -> Reply:
    """Give what happened to messages, by cursor, by message or by window."""
    asked = parameters_of(call)
    rows = [row for row in account.mailbox.messages if row[1].at >= account.oldest]
    if "message_id" in asked:
        rows = [row for row in rows if row[0] == whole_number(asked["message_id"], -1)]
    elif "since_seq_id" in asked:
        rows = [row for row in rows if row[0] > whole_number(asked["since_seq_id"])]
    else:
        start, end = window_of(asked)
        rows = [row for row in rows if start <= int(row[1].at) <= end]
    shown: list[dict[str, Any]] = [
        {
            "seq_id": number,
            "message_id": number,
            "email": email,
            "campaign_id": workflow,
            "section_id": None,
            "action": "send",
            "value": {},
            "created_at": rfc3339(when.at),
        }
        for number, when, email, workflow in rows
    ]
    return as_json(page_of(account, shown, asked))


def list_templates(account: Account, call: Call) -> Reply:
    """List templates."""
    if whole_number(parameters_of(call).get("page")):
        return as_json([])
    made = rfc3339(moment(1_768_000_000).at)
    preview = f"https://{account.subdomain}.sendsmaily.net/template/preview/id/{TEMPLATE['id']}/"
    return as_json([{**TEMPLATE, "created_at": made, "modified_at": made, "preview_url": preview}])


def list_users(account: Account, call: Call) -> Reply:
    """List the people who work with the account."""
    if whole_number(parameters_of(call).get("page")):
        return as_json([])
    names = {"email": "piret.tamm@demo.example.com", "first_name": "Piret", "last_name": "Tamm"}
    return as_json([{"id": 1, **names, "is_owner": True, "role": {"id": 1, "name": "Manager"}}])
