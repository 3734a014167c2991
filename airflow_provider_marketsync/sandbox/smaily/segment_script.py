# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""``list.php``: segments (contract section 8.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.smaily.codes import Refusal, as_json, done
from airflow_provider_marketsync.sandbox.smaily.forms import object_of, parameters_of, whole_number
from airflow_provider_marketsync.sandbox.smaily.segments import (
    FILTER_TYPES,
    FIRST_OWN_ID,
    Segment,
    built_in_segments,
    read_rule,
)

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.call import Call, Reply
    from airflow_provider_marketsync.sandbox.smaily.account import Account

REQUIRED = ("name", "filter_type", "filter_data")


def read_segments(account: Account, call: Call) -> Reply:
    """List the segments, or show one with its rules."""
    asked = parameters_of(call)
    if not asked.get("id"):
        return as_json([_summary(account, segment) for segment in _listed(account)])
    segment = account.segment(whole_number(asked["id"], -1), asked["id"])
    return as_json(
        {
            "id": segment.id,
            "name": segment.name,
            "filter_type": segment.filter_type,
            "subscribers_count": len(account.directory.members(segment)),
            "filter_data": [rule.as_json() for rule in segment.rules],
        }
    )


def _listed(account: Account) -> list[Segment]:
    hidden = built_in_segments() if account.switches["list_builtin"] == "no" else {}
    return sorted((one for one in account.segments.values() if one.id not in hidden), key=lambda one: one.name)


def _summary(account: Account, segment: Segment) -> dict[str, Any]:
    count = len(account.directory.members(segment))
    return {"id": str(segment.id), "name": segment.name, "subscribers_count": count}


def save_segment(account: Account, call: Call) -> Reply:
    """Create a segment, or change one."""
    given = object_of(call)
    missing = [name for name in REQUIRED if not given.get(name)]
    if missing:
        raise Refusal(207, ", ".join(missing))
    if given["filter_type"] not in FILTER_TYPES or not isinstance(given["filter_data"], list):
        raise Refusal(203)
    number = _number_for(account, given.get("id"))
    rules = tuple(read_rule(rule, account.directory.field_names) for rule in given["filter_data"])
    account.segments[number] = Segment(number, str(given["name"]), given["filter_type"], rules)
    return done({"id": number})


def _number_for(account: Account, given: Any) -> int:
    if given is None:
        return max(FIRST_OWN_ID - 1, *account.segments) + 1
    number = whole_number(given, -1)
    if number not in account.segments:
        raise Refusal(219, given)
    if number in built_in_segments():
        raise Refusal(203)
    return number
