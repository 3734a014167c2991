# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Limits that colour a task red after everything else was done and committed."""

from __future__ import annotations

from typing import Any

from airflow_provider_marketsync.contacts.definition import Limits
from airflow_provider_marketsync.exceptions import LimitExceeded, NoAnswerError


def enforce_limits(limits: Limits, summary: dict[str, Any]) -> None:
    """Judge a finished run by its new refusals.

    :raises LimitExceeded: when more records than allowed were newly refused; carries the summary
    :raises NoAnswerError: when records were sent and no answer came; the next try sends them again
    """
    new = summary["new_refusals"]
    for outcome, most in (("rejected", limits.max_rejected), ("invalid", limits.max_invalid)):
        number = new.get(outcome, 0)
        if most is not None and number > most:
            raise LimitExceeded(
                f"{number} records were newly {outcome} (limits.max_{outcome} is {most}); everything else was delivered. "
                f"Reasons: {_reasons(summary, outcome)}. They stay in the carry-over and are tried again; "
                f"`marketsync why {summary['sync']} <key>` tells about one.",
                summary=summary,
            )
    untold = summary["opt_outs_untold"]
    if untold:
        raise NoAnswerError(
            f'The target has not taken {untold} opt-outs ("no" on a card): those people can still be mailed there. The next try '
            "tells them again; if this lasts, opt them out there by hand.",
            docs="run-protocol.md",
        )
    unanswered = summary["outcomes"]["unknown"]
    if unanswered:
        raise NoAnswerError(
            f"{unanswered} records were sent and got no answer; the next try sends them again.", docs="run-protocol.md"
        )


def _reasons(summary: dict[str, Any], outcome: str) -> str:
    reasons = summary["reasons"].get(outcome, {})
    return ", ".join(f"{reason} ({number})" for reason, number in reasons.items()) or "see the summary"
