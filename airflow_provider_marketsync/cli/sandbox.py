# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""``marketsync sandbox``: local servers that behave like the vendors."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import signal
from typing import TYPE_CHECKING, Any

import click

from airflow_provider_marketsync.exceptions import SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine


@click.command()
@click.option("--port-base", default=8700, show_default=True, help="Control port, the vendors follow; 0 takes free ports.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--connections", is_flag=True, help="Print Airflow connections instead of URLs.")
def sandbox(port_base: int, host: str, connections: bool) -> None:
    """Serve stand-ins of the vendors until Ctrl-C.

    When everything answers, one line of JSON tells the URLs; GET / of the control URL lists what it can do.
    """
    serve = _runner()
    show = functools.partial(print, flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        try:
            asyncio.run(_until_ended(serve(port_base=port_base, host=host, connections=connections, show=show)))
        except OSError as error:
            raise SettingsError(
                f"The sandbox can not listen at {host}: {error.strerror or error}. "
                "Take other ports with --port-base, or 0 for free ones.",
                docs="sandbox.md",
            ) from None


def _runner() -> Callable[..., Coroutine[Any, Any, None]]:
    try:
        from airflow_provider_marketsync.sandbox import run
    except ImportError as error:
        raise SettingsError(
            f"The sandbox needs {error.name}: pip install 'airflow-provider-marketsync[sandbox]'.", docs="sandbox.md"
        ) from None
    return run


async def _until_ended(serving: Coroutine[Any, Any, None]) -> None:
    """Serve until SIGTERM, which ends the servers as Ctrl-C does."""
    task = asyncio.ensure_future(serving)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task
