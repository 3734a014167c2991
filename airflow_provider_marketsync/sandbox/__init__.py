# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Local servers that behave like the vendors: for trying out, demos and tests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.server import Sandbox, run

__all__ = ["Sandbox", "run"]


def __getattr__(name: str) -> Any:
    # The pytest plugin of this package is loaded by every pytest run; the web library must not be.
    if name not in __all__:
        raise AttributeError(name)
    from airflow_provider_marketsync.sandbox import server

    return getattr(server, name)
