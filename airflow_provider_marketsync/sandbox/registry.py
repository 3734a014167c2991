# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Which vendors have a stand-in, and the port each has by default."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_marketsync.sandbox.directo.vendor import DirectoSandbox
from airflow_provider_marketsync.sandbox.mailup.vendor import MailUpSandbox
from airflow_provider_marketsync.sandbox.salesmanago.vendor import SalesmanagoSandbox
from airflow_provider_marketsync.sandbox.smaily.vendor import SmailySandbox

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.clock import Clock
    from airflow_provider_marketsync.sandbox.vendor import Vendor

# Distance of each vendor's port from the control port.
PORT_OFFSETS: dict[type[Vendor], int] = {
    DirectoSandbox: 1,
    SmailySandbox: 2,
    SalesmanagoSandbox: 3,
    MailUpSandbox: 4,
}


def make_vendors(clock: Clock) -> dict[str, Vendor]:
    """Make every vendor's stand-in in its demo state, by name."""
    return {kind.name: kind(clock) for kind in PORT_OFFSETS}


def port_offsets() -> dict[str, int]:
    """Distance of each vendor's port from the control port, by name."""
    return {kind.name: offset for kind, offset in PORT_OFFSETS.items()}
