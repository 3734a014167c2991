# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Which ledger a command looks into, and which of its syncs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from airflow_provider_marketsync.exceptions import LedgerError, PlanError

if TYPE_CHECKING:
    from airflow_provider_marketsync.ledger.ledger import Ledger, SyncLedger

ledger_option: Callable[[Any], Any] = click.option(
    "--ledger",
    type=click.Path(dir_okay=False),
    help="The ledger's file. Without it Airflow's [marketsync] ledger counts.",
)


@contextmanager
def open_ledger(path: str | None) -> Iterator[Ledger]:
    """Open a ledger that exists.

    :param path: its file; None = what Airflow's configuration says, the only case in which Airflow is imported
    :raises LedgerError: if there is none; looking must not make one
    """
    from airflow_provider_marketsync.ledger.ledger import Ledger

    place = Path(path or _configured())
    if not place.is_file():
        raise LedgerError(
            f"There is no ledger at {place}. It begins with the first run of a sync; name another file with --ledger, or set "
            "AIRFLOW_HOME as your Airflow has it.",
            docs="ledger.md",
        )
    with Ledger(place) as ledger:
        yield ledger


def open_known(ledger: Ledger, asked: str) -> SyncLedger:
    """Open a sync that ran before.

    :param asked: its id, or the path of its definition
    :raises PlanError: if the ledger does not know it
    """
    from airflow_provider_marketsync.ledger.queries import Queries

    name = sync_id(asked)
    if ledger.syncs.row(name) is None:
        known = ", ".join(Queries(ledger.connection).sync_names()) or "none yet"
        raise PlanError(f"This ledger knows no sync {name!r}. It knows: {known}.")
    return ledger.open_sync(name)


def sync_id(asked: str) -> str:
    """Return a sync's id.

    :param asked: the id itself, or the path of a definition
    :raises DefinitionError: if it is a path and the definition there is wrong
    """
    if not is_path(asked):
        return asked
    from airflow_provider_marketsync.contacts.definition import Sync

    return Sync.load(asked).id


def is_path(asked: str) -> bool:
    """Tell a path from an id, which has neither dots nor slashes."""
    return "." in asked or os.sep in asked


def _configured() -> str:
    from airflow_provider_marketsync.operators.settings import ledger_path

    return ledger_path()
