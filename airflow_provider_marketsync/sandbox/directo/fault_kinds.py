# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Faults that can be ordered from Directo (contract section 12)."""

from __future__ import annotations

from collections.abc import Callable

from airflow_provider_marketsync.sandbox.call import Call, Reply
from airflow_provider_marketsync.sandbox.common_faults import common_faults
from airflow_provider_marketsync.sandbox.directo import replies, spoiling
from airflow_provider_marketsync.sandbox.directo.asking import read_asking
from airflow_provider_marketsync.sandbox.directo.columns import COMPONENTS, CUSTOMER
from airflow_provider_marketsync.sandbox.directo.replies import XML, Result, results
from airflow_provider_marketsync.sandbox.directo.writing import parse_document, records_in
from airflow_provider_marketsync.sandbox.faults import FaultKind, Order

FAILURES = ("1", "3", "9", "14", "17", "18", "19", "29", "39")

Answer = Callable[[Call, Order], Reply]


def _always(reply: Reply) -> Answer:
    return lambda call, order: reply


def _bomb(call: Call, order: Order) -> Reply:
    return Reply(200, spoiling.entity_bomb(), XML)


def _external(call: Call, order: Order) -> Reply:
    # By default the entity lies at this very server, where a fetch shows up in the request log.
    url = order.options.get("url", f"http://{call.headers.get('host', '127.0.0.1')}/external-entity.txt")
    return Reply(200, spoiling.external_entity(str(url)), XML)


def _all_records(type_: str) -> Answer:
    def answer(call: Call, order: Order) -> Reply:
        asking = read_asking(call, "xml_direct", "anywhere")
        component = COMPONENTS.get(asking.what, CUSTOMER)
        root = parse_document(asking.xmldata or "")
        records = [] if root is None else records_in(root, component)
        rows = [Result(type_, record.get("code") or "") for record in records]
        return results(rows or [Result("99")], component, "Result/Type/Desc", "docid")

    return answer


DIRECTO_FAULTS: dict[str, FaultKind] = {
    **common_faults(),
    **{f"result_{type_}": FaultKind(f"a put answers Type {type_} for every record; work not done", _all_records(type_))
       for type_ in FAILURES},
    "unauthorized": FaultKind("type 5; order it with after = N for a token revoked between two calls",
                              _always(replies.UNAUTHORIZED)),
    "token_required": FaultKind("<err>token required</err>", _always(replies.TOKEN_REQUIRED)),
    "invalid_url": FaultKind("type 404, Invalid url given", _always(replies.INVALID_URL)),
    "legacy_error": FaultKind("<error code desc> as root", _always(replies.LEGACY_ERROR)),
    "legacy_code_on_root": FaultKind("root with code and description", _always(replies.LEGACY_CODE_ON_ROOT)),
    "legacy_err_reason": FaultKind("root with err_reason", _always(replies.LEGACY_ERR_REASON)),
    "malformed_xml": FaultKind("the answer is not well-formed", alters=spoiling.spoiled(spoiling.malformed)),
    "control_character": FaultKind("a raw control character in the first record",
                                   alters=spoiling.spoiled(spoiling.with_control_character)),
    "bom": FaultKind("a byte order mark in front", alters=spoiling.spoiled(spoiling.with_bom)),
    "wrong_encoding": FaultKind("declared as ISO-8859-1 although it is UTF-8",
                                alters=spoiling.spoiled(spoiling.declared_latin1)),
    "not_utf8": FaultKind("declared as UTF-8 although it is Windows-1257", alters=spoiling.spoiled(spoiling.not_utf8)),
    "huge_attribute": FaultKind("an attribute of 9 MB in the first record (option bytes)",
                                alters=spoiling.spoiled(spoiling.with_huge_attribute)),
    "no_ts": FaultKind("records without ts", alters=spoiling.spoiled(spoiling.without_ts)),
    "renamed_attribute": FaultKind("an attribute has another name (options from, to; email, mail)",
                                   alters=spoiling.spoiled(spoiling.with_renamed_attribute)),
    "added_attribute": FaultKind("an unknown attribute more",
                                 alters=spoiling.spoiled(spoiling.with_added_attribute)),
    "entity_bomb": FaultKind("entities that unfold to gigabytes", _bomb),
    "external_entity": FaultKind("an external entity (option url; by default at this server)", _external),
}  # fmt: skip
