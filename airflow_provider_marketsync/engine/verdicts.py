# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The last line of a task's log: one sentence on how it went, and what somebody has to do, if anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Summary = Mapping[str, Any]
NOTHING_TO_DO = "Nothing to do."
_SENT = ("created", "updated", "unchanged", "skipped")
_LEFT = ("held", "postponed", "rejected", "invalid", "unknown")


def verdict(operation: str, summary: Summary) -> str:
    """Return the sentence.

    :param operation: ``preflight``, ``opt_outs``, ``fetch``, ``upsert`` or ``opt_outs_back``
    :param summary: the task's summary
    """
    said, to_do = _VERDICTS[operation](summary)
    return f"Sync {summary['sync']}: {said}. {to_do or NOTHING_TO_DO}"


def _preflight(summary: Summary) -> tuple[str, str]:
    return "both sides answer, and the definition fits them", "Look at the warnings above." if summary["warnings"] else ""


def _fetch(summary: Summary) -> tuple[str, str]:
    kind = "the whole register was read" if summary["complete"] else "what changed was read"
    return f"{kind}, {summary['read']:,} records", ""


def _opt_outs(summary: Summary) -> tuple[str, str]:
    new, waiting = summary["opt_outs_new"], summary["read"]
    said = f"{new:,} new opt-outs are known, and {waiting:,} wait to be told to the source"
    return said, "The task that applies opt-outs tells them." if waiting else ""


def _opt_outs_back(summary: Summary) -> tuple[str, str]:
    counts = summary["outcomes"]
    if counts["refused"]:
        said = f"{counts['refused']:,} opt-outs were not taken, {counts['written']:,} were"
        return said, "They are handed over again by later runs."
    if not counts["written"]:
        return "the source knows every opt-out", ""
    to_do = f"Somebody has to enter them at the source: {summary['file']}." if summary.get("file") else ""
    return f"{counts['written']:,} opt-outs were handed over", to_do


def _upsert(summary: Summary) -> tuple[str, str]:
    if not summary["sent"]:
        return _plan(summary)
    outcomes, held = summary["outcomes"], sum(summary["held"].values())
    said = ", ".join(f"{outcomes[name]:,} {name}" for name in _SENT if outcomes[name])
    left = {**outcomes, "held": held, "postponed": outcomes["postponed"] - held}
    waits = [f"{left[name]:,} {name}" for name in _LEFT if left[name]]
    if waits:
        said = f"{said or 'nobody was delivered'}; not delivered: {', '.join(waits)}"
    return said or "nothing was due", " ".join(_to_do(summary))


def _plan(summary: Summary) -> tuple[str, str]:
    outcomes = summary["outcomes"]
    said = f"planned only, nothing was sent: {outcomes['created']:,} would be created, {outcomes['updated']:,} updated"
    return said, _accept(summary["sync"]) if summary["plan"] else ""


def _to_do(summary: Summary) -> list[str]:
    sync, outcomes, held = summary["sync"], summary["outcomes"], summary["held"]
    found = ["Look at the warnings above."] if summary["warnings"] else []
    if summary["opt_outs_untold"]:
        found.append('Some of the source\'s "no" were not taken: the next run tells them again; else opt them out there by hand.')
    if held.get("first_run"):
        found.append('The target already holds people: run once with first_run="adopt".')
    if held.get("creates"):
        found.append(_accept(sync))
    if outcomes["rejected"] or outcomes["invalid"]:
        found.append(f"`marketsync why {sync} <key>` tells about one; all are tried again by themselves.")
    if outcomes["unknown"]:
        found.append("What got no answer is sent again by the next run.")
    if summary["needs_full_read"]:
        found.append("The next fetch reads everything.")
    return found


def _accept(sync: str) -> str:
    return f"Look at `marketsync plan {sync}`, then `marketsync accept {sync}`; the next run does it."


_VERDICTS: dict[str, Callable[[Summary], tuple[str, str]]] = {
    "preflight": _preflight,
    "fetch": _fetch,
    "upsert": _upsert,
    "opt_outs": _opt_outs,
    "opt_outs_back": _opt_outs_back,
}
