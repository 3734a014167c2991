# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""From a sync's connections to the engine's ports: the connection's type picks the hook."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_marketsync.connection_forms import FORMS
from airflow_provider_marketsync.exceptions import CapabilityError, SettingsError, about_connection

if TYPE_CHECKING:
    from airflow_provider_marketsync.contacts.definition import Sync
    from airflow_provider_marketsync.engine.ports import Source, Target
    from airflow_provider_marketsync.hooks.base import MarketSyncHook


def source_of(sync: Sync) -> Source:
    """Return the source a sync reads from.

    :raises CapabilityError: if it is no connection, or one that can not be a source
    :raises SettingsError: if the connection's type is none of ours
    """
    if sync.source.conn_id is None:
        raise CapabilityError(
            f"The source {sync.source.name!r} of sync {sync.id!r} is no connection; a task of your own writes its "
            "extracts with write_extract(), and the upsert task takes them"
        )
    hook = _hook(sync.source.conn_id)
    with about_connection(sync.source.conn_id):
        return hook.source(sync.source.component)


def target_of(sync: Sync) -> Target:
    """Return the target a sync delivers to.

    :raises CapabilityError: if the connection's vendor can not be a target
    :raises SettingsError: if the connection's type is none of ours
    """
    hook = _hook(sync.target)
    with about_connection(sync.target):
        return hook.target(fields=len(sync.mapping))


def web_address_of(conn_id: str) -> str:
    """Return where a person opens the vendor behind a connection.

    :raises SettingsError: if the connection's type is none of ours
    """
    return _hook(conn_id).web_address


def _hook(conn_id: str) -> MarketSyncHook:
    from airflow_provider_marketsync.compat import AirflowException, AirflowNotFoundException, BaseHook
    from airflow_provider_marketsync.hooks.base import MarketSyncHook

    try:
        connection = BaseHook.get_connection(conn_id)
    except AirflowNotFoundException:
        raise SettingsError(
            f"There is no connection {conn_id!r}. Make it under Admin > Connections, or set AIRFLOW_CONN_{conn_id.upper()}; "
            "if that is set already, look whether it is valid JSON."
        ) from None
    try:
        hook = connection.get_hook()  # type: ignore[no-untyped-call]
    except AirflowException:  # no provider knows the type
        hook = None
    if isinstance(hook, MarketSyncHook):
        return hook
    known = {form.conn_type for form in FORMS}
    if connection.conn_type in known:
        raise SettingsError(
            "Airflow does not know this provider: install it as a package (pip install), then start Airflow again."
        )
    raise SettingsError(
        f"The connection {conn_id!r} has {_type_of(connection.conn_type)}; set it to one of " + ", ".join(sorted(known))
    )


def _type_of(conn_type: str | None) -> str:
    return f"the type {conn_type!r}" if conn_type else "no type"
