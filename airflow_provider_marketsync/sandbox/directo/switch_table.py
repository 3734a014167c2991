# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What the Directo contract leaves open (its section 13), first word = default."""

from __future__ import annotations

from airflow_provider_marketsync.sandbox.switches import Choice, Switch, Word

DIRECTO_SWITCHES: dict[str, Switch] = {
    "ts_compare": Choice(("ge", "gt")),
    "ts_precision": Choice(("time", "date")),
    "ts_bad": Choice(("error", "ignore", "empty")),
    "tz": Choice(("Europe/Tallinn", "UTC")),
    "empty_reply": Choice(("container", "bare")),
    "container": Choice(("yes", "no")),
    "nulls": Choice(("absent", "empty")),
    "filter_required": Choice(("no", "yes")),
    "routing": Choice(("anywhere", "query_only", "body_only")),
    "unknown_what": Choice(("404 result", "unauthorized", "empty")),
    "components": Choice(("all", "customer", "contact")),
    "put_existing": Choice(("duplicate", "overwrite", "partial")),
    "put_missing_email": Choice(("by_interface", "reject", "accept")),
    "put_datafields_omitted": Choice(("delete", "keep")),
    "put_too_large": Choice(("413", "cut")),
    "result_case": Choice(("Result/Type/Desc", "result/type/desc")),
    "result_code_attr": Choice(("docid", "code")),
    "deleted_what": Word("deleted", 'name of the output of deleted records, or "off"'),
    "datafield_moves_ts": Choice(("yes", "no")),
    "closed_default": Choice(("all", "open_only")),
    "email_filter": Choice(("exact_nocase", "contains")),
    "classic_shape": Choice(("attributes", "elements")),
    "rest_bad_key": Choice(("401", "403")),
    "rest_types": Choice(("mixed", "text")),
}
