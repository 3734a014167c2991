# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Python's collector of cycles during a run."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

NEW_OBJECTS = 50_000
"""A block's records, with all that hangs on them."""


@contextmanager
def seldom_collecting() -> Iterator[None]:
    """Let the collector look only after many new objects.

    Records make hundreds of thousands of objects and no cycle; by default it looks at each of them several times, and
    at all that Airflow has imported now and then.
    """
    usual = gc.get_threshold()
    gc.set_threshold(NEW_OBJECTS, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
