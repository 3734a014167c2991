# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What people do with the cards inside Directo."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from airflow_provider_marketsync.sandbox.directo.card import Card, Datafield
from airflow_provider_marketsync.sandbox.directo.columns import COMPONENTS, CUSTOMER, stored_name
from airflow_provider_marketsync.sandbox.directo.database import Database
from airflow_provider_marketsync.sandbox.directo.seeding import read_card
from airflow_provider_marketsync.sandbox.errors import OrderError

Act = Callable[[Database, str, Card, Mapping[str, Any]], None]


def _edit(database: Database, word: str, card: Card, order: Mapping[str, Any]) -> None:
    fields = order.get("fields")
    if not isinstance(fields, dict):
        raise OrderError('edit takes "fields", an object of columns and values; null empties to NULL')
    named = {stored_name(name): value for name, value in fields.items()}
    kept = {name: value for name, value in card.columns.items() if name not in named}
    written = {name: str(value) for name, value in named.items() if value is not None}
    database.save(word, replace(card, columns={**kept, **written, "code": card.code}))


def _close(database: Database, word: str, card: Card, order: Mapping[str, Any]) -> None:
    database.change(word, card, {"closed": "1"})


def _reopen(database: Database, word: str, card: Card, order: Mapping[str, Any]) -> None:
    database.change(word, card, {"closed": "0"})


def _delete(database: Database, word: str, card: Card, order: Mapping[str, Any]) -> None:
    database.delete(word, card.code)


def _set_datafield(database: Database, word: str, card: Card, order: Mapping[str, Any]) -> None:
    name = _datafield_name(order)
    content, param = order.get("content"), order.get("param", "")
    field = Datafield(name, None if content is None else str(content), None if param is None else str(param))
    others = [one for one in card.datafields if one.code != name]
    _save_datafields(database, word, replace(card, datafields=(*others, field)))


def _remove_datafield(database: Database, word: str, card: Card, order: Mapping[str, Any]) -> None:
    name = _datafield_name(order)
    others = tuple(one for one in card.datafields if one.code != name)
    _save_datafields(database, word, replace(card, datafields=others))


def _datafield_name(order: Mapping[str, Any]) -> str:
    if not isinstance(order.get("datafield"), str):
        raise OrderError('"datafield" is the code of the datafield')
    return str(order["datafield"])


def _save_datafields(database: Database, word: str, card: Card) -> None:
    if database.switches["datafield_moves_ts"] == "yes":
        database.save(word, card)
        return
    database.registers[word].put(card)


ACTS: dict[str, Act] = {
    "edit": _edit,
    "close": _close,
    "reopen": _reopen,
    "delete": _delete,
    "set_datafield": _set_datafield,
    "remove_datafield": _remove_datafield,
}


def act(database: Database, order: Mapping[str, Any]) -> dict[str, Any]:
    """
    Do one act to one card; ``create`` makes a new one out of ``record``.

    :raises OrderError: unknown action, register or card
    """
    action, word = str(order.get("action")), str(order.get("what", CUSTOMER.word))
    if word not in COMPONENTS:
        raise OrderError(f"unknown register {word!r}", {"what": sorted(COMPONENTS)})
    if action == "create":
        return _create(database, word, order)
    if action not in ACTS:
        raise OrderError(f"unknown action {action!r}", {"actions": sorted([*ACTS, "create"])})
    card = database.registers[word].find(str(order.get("code")))
    if card is None:
        raise OrderError(f"no {word} with code {order.get('code')!r}", status=404)
    ACTS[action](database, word, card, order)
    return {"action": action, "what": word, "code": card.code, "ts": database.now()}


def _create(database: Database, word: str, order: Mapping[str, Any]) -> dict[str, Any]:
    card = read_card(order.get("record"))
    register = database.registers[word]
    code = card.columns.get("code") or register.free_number()
    if register.find(code):
        raise OrderError(f"there is a {word} with code {code!r} already")
    saved = database.save(word, card.with_columns({"code": code}))
    return {"action": "create", "what": word, "code": code, "ts": saved.ts}
