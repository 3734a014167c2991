# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What our sensors share: a look that changes nothing, from a worker or from the triggerer."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.compat import BaseSensorOperator
from airflow_provider_marketsync.operators import definitions
from airflow_provider_marketsync.operators.boundary import airflow_errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from airflow_provider_marketsync.compat import BaseTrigger, Context, PokeReturnValue
    from airflow_provider_marketsync.contacts.definition import Sync
    from airflow_provider_marketsync.engine.peek import Peek
    from airflow_provider_marketsync.ledger.view import LedgerView
    from airflow_provider_marketsync.operators.definitions import SyncArgument

log = logging.getLogger(__name__)


class SyncSensor(BaseSensorOperator):
    """A sensor over one sync.

    :param sync: definition of the sync, as the operators take it (templated)
    :param deferrable: wait in the triggerer, without a worker's slot; by default as ``[operators] default_deferrable`` says
    :param poke_interval: seconds between two looks
    """

    template_fields: Sequence[str] = ("sync",)
    template_fields_renderers = {"sync": "json"}  # noqa: RUF012 - Airflow declares it so
    ui_color = "#f4ecd8"

    def __init__(
        self,
        *,
        sync: SyncArgument,
        deferrable: bool | None = None,
        poke_interval: timedelta | float = 300.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(poke_interval=poke_interval, **kwargs)
        self.sync = definitions.plain(sync, definitions.folder_of(self))
        self.deferrable = _default_deferrable() if deferrable is None else deferrable

    def look(self, sync: Sync, ledger: LedgerView) -> Peek:
        """Tell whether there is news."""
        raise NotImplementedError

    def trigger(self, sync_id: str, ledger: str) -> BaseTrigger:
        """Return what looks in the triggerer."""
        raise NotImplementedError

    def poke(self, context: Context) -> PokeReturnValue:
        """Look once. A deferrable sensor that sees nothing leaves the worker here.

        Airflow's exceptions for leaving go through the sensor's own conventions (soft_fail, never_fail, silent_fail).
        """
        from airflow_provider_marketsync.compat import PokeReturnValue
        from airflow_provider_marketsync.operators.settings import ledger_path

        path = ledger_path()
        with airflow_errors():
            sync = definitions.load(self.sync, self.dag.folder)
            peek = self._look(sync, path)
            log.info("%s: %s (%d read in %.1f s)", sync.id, peek.why, peek.read, peek.seconds)
            if self.deferrable and not peek.news:
                _remember(sync, path)
        if self.deferrable and not peek.news:
            trigger = self.trigger(sync.id, path)
            self.defer(trigger=trigger, method_name="execute_complete", timeout=timedelta(seconds=self.timeout))
        return PokeReturnValue(bool(peek.news), _told(sync.id, peek.to_dict()))

    def execute_complete(self, context: Context, event: Any = None) -> dict[str, Any]:
        """End the wait; Airflow calls it with the trigger's event."""
        from airflow_provider_marketsync.compat import AirflowException, AirflowFailException

        payload = event if isinstance(event, Mapping) else {}
        if payload.get("status") == "news":
            log.info("%s: %s", payload["sync"], payload["news"])
            return _told(payload["sync"], payload)
        if payload.get("status") == "error":
            raise (AirflowFailException if payload.get("fatal") else AirflowException)(payload["error"])
        raise AirflowException("The wait ended without news; look at the triggerer (see docs/waiting.md)")

    def _look(self, sync: Sync, path: str) -> Peek:
        from airflow_provider_marketsync.ledger.view import LedgerView
        from airflow_provider_marketsync.triggers.looking import never_run

        if not Path(path).is_file():
            log.warning("There is no ledger at %s yet, so this counts as a first run (docs/waiting.md)", path)
            return never_run()
        with LedgerView(path) as ledger:
            return self.look(sync, ledger)


def _told(sync_id: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    return {"sync": sync_id, **{name: payload[name] for name in ("news", "read", "seconds")}}


def _default_deferrable() -> bool:
    from airflow_provider_marketsync.compat import conf

    return bool(conf.getboolean("operators", "default_deferrable", fallback=False))


def _remember(sync: Sync, path: str) -> None:
    """Let the ledger know the definition the triggerer is to look by, where it is not that of the last run."""
    import msgspec

    from airflow_provider_marketsync.ledger.ledger import Ledger
    from airflow_provider_marketsync.ledger.view import LedgerView

    definition = msgspec.json.encode(sync.to_dict()).decode()
    with LedgerView(path) as view:
        if view.syncs.definition(sync.id) == definition:
            return
    with Ledger(path) as ledger, ledger.transaction():
        ledger.syncs.remember_definition(ledger.syncs.ensure(sync.id).id, definition)
