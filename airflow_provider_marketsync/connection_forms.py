# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One table of connection fields per vendor; every kind of connection form that Airflow knows comes from it."""

from __future__ import annotations

from airflow_provider_marketsync.connection_fields import ConnectionForm, ExtraField

_TIMEOUT = ExtraField(
    name="timeout",
    label="Timeout (seconds)",
    description="How long silence is borne while waiting for an answer; 300 if empty",
    kind="integer",
)
_ALLOW_HTTP = ExtraField(
    name="allow_http",
    label="Allow plain http",
    description="Only for a server of your own: the credentials travel readable",
    kind="boolean",
)

DIRECTO = ConnectionForm(
    conn_type="directo",
    hook_name="Directo",
    hook_class="airflow_provider_marketsync.hooks.directo.DirectoHook",
    documentation="https://wiki.directo.ee/en/xml_direct",
    relabeling={"host": "Interface URL", "password": "Token or app key"},
    placeholders={
        "host": "https://login.directo.ee/xmlcore/cap_xml_direct/xmlcore.asp",
        "password": "employee card XML > Admin > XML interfaces",
    },
    hidden=("schema", "login", "port"),
    extras=(
        ExtraField(
            name="database",
            label="Database",
            description="Required with a token; a classic URL names it already. Such as demo_ee",
        ),
        ExtraField(
            name="interface",
            label="Interface",
            description="Only where the URL does not tell it; read from the URL if empty",
            choices=("xml_direct", "classic", "bi_direct"),
        ),
        ExtraField(
            name="method",
            label="HTTP method",
            description="POST if empty. GET shows the key in URLs, which servers log; only for old classic interfaces",
            choices=("POST", "GET"),
        ),
        ExtraField(
            name="routing",
            label="Routing",
            description="Where a POST says what it asks for; body if empty. Use query where Directo answers 'Invalid url given'",
            choices=("body", "query"),
        ),
        ExtraField(
            name="ts_precision",
            label="Precision of ts",
            description="date if empty; time reads less each run, where the interface takes a time of day",
            choices=("date", "time"),
        ),
        ExtraField(
            name="overlap_hours",
            label="Overlap (hours)",
            description="How far an incremental read goes back behind the last one; 24 if empty, at least 6",
            kind="integer",
        ),
        ExtraField(
            name="timezone",
            label="Time zone",
            description="Zone of Directo's clock; Europe/Tallinn if empty",
        ),
        ExtraField(
            name="filter_required",
            label="Filter required",
            description="For a classic interface that refuses reads without a filter",
            kind="boolean",
        ),
        ExtraField(
            name="sanitize",
            label="Drop control characters",
            description="Reads a feed that holds characters XML forbids, instead of refusing it",
            kind="boolean",
        ),
        _TIMEOUT,
        _ALLOW_HTTP,
    ),
)

SMAILY = ConnectionForm(
    conn_type="smaily",
    hook_name="Smaily",
    hook_class="airflow_provider_marketsync.hooks.smaily.SmailyHook",
    documentation="https://smaily.com/help/api/",
    relabeling={"host": "Account", "login": "API user", "password": "API password"},
    placeholders={
        "host": "name, or name.sendsmaily.net",
        "login": "Preferences > Integrations > API Passwords",
        "password": "shown once when the API user is made",
    },
    hidden=("schema", "port"),
    extras=(
        ExtraField(
            name="base_url",
            label="Server",
            description="Empty for Smaily itself; the URL of another server, such as the sandbox",
        ),
        ExtraField(
            name="calls_per_second",
            label="Calls per second",
            description="5 if empty, which is what Smaily allows all calls from one address together",
            kind="number",
        ),
        ExtraField(
            name="batch_size",
            label="Contacts per call",
            description="At most so many contacts travel in one call; 500 if empty",
            kind="integer",
        ),
        ExtraField(
            name="in_flight",
            label="Calls in flight",
            description="Calls that wait for their answer at one time; if empty, enough for the calls per second",
            kind="integer",
        ),
        ExtraField(
            name="all_segment",
            label="Segment of everybody",
            description="Id of the built-in segment that holds every subscriber; 1 if empty",
            kind="integer",
        ),
        ExtraField(
            name="opted_out_segment",
            label="Segment of the opted-out",
            description="Id of the built-in segment that holds every opted-out subscriber; 2 if empty",
            kind="integer",
        ),
        _TIMEOUT,
        _ALLOW_HTTP,
    ),
)

FORMS = (DIRECTO, SMAILY)
"""One row a vendor."""
