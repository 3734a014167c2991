# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What every task lets be seen of itself while it works: metrics, the link to the vendor, and an error's last line."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from airflow_provider_marketsync.exceptions import (
    AuthError,
    DefinitionError,
    LimitExceeded,
    MarketSyncError,
    PlanError,
    RateLimitError,
    RetryableError,
    SettingsError,
)
from airflow_provider_marketsync.operators.metrics import measured

log = logging.getLogger(__name__)

_CONNECTION = "Correct the connection (`airflow connections test {connection}` tells more), then clear this task."
_NEXT: tuple[tuple[type[MarketSyncError], str], ...] = (
    (LimitExceeded, "Everything else was done, and later runs try again by themselves: clear nothing."),
    (AuthError, _CONNECTION),
    (SettingsError, "Correct it, then clear this task."),
    (DefinitionError, "Mend the definition, then clear this task."),
    (PlanError, "`marketsync plan {sync}` shows what waits."),
    (RateLimitError, "Airflow tries again while the task has retries; give the vendor's tasks one pool (docs/watching.md)."),
    (RetryableError, "Airflow tries again while the task has retries; after the last one clear the task. Nothing is lost."),
    (MarketSyncError, "Do what the message says, then clear this task; it goes on where it ended."),
)


@contextmanager
def watched(operator: Any, operation: str) -> Iterator[None]:
    """Measure a task, and end the log of one that fails with what to do next.

    :param operator: the task's operator
    :param operation: what the task does
    """
    try:
        with measured(operation):
            yield
    except MarketSyncError as error:
        log.error("%s", _last_line(operator, operation, error))
        raise


def _last_line(operator: Any, operation: str, error: MarketSyncError) -> str:
    syncs = _syncs_of(operator)
    sync = " and ".join(_id_of(one) for one in syncs)
    named = {"sync": sync, "connection": _connection_of(syncs[0], operation)}
    step = next(step for kind, step in _NEXT if isinstance(error, kind)).format(**named)
    told = str(error).rstrip(".")
    return f"Sync {sync}, {operation} failed: {type(error).__name__}: {told}. Next: {step}"


def offer_link(operator: Any, context: Any, conn_id: str) -> None:
    """Leave the vendor's address for the button on the task's page.

    :param operator: the task's operator
    :param context: Airflow's task context
    :param conn_id: id of the connection
    """
    from airflow_provider_marketsync.links import WEB_ADDRESS
    from airflow_provider_marketsync.operators.connections import web_address_of

    address = web_address_of(conn_id)
    setattr(operator, WEB_ADDRESS, address)
    context["ti"].xcom_push(key=WEB_ADDRESS, value=address)


def _syncs_of(operator: Any) -> list[Any]:
    kept = operator.sync
    return kept if isinstance(kept, list) and kept else [kept]


def _id_of(sync: Any) -> str:
    """Return a sync's id as far as it can be told from an operator's argument."""
    return str(sync.get("id")) if isinstance(sync, Mapping) else str(sync)


def _connection_of(sync: Any, operation: str) -> str:
    """Return the id of the connection a task uses, as far as it can be told from an operator's argument."""
    if not isinstance(sync, Mapping):
        return "<id>"
    source = sync.get("source")
    ids = {"source": source.get("connection") if isinstance(source, Mapping) else source, "target": sync.get("target")}
    used = {"fetch": ["source"], "preflight": ["source", "target"]}.get(operation, ["target"])
    return "` and `airflow connections test ".join(str(ids[side]) for side in used if ids[side])
