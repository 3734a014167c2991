# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Smaily's connection."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from requests.auth import HTTPBasicAuth

from airflow_provider_marketsync.connection_forms import SMAILY
from airflow_provider_marketsync.hooks.base import MarketSyncHook
from airflow_provider_marketsync.hooks.raw import Wire
from airflow_provider_marketsync.transport.rate import RateLimit
from airflow_provider_marketsync.transport.retries import Retries
from airflow_provider_marketsync.transport.session import HttpSession
from airflow_provider_marketsync.vendors.smaily.settings import SmailySettings

if TYPE_CHECKING:
    from airflow_provider_marketsync.vendors.smaily.target import SmailyTarget


class SmailyHook(MarketSyncHook):
    """Call one Smaily account.

    :param smaily_conn_id: id of the Airflow connection
    :param http: what ``HttpOperator`` hands to a hook
    """

    conn_name_attr = "smaily_conn_id"
    default_conn_name = SMAILY.default_conn_id
    conn_type = SMAILY.conn_type
    hook_name = SMAILY.hook_name

    def __init__(self, smaily_conn_id: str = default_conn_name, **http: Any) -> None:
        super().__init__(smaily_conn_id, **http)

    @cached_property
    def settings(self) -> SmailySettings:
        """The connection, parsed."""
        return self.parse(SmailySettings.from_connection)

    @property
    def wire(self) -> Wire:
        """Scripts below the account's URL, signed with the API user, at the allowed rate."""
        account = self.settings
        return Wire(
            account.base_url,
            HTTPBasicAuth(account.username.encode(), account.password.encode()),
            account.http,
            RateLimit.shared(account.rate_key, account.calls_per_second),
        )

    def check(self) -> None:
        """List the segments."""
        from airflow_provider_marketsync.vendors.smaily.target import SmailyTarget

        options = self.impatient(self.settings.http)
        session = HttpSession(self.conn_type, auth=self.wire.auth, options=options, retries=Retries(attempts=1))
        SmailyTarget(self.settings, session=session).check()

    def target(self, *, fields: int = 0) -> SmailyTarget:
        """Return the account as a target."""
        from airflow_provider_marketsync.vendors.smaily.target import SmailyTarget

        return SmailyTarget(self.settings, fields=fields)

    @classmethod
    def get_ui_field_behaviour(cls) -> dict[str, Any]:
        """Return labels and placeholders of the form (Airflow 2.11 to 3.1)."""
        return SMAILY.field_behaviour()

    @classmethod
    def get_connection_form_widgets(cls) -> dict[str, Any]:
        """Return the form's own fields (Airflow 2.11 to 3.1)."""
        return SMAILY.widgets()
