# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Pytest fixtures for DAG authors: the vendors' stand-ins, fresh for every test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from airflow_provider_marketsync.sandbox.server import Sandbox


@pytest.fixture(scope="session")
def marketsync_sandbox_server() -> Iterator[Sandbox]:
    """One running sandbox for the whole test session, on free ports."""
    from airflow_provider_marketsync.sandbox.server import Sandbox

    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def marketsync_sandbox(marketsync_sandbox_server: Sandbox) -> Sandbox:
    """Give the running sandbox in its demo state; see :class:`~airflow_provider_marketsync.sandbox.Sandbox`."""
    marketsync_sandbox_server.reset()
    return marketsync_sandbox_server
