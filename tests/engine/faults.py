# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Faults to order: a worker that dies at a chosen moment, and a clock that can be moved."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from airflow_provider_marketsync.extracts.writer import ExtractWriter
from airflow_provider_marketsync.ledger.store import Store


class Crash(BaseException):
    """The worker dies here. No ``except Exception`` sees it."""


@dataclass
class Doom:
    """When the worker dies: at the n-th event of a kind. Once dead, nothing it touches works any more.

    :param kind: ``commit`` (before it), ``committed`` (just after it), ``file`` (an extract's file), ``before`` or ``after``
        (around the target's work on a batch)
    :param countdown: how many events of the kind still go well
    """

    kind: str
    countdown: int
    dead: bool = False

    def reach(self, kind: str) -> None:
        """Die, if this is the moment or has been before."""
        if self.dead:
            raise Crash
        if kind != self.kind:
            return
        self.countdown -= 1
        if self.countdown < 0:
            self.dead = True
            raise Crash


@contextmanager
def dying(doom: Doom) -> Iterator[None]:
    """Let the worker die inside the block: transactions, files and clean-up end with it, as with a real kill."""
    transaction, write, discard = Store.transaction, ExtractWriter.write, ExtractWriter.discard

    @contextmanager
    def deadly(self: Store) -> Iterator[sqlite3.Connection]:
        doom.reach("begin")
        with transaction(self) as connection:
            yield connection
            doom.reach("commit")
        doom.reach("committed")

    def deadly_write(self: ExtractWriter, lines: object) -> None:
        write(self, lines)  # type: ignore[arg-type]
        doom.reach("file")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Store, "transaction", deadly)
        patch.setattr(ExtractWriter, "write", deadly_write)
        patch.setattr(ExtractWriter, "discard", lambda self: None if doom.dead else discard(self))
        yield


class MovableClock:
    """``time.time`` with an offset; waits of hours and days cost nothing."""

    def __init__(self) -> None:
        self.offset = 0.0
        self._real = time.time

    def __call__(self) -> float:
        """Return the time."""
        return self._real() + self.offset

    @contextmanager
    def ruling(self) -> Iterator[None]:
        """Let this clock be the worker's inside the block."""
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(time, "time", self)
            yield
