# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""``python -m airflow_provider_marketsync.sandbox``: serve until interrupted."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal

from airflow_provider_marketsync.sandbox.server import DEFAULT_PORT_BASE, run


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="marketsync sandbox", description=__doc__)
    parser.add_argument("--port-base", type=int, default=DEFAULT_PORT_BASE, help="control port; 0 takes free ports")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at")
    parser.add_argument("--connections", action="store_true", help="print Airflow connections instead of URLs")
    return parser.parse_args()


async def _serve(arguments: argparse.Namespace) -> None:
    loop = asyncio.get_running_loop()
    serving = run(port_base=arguments.port_base, host=arguments.host, connections=arguments.connections)
    task = asyncio.ensure_future(serving)
    loop.add_signal_handler(signal.SIGTERM, task.cancel)
    with contextlib.suppress(asyncio.CancelledError):
        await task


def main() -> None:
    """
    Serve until interrupted or terminated.

    :raises SystemExit: a port is taken
    """
    try:
        asyncio.run(_serve(_arguments()))
    except OSError as error:
        raise SystemExit(f"{error.strerror}. Choose other ports with --port-base, or 0 for free ones.") from None
    except KeyboardInterrupt:
        return


if __name__ == "__main__":
    main()
