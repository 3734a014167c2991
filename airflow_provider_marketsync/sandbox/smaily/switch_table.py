# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What the Smaily contract leaves open (its section 11 and 14), first word = default."""

from __future__ import annotations

from airflow_provider_marketsync.sandbox.switches import Amount, Choice, Switch

SMAILY_SWITCHES: dict[str, Switch] = {
    "rate_limit": Amount(5, "requests per second and caller's IP; 0 = no limit"),
    "retry_after": Choice(("yes", "no")),
    "package": Choice(("paid", "blocked")),
    "paging": Choice(("offset_times_limit", "fixed_page")),
    "is_unsubscribed_type": Choice(("mixed", "string", "number")),
    "unset_fields": Choice(("absent", "empty")),
    "email_case": Choice(("lower", "as_sent")),
    "missing_email": Choice(("207", "203")),
    "mixed_batch": Choice(("skip", "refuse_all")),
    "force_opt_in": Choice(("resubscribes", "ignored")),
    "api_optout_logged": Choice(("yes", "no")),
    "window_end": Choice(("inclusive", "exclusive")),
    "unknown_segment": Choice(("208", "219")),
    "list_builtin": Choice(("no", "yes")),
    "write_lag": Amount(0, "seconds on the sandbox's clock until an accepted write can be read"),
    "latency_ms": Amount(0, "real milliseconds every answer takes; the work is done first"),
    "row_delay_ms": Amount(0, "real milliseconds per row of a batch; the work is done first"),
    "field_delay_ms": Amount(0, "real milliseconds per field of every row; the work is done first"),
}
