# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""How a file that arrives is to be read (contract sections 7.2 and 7.3)."""

from __future__ import annotations

from dataclasses import dataclass

from airflow_provider_marketsync.sandbox.mailup.import_job import AS_OPTIN, AS_OPTOUT, AS_PENDING, PLAIN

MODES = {"default": PLAIN, "unsubscribed": AS_OPTOUT, "force": AS_OPTIN, "pending": AS_PENDING}
ENCODINGS = {"utf-8": "utf-8-sig", "ansi": "windows-1252"}


@dataclass(frozen=True)
class FileInstance:
    """
    One agreed way of importing files.

    :param list_id: list of every row; None where the rows name theirs
    :param mode: a key of :data:`MODES`
    """

    list_id: int | None
    group_id: int | None = None
    mode: str = "default"
    separator: str = "|"
    encoding: str = "utf-8"
