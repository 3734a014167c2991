# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Let somebody watch the calls of this process: vendor and status of each, nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

NO_ANSWER = "no_answer"

Observer = Callable[[str, str], None]
"""Called for each request, retries included: the vendor, and the HTTP status or ``no_answer``. From any thread."""

_observers: list[Observer] = []


@contextmanager
def observed(observer: Observer) -> Iterator[None]:
    """Tell an observer of every request that sessions of this process make inside the block.

    :param observer: has to be quick and must not raise
    """
    _observers.append(observer)
    try:
        yield
    finally:
        _observers.remove(observer)


def note_request(vendor: str, status: str) -> None:
    """Tell whoever watches of one request."""
    for observer in tuple(_observers):
        observer(vendor, status)
