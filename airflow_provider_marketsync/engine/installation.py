# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Where an installation keeps its memory, and what it may write at all."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fnmatch import fnmatchcase

from airflow_provider_marketsync.contacts.address import normal_form


@dataclass(frozen=True, slots=True)
class Installation:
    """The settings of ``[marketsync]`` that the engine needs.

    :param ledger: path of the SQLite ledger
    :param extracts: path or URL of the extracts folder
    :param extract_retention: how long superseded extracts stay
    :param carry_over_retention: how long the values of an unfinished record stay
    :param journal_retention: how long runs and the journal of what they did stay
    :param only_addresses: patterns (``*@example.com``); when given, nobody else is ever written (rule 10)
    """

    ledger: str
    extracts: str
    extract_retention: timedelta = timedelta(days=3)
    carry_over_retention: timedelta = timedelta(days=90)
    journal_retention: timedelta = timedelta(days=365)
    only_addresses: tuple[str, ...] = ()

    def may_write(self, address: str) -> bool:
        """Tell whether this installation may write to an address at all."""
        if not self.only_addresses:
            return True
        plain = normal_form(address)
        return any(fnmatchcase(plain, pattern.lower()) for pattern in self.only_addresses)
