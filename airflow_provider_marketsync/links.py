# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The button on a task's page that opens the vendor's own pages."""

from __future__ import annotations

from typing import Any

from airflow_provider_marketsync.compat import BaseOperatorLink

WEB_ADDRESS = "vendor_url"
"""XCom key under which, and attribute in which, a task leaves the address."""


class MarketSyncLink(BaseOperatorLink):
    """Open the vendor a task talked to: the root of the connection's own server.

    The contracts of the vendors name no address of a contact's or a list's page, and an invented one would lead nowhere.
    """

    name = "Open the vendor"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """Return the address the task left behind; empty, and thus no button, where it did not get that far.

        Airflow 3 asks in the task's own process when it ends, Airflow 2 in the web server.
        """
        left: str | None = getattr(operator, WEB_ADDRESS, None)
        if left is not None:
            return left
        from airflow_provider_marketsync.compat import XCom

        return XCom.get_value(ti_key=ti_key, key=WEB_ADDRESS) or ""
