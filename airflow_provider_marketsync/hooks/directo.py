# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Directo's connection."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.connection_forms import DIRECTO
from airflow_provider_marketsync.hooks.base import MarketSyncHook
from airflow_provider_marketsync.hooks.raw import FormCredential, Wire
from airflow_provider_marketsync.vendors.directo.component import Component as Register
from airflow_provider_marketsync.vendors.directo.settings import DirectoSettings, Method
from airflow_provider_marketsync.vendors.directo.source import DirectoSource

if TYPE_CHECKING:
    from airflow_provider_marketsync.contacts.model import Component

REGISTERS: dict[Component, Register] = {"customers": Register.CUSTOMER, "contacts": Register.CONTACT}


class DirectoHook(MarketSyncHook):
    """Call one Directo interface; a raw call posts to its URL, and the key or token is added to the form.

    :param directo_conn_id: id of the Airflow connection
    :param http: what ``HttpOperator`` hands to a hook
    """

    conn_name_attr = "directo_conn_id"
    default_conn_name = DIRECTO.default_conn_id
    conn_type = DIRECTO.conn_type
    hook_name = DIRECTO.hook_name

    def __init__(self, directo_conn_id: str = default_conn_name, **http: Any) -> None:
        super().__init__(directo_conn_id, **http)

    @cached_property
    def settings(self) -> DirectoSettings:
        """The connection, parsed."""
        return self.parse(DirectoSettings.from_connection)

    @property
    def wire(self) -> Wire:
        """The interface's URL, with key or token in the form."""
        door = self.settings
        name = door.interface.credential_name
        return Wire(door.url, FormCredential(name, door.credential, in_url=door.method is Method.GET), door.http)

    def check(self) -> None:
        """Read a card that does not exist."""
        DirectoSource(replace(self.settings, http=self.impatient(self.settings.http))).check()

    def source(self, component: Component = "customers") -> DirectoSource:
        """Return one of the interface's registers as a source."""
        return DirectoSource(self.settings, REGISTERS[component])

    @classmethod
    def get_ui_field_behaviour(cls) -> dict[str, Any]:
        """Return labels and placeholders of the form (Airflow 2.11 to 3.1)."""
        return DIRECTO.field_behaviour()

    @classmethod
    def get_connection_form_widgets(cls) -> dict[str, Any]:
        """Return the form's own fields (Airflow 2.11 to 3.1)."""
        return DIRECTO.widgets()
