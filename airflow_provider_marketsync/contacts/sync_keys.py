# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The keys of a sync's definition: what they mean and how they are read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from airflow_provider_marketsync.contacts.conditions import read_condition
from airflow_provider_marketsync.contacts.consent_rule import folded
from airflow_provider_marketsync.contacts.dates import compile_date
from airflow_provider_marketsync.contacts.keys import REQUIRED, Key, read_keys
from airflow_provider_marketsync.contacts.model import ConsentRule, Limits, SourceRef
from airflow_provider_marketsync.contacts.parser import parse_expression
from airflow_provider_marketsync.contacts.policies import POLICY_KEYS, read_policies
from airflow_provider_marketsync.contacts.reading import (
    read_choice,
    read_count,
    read_id,
    read_names,
    read_path,
    read_span,
    read_text,
    read_texts,
    read_tree,
    read_zone,
)

if TYPE_CHECKING:
    from airflow_provider_marketsync.contacts.problems import Problems
    from airflow_provider_marketsync.contacts.tree import Node

_DUPLICATES = ("newest", "refuse")

ADDRESS = "email"
"""The mapping's entry that holds the address."""


def _source(node: Node, problems: Problems) -> SourceRef | None:
    if not isinstance(node.value, dict):
        conn_id = read_text(node, problems)
        return SourceRef(conn_id) if conn_id else None
    read = read_keys(node, SOURCE_KEYS, problems)
    if (read["connection"] is None) == (read["name"] is None):
        problems.add(node.place, "write one of the two: connection (of Airflow), or name (of a source of your own)")
    return SourceRef(read["connection"], read["name"], read["component"])


def _where(node: Node, problems: Problems) -> str | None:
    condition = read_condition(node, problems)
    return None if condition is None else str(condition)


def _mapping(node: Node, problems: Problems) -> dict[str, str]:
    if not isinstance(node.value, dict):
        problems.add(node.place, "must be a map of target field to expression")
        return {}
    if ADDRESS not in node.value:
        problems.add(node.place, f"has no {ADDRESS}; name the field that holds the address, as {ADDRESS}: email")
    if not all(name.strip() for name in node.value):
        problems.add(node.place, "a target field has no name")
    read = {name: _mapped(inner, problems) for name, inner in node.value.items()}
    return {name: text for name, text in read.items() if text is not None}


def _mapped(node: Node, problems: Problems) -> str | None:
    if isinstance(node.value, dict):
        problems.add(node.place, "policies of fields are not built yet in this version; write the expression as text")
        return None
    tree = read_tree(node, problems, parse_expression)
    return None if tree is None else str(node.value).strip()


def _consent(node: Node, problems: Problems) -> dict[str, ConsentRule]:
    rules = read_keys(node, CHANNEL_KEYS, problems)
    return {channel: rule for channel, rule in rules.items() if rule is not None}


def _rule(node: Node, problems: Problems) -> ConsentRule:
    read = read_keys(node, RULE_KEYS, problems)
    rule = ConsentRule(**read) if read else ConsentRule("")
    if bool(rule.date) != bool(rule.formats):
        absent, given = ("formats", "date") if rule.date else ("date", "formats")
        problems.add(node.place, f"has {given} but no {absent}; they go together")
    _refuse_word_in_two_lists(node, rule, problems)
    return rule


def _refuse_word_in_two_lists(node: Node, rule: ConsentRule, problems: Problems) -> None:
    met: dict[str, str] = {}
    given = node.value if isinstance(node.value, dict) else {}
    for name in [name for name in ("granted", "withdrawn", "pending") if name in given]:
        for word in getattr(rule, name) or ():
            other = met.setdefault(folded(word), name)
            if other != name:
                problems.add(given[name].place, f'the word "{word}" stands in {other} too; keep one')


def _formats(node: Node, problems: Problems) -> tuple[str, ...] | None:
    forms = read_texts(node, problems)
    for form in forms or ():
        try:
            compile_date(form)
        except ValueError as error:
            problems.add(node.place, str(error))
    return forms


def _duplicates(node: Node, problems: Problems) -> str | None:
    text = read_text(node, problems)
    if text is None or text in _DUPLICATES:
        return text
    later = text.partition(":")[0].strip() in ("first", "prefer", "merge")
    wrong = f'"{text}" is not built yet in this version' if later else f'unknown word "{text}"'
    problems.add(node.place, f"{wrong}; write one of {', '.join(_DUPLICATES)}")
    return None


def _limits(node: Node, problems: Problems) -> Limits:
    return Limits(**read_keys(node, LIMIT_KEYS, problems))


SOURCE_KEYS = (
    Key("connection", "connection id", None, "the Airflow connection records are read through", read_text),
    Key("name", "text", None, "name of a source of your own, whose extracts a task writes", read_text),
    Key(
        "component",
        "customers or contacts",
        "customers",
        "which register of the source is read",
        read_choice("customers", "contacts"),
    ),
)

RULE_KEYS = (
    Key("state", "path", REQUIRED, "where the word of consent stands, as datafields.OPTIN", read_path),
    Key("date", "path", None, "where its date stands, as datafields.OPTIN.param", read_path),
    Key("formats", "list of date forms", (), "forms the date may have; a text that fits none is undated", _formats),
    Key("granted", "list of words", (), "words that mean yes, compared trimmed and without case", read_texts),
    Key("withdrawn", "list of words", REQUIRED, "words that mean no; write [] if the field can not say no", read_texts),
    Key("pending", "list of words", (), 'words that mean "asked, not answered yet"', read_texts),
)

CHANNEL_KEYS = (Key("email", "map", None, "how consent to e-mail is read", _rule, RULE_KEYS),)

LIMIT_KEYS = (
    Key("max_rejected", "number", 0, "newly refused records that still leave the task green", read_count),
    Key("max_invalid", "number", None, "records refused by us that still leave it green; absent: any", read_count),
    Key("max_creates", "number", 500, "people who may become mailable in one run; more are held", read_count),
)

SYNC_KEYS = (
    Key("id", "text of a-z, 0-9, _", REQUIRED, "name of the sync, for ever: its memory goes by it", read_id),
    Key("source", "connection id or map", REQUIRED, "where records come from", _source, SOURCE_KEYS),
    Key("target", "connection id", REQUIRED, "the Airflow connection contacts go to", read_text),
    Key("full_every", "30m, 12h, 1d", timedelta(days=1), "a complete read at least this often", read_span),
    Key("timezone", "time zone", "Europe/Tallinn", "the zone the source's times without a zone are in", read_zone),
    Key("where", "condition", None, "which records are delivered; absent: all", _where),
    Key("mapping", "map of expressions", REQUIRED, "target field: expression over the source's fields", _mapping),
    Key("allow_new_fields", "list of target fields", (), "fields that may be made at the target", read_texts),
    Key("allow_sensitive", "list of paths", (), "sensitive source fields that may travel", read_names),
    Key("consent", "map of channels", {}, "how the source's consent is read", _consent, CHANNEL_KEYS),
    Key("dismissed", "list of paths", (), "source fields that look like consent and are knowingly ignored", read_names),
    Key(
        "new_contacts",
        "word, map or list of maps",
        REQUIRED,
        "subscribe, create_unsubscribed or skip, for each of granted, pending, unknown and withdrawn",
        read_policies,
        POLICY_KEYS,
    ),
    Key(
        "duplicates",
        "newest or refuse",
        "newest",
        "which of several cards of one address is delivered",
        _duplicates,
    ),
    Key("limits", "map", Limits(), "how much may go wrong or become new unasked", _limits, LIMIT_KEYS),
)
"""Every key of a definition."""
