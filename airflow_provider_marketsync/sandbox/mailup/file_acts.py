# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Files that arrive and files that are put out (contract section 7); the SFTP server itself is not ours."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from airflow_provider_marketsync.sandbox.errors import OrderError
from airflow_provider_marketsync.sandbox.mailup.account import Account
from airflow_provider_marketsync.sandbox.mailup.export_files import ExportOrder, export_unsubscribers, file_name
from airflow_provider_marketsync.sandbox.mailup.file_instances import ENCODINGS, MODES, FileInstance
from airflow_provider_marketsync.sandbox.mailup.import_files import take_file

Order = Mapping[str, Any]
IMPORT_FOLDER = "import"


def _set_instance(account: Account, order: Order) -> dict[str, Any]:
    mode, encoding = str(order.get("mode", "default")), str(order.get("encoding", "utf-8"))
    if mode not in MODES or encoding not in ENCODINGS or not order.get("name"):
        raise OrderError('an instance has a "name"', {"modes": sorted(MODES), "encodings": sorted(ENCODINGS)})
    instance = FileInstance(order.get("idList"), order.get("idGroup"), mode, str(order.get("separator", "|")), encoding)
    account.file_instances[str(order["name"])] = instance
    return {}


def _instance(account: Account, name: str) -> FileInstance:
    # The old layout: the folder below import/ is the list's number.
    if name in account.file_instances:
        return account.file_instances[name]
    if not name.isdigit() or int(name) not in account.lists:
        raise OrderError(f"no file instance {name!r}", {"instances": sorted(account.file_instances)})
    return FileInstance(int(name))


def _drop_file(account: Account, order: Order) -> dict[str, Any]:
    instance = _instance(account, str(order.get("instance", "1")))
    name, content = str(order.get("filename", "import.csv")), str(order.get("content", ""))
    encoding = "utf-8" if instance.encoding == "utf-8" else ENCODINGS[instance.encoding]
    jobs = take_file(account, instance, name, content.encode(encoding, "replace"))
    return {"imports": [job.id for job in jobs]}


def _folder(order: Order) -> Path:
    folder = Path(str(order.get("folder", "")))
    if not order.get("folder") or not folder.is_dir():
        raise OrderError('"folder" is a folder of this machine')
    return folder


def _collect_files(account: Account, order: Order) -> dict[str, Any]:
    jobs = []
    for path in sorted(_folder(order).glob(f"{IMPORT_FOLDER}/*/*")):
        if not path.is_file():
            continue
        content = path.read_bytes()
        seen = hashlib.sha256(str(path).encode() + b"\0" + content).hexdigest()
        if seen not in account.seen_files:
            account.seen_files.add(seen)
            jobs.extend(take_file(account, _instance(account, path.parent.name), path.name, content))
    return {"imports": [job.id for job in jobs]}


def _texts(order: Order, name: str) -> frozenset[str]:
    return frozenset(str(one) for one in order.get(name) or ())


def _numbers(order: Order, name: str) -> frozenset[int]:
    return frozenset(int(one) for one in order.get(name) or ())


def _export_order(account: Account, order: Order) -> ExportOrder:
    fields = tuple(int(number) for number in order.get("fields", (1, 2)))
    encoding = str(order.get("encoding", "utf-8"))
    if encoding not in ENCODINGS or not set(fields) <= account.fields.keys():
        raise OrderError("unknown encoding or field", {"encodings": sorted(ENCODINGS)})
    return ExportOrder(
        lists=_numbers(order, "lists") if "lists" in order else None,
        without_lists=_numbers(order, "without_lists"),
        types=_texts(order, "types") if "types" in order else None,
        without_types=_texts(order, "without_types"),
        day=str(order.get("day", "previous")),
        fields=fields,
        separator=str(order.get("separator", ";")),
        delimiter=str(order.get("delimiter", '"')),
        encoding=encoding,
    )


def _export_unsubscribers(account: Account, order: Order) -> dict[str, Any]:
    wanted = _export_order(account, order)
    content, name = export_unsubscribers(account, wanted), file_name(account)
    if "folder" in order:
        (_folder(order) / name).write_bytes(content)
    encoding = "utf-8" if wanted.encoding == "utf-8" else ENCODINGS[wanted.encoding]
    return {"filename": name, "content": content.decode(encoding)}


FILE_ACTS: dict[str, Callable[[Account, Order], dict[str, Any]]] = {
    "set_file_instance": _set_instance,
    "drop_file": _drop_file,
    "collect_files": _collect_files,
    "export_unsubscribers": _export_unsubscribers,
}
