# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What the MailUp contract leaves open, first word = default."""

from __future__ import annotations

from airflow_provider_marketsync.sandbox.switches import Amount, Choice, Switch, Word

MAILUP_SWITCHES: dict[str, Switch] = {
    # 2, 4.1: account and tokens
    "console": Word("demo", "first label of the account's console host"),
    "info_url": Choice(("host", "with_scheme")),
    "contract": Choice(("signed", "not_signed")),
    "token_lifetime": Amount(3600, "seconds an access token lives"),
    "refresh_lifetime": Amount(0, "seconds a refresh token lives; 0 = for ever"),
    "refresh_rotation": Choice(("old_dies", "old_lives")),
    "token_error_status": Choice(("400", "401", "200")),
    "password_grant_status": Choice(("200", "302")),
    # 4.2, 4.3: limits and paging
    "rate_limit": Amount(5, "calls per second and method; 0 = no limit"),
    "rate_window": Choice(("fixed", "sliding")),
    "rate_counted_on": Choice(("account", "client")),
    "largest_page_size": Amount(0, "a larger pageSize is cut to it; 0 = none"),
    "recipients_order": Choice(("oldest_first", "newest_first")),
    "success_status": Choice(("200", "by_verb")),
    "latency_ms": Amount(0, "real milliseconds every answer takes; the work is done first"),
    # 5.2, 5.3: lists and groups
    "old_path_guid": Choice(("listGuid", "ListGuid")),
    "list_created_answer": Choice(("detail", "number", "id_object")),
    "new_list_forbidden": Amount(0, "seconds for which calls on a new list answer 403"),
    "group_recipients": Choice(("all", "subscribed")),
    "group_subscribe_revives": Choice(("yes", "no")),
    # 5.4: one recipient
    "single_on_unsubscribed": Choice(("stay", "subscribe")),
    "single_on_pending": Choice(("stay", "subscribe")),
    "single_confirm_subscribed": Choice(("pending", "stay")),
    "single_empty_values": Choice(("clear", "keep")),
    "single_missing_fields": Choice(("keep", "clear")),
    "long_values": Choice(("cut", "refuse")),
    "unknown_field": Choice(("ignore", "refuse")),
    "read_fields": Choice(("filled", "all")),
    "subscribe_after_bounce": Choice(("refused", "ignored")),
    "removal_answer": Choice(("empty", "removed")),
    # 5.5: imports
    "import_seconds": Amount(2, "seconds from acceptance to the end of an import; half of it waiting"),
    "largest_bulk": Amount(0, "more rows in one call are refused; 0 = none"),
    "bulk_empty_values": Choice(("keep", "clear")),
    "bulk_on_pending": Choice(("stay", "subscribe")),
    "bulk_confirm_subscribed": Choice(("stay", "pending")),
    "bulk_confirm_parameter": Choice(("both", "ConfirmEmail", "confirmMessage")),
    "asoptin_revives_complaints": Choice(("yes", "no")),
    "asoptout_new": Choice(("unsubscribed", "ignored")),
    "failed_import_completed": Choice(("no", "yes")),
    "import_status_codes": Choice(("soap", "from_zero")),
    "sending_answer": Choice(("number", "object")),
    # 5.6, 5.7, 10.2: opt-outs
    "api_optout_type": Choice(("0", "01", "2")),
    "optout_type_form": Choice(("number", "text")),
    "optout_subtype_form": Choice(("full", "last_digit")),
    "status_words": Choice(("check_codes", "others")),
    "optins_zone": Choice(("utc", "rome")),
    "optout_date_after_return": Choice(("cleared", "kept")),
    # 3: HTTP API
    "address_check": Choice(("on", "off")),
    "unregistered_unsubscribe": Choice(("-1011", "1")),
    "xmlsubscribe_on_unsubscribed": Choice(("subscribe", "stay")),
    "check_without_guid": Choice(("refused", "allowed")),
    "frontend_encoding": Choice(("utf-8", "windows-1252")),
    "activation_answer": Choice(("xml", "number")),
    "activation_missing": Choice(("summed", "first")),
    "activation_takes_effect": Choice(("yes", "no")),
    # 7: files
    "export_zone": Choice(("rome", "utc")),
    "export_name": Choice(("unsubscribers_day", "day_unsubscribers")),
    "file_imports_listed": Choice(("yes", "no")),
    # 8: webhooks
    "webhooks_for_rest": Choice(("no", "yes")),
    "webhooks_for_imports": Choice(("no", "yes")),
    "webhook_ladder": Choice(("present", "old")),
    "webhook_success": Choice(("status", "body_1")),
}
