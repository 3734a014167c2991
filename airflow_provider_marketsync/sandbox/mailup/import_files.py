# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Files of recipients: taken as soon as they arrive (contract sections 7.2 and 7.3)."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.mailup.file_instances import ENCODINGS, MODES
from airflow_provider_marketsync.sandbox.mailup.import_job import Import, ImportOptions
from airflow_provider_marketsync.sandbox.mailup.imports import accept_import

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.mailup.account import Account
    from airflow_provider_marketsync.sandbox.mailup.file_instances import FileInstance

EMAIL, PREFIX, NUMBER, FULL_MOBILE = "111", "222", "333", "444"
KEYS = {EMAIL: "Email", PREFIX: "MobilePrefix", NUMBER: "MobileNumber", FULL_MOBILE: "MobileNumber"}

Target = tuple[int, "int | None"]


def take_file(account: Account, instance: FileInstance, name: str, content: bytes) -> list[Import]:
    """
    Import one file; rows of several lists make one import each.

    A row whose number of columns is not the header's is refused; rows that name no list make an import that fails.

    :param content: the first line holds the ids of the fields
    """
    text = content.decode(ENCODINGS[instance.encoding], "replace")
    lines = list(csv.reader(io.StringIO(text), delimiter=instance.separator))
    header = [cell.strip() for cell in lines[0]] if lines else []
    rows: defaultdict[Target, list[Any]] = defaultdict(list)
    for line in lines[1:]:
        if line:
            target, record = _row(account, instance, header, line)
            rows[target].append(record)
    return [_accept(account, instance, name, target, records) for target, records in rows.items()]


def _accept(account: Account, instance: FileInstance, name: str, target: Target, records: list[Any]) -> Import:
    job = accept_import(account, target[0], records, ImportOptions(mode=MODES[instance.mode]), target[1])
    job.filename, job.by_file = name, True
    return job


def _row(account: Account, instance: FileInstance, header: list[str], line: list[str]) -> tuple[Target, Any]:
    cells = dict(zip(header, line, strict=False))
    target = _target(account, instance, cells)
    if len(line) != len(header):
        return target, None
    record: dict[str, Any] = {KEYS[column]: value for column, value in cells.items() if column in KEYS and value}
    record["Fields"] = [
        {"Id": int(column), "Value": value} for column, value in cells.items() if column.isdigit() and column not in KEYS
    ]
    return target, record


def _target(account: Account, instance: FileInstance, cells: dict[str, str]) -> Target:
    list_id = instance.list_id if instance.list_id is not None else _number(cells.get("idList"))
    group = instance.group_id if instance.group_id is not None else _number(cells.get("IdGroup"))
    named = cells.get("ExternalGroupName")
    if group is None and named:
        group = next((one.id for one in account.groups.values() if one.list_id == list_id and one.name == named), None)
    return (list_id or 0), group


def _number(text: str | None) -> int | None:
    return int(text) if text and text.strip().isdigit() else None
