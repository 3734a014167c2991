# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What SALESmanago's contract leaves open; the first choice is the contract's default."""

from __future__ import annotations

from airflow_provider_marketsync.sandbox.switches import Amount, Choice, Switch

SALESMANAGO_SWITCHES: dict[str, Switch] = {
    # Answers (section 3)
    "error_status_mode": Choice(("body200", "http4xx")),
    "validation_detail": Choice(("message", "values")),
    "account_state": Choice(("active", "inactive")),
    "request_time": Choice(("any", "strict")),
    "rate_limit": Amount(0, "requests per second; 0 = no limit, as none is published"),
    "rate_answer": Choice(("429", "429_without_retry_after", "message")),
    "latency_ms": Amount(0, "real milliseconds every answer takes; the work is done first"),
    "row_delay_ms": Amount(0, "real milliseconds per row of a batch; the work is done first"),
    "stamp_resolution": Choice(("second", "millisecond")),
    # Writing (section 5)
    "null_value": Choice(("absent", "clears")),
    "cleared_reads": Choice(("null", "empty")),
    "email_case": Choice(("lower", "as_sent")),
    "bad_value": Choice(("refused", "ignored")),
    "property_value": Choice(("as_text", "refused")),
    "insert_existing": Choice(("upsert", "refused")),
    "update_missing": Choice(("refused", "created")),
    "upsert_other_owner": Choice(("keeps_owner", "changes_owner")),
    "new_email_taken": Choice(("refused", "ignored")),
    "new_email_of_unknown": Choice(("creates_new", "creates_old")),
    "async_answer": Choice(("with_id", "without_id")),
    "batch_bad_row": Choice(("skipped", "refuses_all")),
    "over_limit": Choice(("refused", "cut")),
    "tag_scoring": Choice(("when_asked", "always")),
    "tag_spaces": Choice(("kept", "underscore")),
    "dictionary_type_conflict": Choice(("refused", "ignored")),
    "unknown_consent": Choice(("refused", "ignored")),
    "automations": Choice(("batch_and_events", "every_write", "none")),
    # Deleting (section 5.6)
    "permanently_default": Choice(("no", "yes")),
    "delete_answer": Choice(("null", "contact_deleted", "empty_body")),
    "delete_unknown": Choice(("refused", "success")),
    "has_contact_deleted": Choice(("yes", "no")),
    "revived_status": Choice(("kept", "as_new")),
    "deleted_in_lists": Choice(("shown", "hidden")),
    # Consent (section 8)
    "new_contact_default": Choice(("opted_out", "opted_in")),
    "force_opt_in": Choice(("overrides", "ignored_after_opt_out")),
    "both_forces": Choice(("opt_out_wins", "opt_in_wins")),
    "upsert_double_opt_in": Choice(("no", "yes")),
    "batch_double_opt_in": Choice(("yes", "no")),
    "double_opt_in_mails": Choice(("not_opted_in", "everybody", "new_only")),
    "double_opt_in_existing": Choice(("unchanged", "opts_out")),
    # Reading (section 6)
    "list_other_owner": Choice(("hidden", "shown")),
    "basic_other_owner": Choice(("shown", "hidden")),
    "feed_scope": Choice(("account", "owner")),
    "window_start": Choice(("inclusive", "exclusive")),
    "window_end": Choice(("exclusive", "inclusive")),
    "unsubscribe_modifies": Choice(("yes", "no")),
    "same_write_modifies": Choice(("yes", "no")),
    "event_modifies": Choice(("yes", "no")),
    "card_consents": Choice(("absent", "consentName", "name")),
    "recent_activity_key": Choice(("recentActivity", "recentActivities")),
    # Events (section 7)
    "event_unknown_contact": Choice(("parked", "refused")),
    "old_event_unknown_contact": Choice(("refused", "parked")),
    "unknown_event_type": Choice(("refused", "accepted")),
    "event_without_date": Choice(("refused", "now")),
    "over_long_event_text": Choice(("refused", "cut")),
    "location_limit": Choice(("255", "36")),
    "delete_by_external_id": Choice(("newest", "all")),
    # Jobs (section 9)
    "job_polls": Amount(2, "questions answered with a non-empty message before a job is done"),
    "job_seconds": Amount(60, "seconds on the sandbox's clock after which a job is done though nobody asked"),
    "job_end": Choice(("finishes", "never", "fails")),
    "job_failed_shape": Choice(("success_false", "no_file")),
    "job_pending_success": Choice(("yes", "no")),
    "batch_job_file": Choice(("empty", "rows", "none")),
    "export_unknown_parts": Choice(("absent", "guessed")),
}
