# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Threads for what would block the triggerer's loop: one pool of our own in each triggerer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import TypeVar

from airflow_provider_marketsync.exceptions import NoAnswerError

THREADS = 32
"""Looks at one time; Airflow's own pool has few threads, and other triggers need them."""
LIMIT = 900.0
"""Seconds a look may take, its turn in the queue included."""

T = TypeVar("T")


async def in_thread(work: Callable[[], T], limit: float = LIMIT) -> T:
    """Run blocking work without blocking the loop.

    :param work: called in a thread, where connections may be looked up as in a task
    :param limit: seconds; the thread itself is ended by the timeouts of its calls
    :raises NoAnswerError: when the limit has passed
    """
    from asgiref.sync import sync_to_async

    # Not run_in_executor: a look-up asks the triggerer's parent through the loop, and on Airflow 3.1 only asgiref finds it.
    running = asyncio.ensure_future(sync_to_async(work, thread_sensitive=False, executor=_pool())())
    running.add_done_callback(_take_note)
    try:
        # Not wait_for: before Python 3.12 it swallows a cancellation that comes together with the result.
        done, _ = await asyncio.wait({running}, timeout=limit)
    finally:
        running.cancel()
    if not done:
        raise NoAnswerError(f"A look took longer than {limit:.0f} s; look for a server that does not answer", docs="waiting.md")
    return running.result()


def _take_note(running: asyncio.Future[T]) -> None:
    """Look at an error nobody waits for any more; asyncio would log it, text and all."""
    if not running.cancelled():
        running.exception()


@lru_cache(maxsize=1)
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(THREADS, thread_name_prefix="marketsync")
