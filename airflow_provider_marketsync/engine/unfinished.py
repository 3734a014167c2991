# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Records a run could not finish: kept with their reason, and tried again later and later."""

from __future__ import annotations

import time
from datetime import timedelta

import msgspec

from airflow_provider_marketsync.engine.outcomes import Outcome
from airflow_provider_marketsync.engine.scan import Job
from airflow_provider_marketsync.extracts.carry_over import Carried, CarryOverWriter
from airflow_provider_marketsync.ledger.rows import Attention

SPACING = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1), timedelta(days=3), timedelta(days=7))
BUFFER = 500


def not_before(attempts: int) -> float:
    """Return the earliest time of the next try, in seconds since the epoch.

    :param attempts: refusals before this one
    """
    return time.time() + SPACING[min(attempts, len(SPACING) - 1)].total_seconds()


def refusal(job: Job, outcome: Outcome, reason: str) -> tuple[bytes, str, str, float, bool, int]:
    """Return what the ledger notes of a refused record."""
    known = job.known
    may_have_arrived = bool(known.attention & Attention.PENDING)
    return job.fingerprint, outcome.value, reason, not_before(known.attempts), may_have_arrived, known.id


class Unfinished:
    """Collect the carry-over of a run.

    :param writer: writes it
    """

    def __init__(self, writer: CarryOverWriter) -> None:
        self._writer = writer
        self._lines: list[Carried] = []
        self.number = 0

    def carry(self, job: Job, outcome: Outcome, reason: str) -> None:
        """Keep one record for the next run."""
        self._lines.append(Carried(msgspec.Raw(job.raw), job.read_at, job.shape, outcome.value, reason))
        self.number += 1
        if len(self._lines) >= BUFFER:
            self._flush()

    def _flush(self) -> None:
        self._writer.add(self._lines)
        self._lines = []

    def finish(self) -> str | None:
        """Write everything.

        :return: path of the carry-over's manifest, None when nothing is unfinished
        """
        self._flush()
        return self._writer.finish()

    def discard(self) -> None:
        """Throw the collection away; for a run that did not end."""
        self._writer.discard()
