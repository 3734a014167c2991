# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Jobs that are asked about until they are done (contract section 9)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

FIRST_JOB = 48_213
Work = Callable[[float], Any]


@dataclass
class Job:
    """
    One job.

    :param due: seconds since 1970 at which it is done even if nobody asks
    :param work: does it at a given time and gives the content of the file; None = no file
    :param end: ``finishes``, ``never`` or ``fails``
    """

    number: int
    kind: str
    due: float
    work: Work
    end: str
    polls: int = 0
    is_done: bool = False
    file: Any = None

    def finish(self, when: float) -> None:
        """Come to the end: do the work, or fail; a job that never ends stays as it is."""
        if self.is_done or self.end == "never":
            return
        self.is_done = True
        if self.end == "finishes":
            self.file = self.work(when)
        # A job holds its whole batch.
        self.work = _nothing


def _nothing(when: float) -> None:
    return None


class Jobs:
    """The jobs of one account by number."""

    def __init__(self) -> None:
        self._jobs: dict[int, Job] = {}

    def start(self, kind: str, due: float, end: str, work: Work) -> Job:
        """Take a job."""
        job = Job(FIRST_JOB + len(self._jobs), kind, due, work, end)
        self._jobs[job.number] = job
        return job

    def find(self, number: Any) -> Job | None:
        """Give a job by its number, which may come as text."""
        return self._jobs.get(int(number)) if str(number).isdecimal() else None

    def settle(self, now: float) -> None:
        """Finish what is due, in the order of starting."""
        for job in self._jobs.values():
            if not job.is_done and job.due <= now:
                job.finish(job.due)

    def summary(self) -> list[dict[str, Any]]:
        """Every job as the control port shows it."""
        return [
            {"requestId": job.number, "kind": job.kind, "done": job.is_done, "end": job.end, "polls": job.polls}
            for job in self._jobs.values()
        ]
