# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What a run tells: counts, field names and short ids; nothing personal."""

from __future__ import annotations

import time
from dataclasses import dataclass

from airflow_provider_marketsync.engine.guards import Guard
from airflow_provider_marketsync.engine.optouts import Pulled
from airflow_provider_marketsync.engine.outcomes import Tally
from airflow_provider_marketsync.engine.work import Worker


@dataclass(frozen=True, slots=True)
class Report:
    """Gather the summary of a run.

    :param sync: id of the sync
    :param run: number of the run
    :param began: when it began, in seconds since the epoch
    :param pulled: what the pull of opt-outs came to
    :param warnings: sentences a person should read
    :param guard: what was held and planned
    """

    sync: str
    run: int
    began: float
    pulled: Pulled
    warnings: list[str]
    guard: Guard

    def planned(self) -> dict[str, object]:
        """Return the summary of a run that only planned."""
        survey = self.guard.survey.to_dict() if self.guard.survey else {}
        return {**self._head(), **survey, "sent": False, "plan": self.guard.plan_id}

    def done(self, tally: Tally, worker: Worker, mails_per_create: int) -> dict[str, object]:
        """Return the summary of a run that did its work."""
        return {
            **self._head(),
            **tally.to_dict(),
            "sent": True,
            "held": dict(worker.held),
            "plan": self.guard.plan_id,
            "first_mailings": dict(worker.first_mailings),
            "opt_outs_told": worker.told,
            "opt_outs_untold": worker.untold,
            "collisions": worker.collisions,
            "map_misses": worker.misses.to_dict(),
            "carried_over": worker.unfinished.number,
            "needs_full_read": worker.needs_reading,
            "mails_caused": worker.first_mailings.total() * mails_per_create,
        }

    def _head(self) -> dict[str, object]:
        return {
            "sync": self.sync,
            "run": self.run,
            "target": self.guard.vendor,
            "target_account": self.guard.account,
            "seconds": round(time.time() - self.began, 3),
            "opt_outs_pulled": self.pulled.told,
            "opt_outs_new": self.pulled.new,
            "rebaselined": self.pulled.rebaselined,
            "warnings": self.warnings,
        }
