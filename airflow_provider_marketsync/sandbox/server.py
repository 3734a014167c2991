# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Starting and stopping the servers."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from aiohttp import web

from airflow_provider_marketsync.sandbox.clock import Clock
from airflow_provider_marketsync.sandbox.control import control_app
from airflow_provider_marketsync.sandbox.registry import make_vendors, port_offsets
from airflow_provider_marketsync.sandbox.vendor_app import vendor_app

if TYPE_CHECKING:
    from collections.abc import Callable

    from typing_extensions import Self

DEFAULT_PORT_BASE = 8700
_NO_BODY = object()


class Servers:
    """The web servers of one sandbox inside a running event loop."""

    def __init__(self, port_base: int, host: str) -> None:
        self._port_base = port_base
        self._host = host
        self._runners: list[web.AppRunner] = []
        self.urls: dict[str, str] = {}
        self.vendors = make_vendors(Clock())

    async def start(self) -> None:
        """
        Start all of them.

        :raises OSError: a port is taken
        """
        clock = next(iter(self.vendors.values())).clock
        await self._serve("control", 0, control_app(clock, self.vendors))
        for name, offset in port_offsets().items():
            await self._serve(name, offset, vendor_app(self.vendors[name]))

    async def _serve(self, name: str, offset: int, app: web.Application) -> None:
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await runner.setup()
        self._runners.append(runner)
        port = self._port_base + offset if self._port_base else 0
        await web.TCPSite(runner, self._host, port, backlog=512).start()
        self.urls[name] = f"http://{self._host}:{runner.addresses[0][1]}"

    async def stop(self) -> None:
        """Stop all of them."""
        for runner in reversed(self._runners):
            await runner.cleanup()

    def connections(self) -> dict[str, dict[str, Any]]:
        """Airflow connections to the stand-ins, in JSON form, by vendor."""
        made = {name: vendor.connection(self.urls[name]) for name, vendor in self.vendors.items()}
        return {name: connection for name, connection in made.items() if connection is not None}


def connection_lines(connections: dict[str, dict[str, Any]]) -> list[str]:
    """Environment lines that give Airflow these connections under ``<vendor>_default``."""
    return [
        f"AIRFLOW_CONN_{name.upper()}_DEFAULT='{json.dumps(connection, ensure_ascii=False)}'"
        for name, connection in connections.items()
    ]


def show_at_once(line: str) -> None:
    """Print a line so that a waiting program sees it now."""
    print(line, flush=True)


async def run(
    *,
    port_base: int = DEFAULT_PORT_BASE,
    host: str = "127.0.0.1",
    connections: bool = False,
    show: Callable[[str], None] = show_at_once,
) -> None:
    """
    Serve until cancelled.

    :param port_base: port of the control server, the vendors follow; 0 takes free ports
    :param host: address to listen at
    :param connections: show Airflow connections instead of the line of URLs
    :param show: takes each line for the user, once everything answers
    :raises OSError: a port is taken
    """
    servers = Servers(port_base, host)
    try:
        await servers.start()
        control = f"# control port: {servers.urls['control']}"
        for line in [*connection_lines(servers.connections()), control] if connections else [json.dumps(servers.urls)]:
            show(line)
        await asyncio.Event().wait()
    finally:
        await servers.stop()


class Sandbox:
    """
    The vendors' stand-ins on a thread of their own.

    Use it as a context manager, or call ``start`` and ``stop``.

    :param port_base: port of the control server, the vendors follow; 0 takes free ports
    :param host: address to listen at
    """

    def __init__(self, port_base: int = 0, host: str = "127.0.0.1") -> None:
        self._servers = Servers(port_base, host)
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def urls(self) -> dict[str, str]:
        """URL of the control port and of each vendor, without a trailing slash."""
        return dict(self._servers.urls)

    @property
    def connections(self) -> dict[str, dict[str, Any]]:
        """Airflow connections to the stand-ins, in JSON form, by vendor."""
        return self._servers.connections()

    def start(self) -> Self:
        """
        Start serving.

        :raises OSError: a port is taken
        """
        loop = self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=loop.run_forever, name="marketsync-sandbox", daemon=True)
        self._thread.start()
        try:
            asyncio.run_coroutine_threadsafe(self._servers.start(), loop).result()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop serving; where nothing runs it does nothing."""
        loop, self._loop = self._loop, None
        if loop is None:
            return
        asyncio.run_coroutine_threadsafe(self._wind_up(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        self._thread.join()
        loop.close()

    async def _wind_up(self) -> None:
        await self._servers.stop()
        # Silent and slow answers wait for a caller who is gone.
        waiting = asyncio.all_tasks() - {asyncio.current_task()}
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *exc_info: object) -> None:
        self.stop()

    def call(self, path: str, body: Any = _NO_BODY, method: str | None = None) -> Any:
        """
        Use the control port: GET without a body, POST with one.

        :param path: such as ``/smaily/store``
        :param body: anything that JSON can hold
        :param method: another verb, such as DELETE
        :return: the JSON answer
        :raises ValueError: the control port refused; the text says why
        """
        payload = None if body is _NO_BODY else json.dumps(body).encode()
        request = Request(self.urls["control"] + path, data=payload, method=method)  # noqa: S310
        try:
            with urlopen(request, timeout=120) as answer:  # noqa: S310
                return json.load(answer)
        except HTTPError as error:
            raise ValueError(error.read().decode()) from None

    def reset(self) -> None:
        """Go back to the demo state and to real time."""
        self.call("/reset", {})
