# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""How a read is asked for (contract 2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from airflow_provider_marketsync.vendors.directo.component import Component
from airflow_provider_marketsync.vendors.directo.cursor import EVERYTHING
from airflow_provider_marketsync.vendors.directo.settings import DirectoSettings, Method, Routing


@dataclass(frozen=True, slots=True)
class Question:
    """One read, ready to be sent.

    :param method: HTTP verb
    :param query: what goes into the URL
    :param form: what goes into the body
    """

    method: str
    query: Mapping[str, str] = field(repr=False)
    form: Mapping[str, str] = field(repr=False)


def read_changed(settings: DirectoSettings, component: Component, ts: str | None) -> Question:
    """Ask for the cards changed since ``ts``, for all without it. Closed ones are never left out."""
    asked = ts or (EVERYTHING if settings.filter_required else None)
    return _question(settings, component, {"ts": asked} if asked else {})


def read_code(settings: DirectoSettings, component: Component, code: str) -> Question:
    """Ask for one card."""
    return _question(settings, component, {"code": code})


def _question(settings: DirectoSettings, component: Component, filters: Mapping[str, str]) -> Question:
    secret = {settings.interface.credential_name: settings.credential}
    asked = {"get": "1", "what": component.value, **filters}
    if settings.method is Method.GET:
        return Question("GET", {**asked, **secret}, {})
    if settings.routing is Routing.QUERY:
        return Question("POST", asked, secret)
    return Question("POST", {}, {**secret, **asked})
