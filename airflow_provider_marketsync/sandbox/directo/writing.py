# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Puts over the XML interfaces (contract section 8)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from airflow_provider_marketsync.sandbox.directo.card import Card, Datafield
from airflow_provider_marketsync.sandbox.directo.columns import (
    CONTACT,
    CUSTOMER,
    DATAFIELD_WIDTHS,
    KEPT_COLUMNS,
    Component,
    Width,
    stored_name,
)
from airflow_provider_marketsync.sandbox.directo.replies import Result, results

if TYPE_CHECKING:
    from collections.abc import Mapping

    from airflow_provider_marketsync.sandbox.call import Reply
    from airflow_provider_marketsync.sandbox.directo.asking import Asking
    from airflow_provider_marketsync.sandbox.directo.database import Database

LARGEST_DOCUMENT = 19_000_000
PARTIAL_COLUMNS = ("name", "email", "phone")
SHAPES = {
    "int": re.compile(r"\s*[+-]?\d{1,10}\s*"),
    "decimal": re.compile(r"\s*[+-]?\d+(\.\d*)?\s*"),
    "dateTime": re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d+)?)?"),
}


def parse_document(xmldata: str) -> etree._Element | None:
    """Read a posted document; None where it is not well-formed. The form's encoding goes before the declared one."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True, encoding="utf-8")
    try:
        return etree.fromstring(xmldata.encode(), parser)
    except etree.XMLSyntaxError:
        return None


def records_in(root: etree._Element, component: Component) -> list[etree._Element]:
    """List the records of a document; one with another root has none."""
    return list(root.iter(component.word)) if root.tag == component.container else []


def put_cards(database: Database, asking: Asking, component: Component) -> Reply:
    """Answer ``put=1``: one result per record, in the order sent."""
    return _answer(database, component, _put(database, asking, component))


def _answer(database: Database, component: Component, rows: list[Result]) -> Reply:
    return results(rows, component, database.switches["result_case"], database.switches["result_code_attr"])


def _put(database: Database, asking: Asking, component: Component) -> list[Result]:
    if not (asking.xmldata or "").strip():
        return [Result("99")]
    root = parse_document(asking.xmldata or "")
    if root is None:
        return [Result("8")]
    records = records_in(root, component)
    if not records:
        return [Result("99")]
    return [_put_record(database, asking, component, record) for record in records]


def _values(record: etree._Element) -> dict[str, str]:
    children = {child.tag: child.text or "" for child in record if isinstance(child.tag, str) and not len(child)}
    return {**children, **record.attrib}


def _datafields(record: etree._Element) -> tuple[Datafield, ...]:
    rows = record.findall("datafields/data")
    return tuple(Datafield(row.get("code") or "", row.get("content"), row.get("param")) for row in rows)


def _put_record(database: Database, asking: Asking, component: Component, record: etree._Element) -> Result:
    sent = {name: value for name, value in _values(record).items() if name in component.write}
    code = sent.get("code", "").strip()
    if not code and component is CUSTOMER and not asking.is_classic:
        return Result("12")
    fields = _datafields(record)
    refused = _refusal(database, asking, component, sent, fields)
    if refused:
        return Result(refused, code)
    columns = {stored_name(name): value for name, value in sent.items()}
    columns["code"] = code or database.registers[component.word].free_number()
    known = database.registers[component.word].find(columns["code"])
    if known:
        return _update(database, component, known, Card(columns, fields))
    database.save(component.word, Card(columns, fields))
    return Result("0", columns["code"], "Created")


def _refusal(
    database: Database,
    asking: Asking,
    component: Component,
    sent: Mapping[str, str],
    fields: tuple[Datafield, ...],
) -> str | None:
    if any(_is_bad(value, component.write[name]) for name, value in sent.items()):
        return "9"
    if any(len(part or "") > DATAFIELD_WIDTHS[name] for field in fields for name, part in field._asdict().items()):
        return "9"
    if component is CUSTOMER and not sent.get("email", "").strip() and _email_needed(database, asking):
        return "9"
    owner = sent.get("customercode", "") if component is CONTACT else ""
    if owner and database.registers[CUSTOMER.word].find(owner) is None:
        return "31"
    return None


def _is_bad(value: str, width: Width) -> bool:
    if isinstance(width, int):
        return len(value) > width
    return bool(value) and not SHAPES[width].fullmatch(value)


def _email_needed(database: Database, asking: Asking) -> bool:
    policy = database.switches["put_missing_email"]
    return bool(policy == "reject" or (policy == "by_interface" and not asking.is_classic))


def _update(database: Database, component: Component, known: Card, sent: Card) -> Result:
    mode = database.switches["put_existing"]
    if mode == "partial" and component is CUSTOMER:
        changes = {name: sent.columns[name] for name in PARTIAL_COLUMNS if name in sent.columns}
        database.change(component.word, known, changes)
        return Result("30", known.code)
    if mode != "overwrite":
        return Result("11", known.code)
    kept = {name: known.columns[name] for name in KEPT_COLUMNS if name in known.columns}
    fields = sent.datafields
    if database.switches["put_datafields_omitted"] == "keep":
        named = {field.code for field in fields}
        fields = (*(field for field in known.datafields if field.code not in named), *fields)
    database.save(component.word, Card({**kept, **sent.columns}, fields))
    return Result("0", known.code, "Updated")
