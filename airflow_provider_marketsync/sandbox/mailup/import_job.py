# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One import, and what of it can be read (contract section 5.5)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from airflow_provider_marketsync.sandbox.mailup.moments import utc_stamp
from airflow_provider_marketsync.sandbox.mailup.recipient import EMAIL

TO_DO, RUNNING, DONE, FAILED = 1, 2, 3, 4
PLAIN, AS_OPTIN, AS_OPTOUT, AS_PENDING = "", "asOptin", "asOptout", "asPending"


@dataclass(frozen=True)
class ImportOptions:
    """
    What an import is to do besides writing profile data.

    :param mode: ``importType`` of the call, or the setting of a file instance
    :param clears: fields missing or empty are emptied
    :param leaves_groups: recipients leave the groups they were in
    """

    mode: str = PLAIN
    confirms: bool = False
    clears: bool = False
    leaves_groups: bool = False
    ignores_mobile: bool = False
    channel: str = EMAIL


@dataclass
class Import:
    """
    One import.

    :param rows: recipient objects as they came; dropped once written
    :param refused: rows that were no rows at all, such as lines of a file with too few columns
    :param group_id: group to put everybody in
    :param by_file: it came as a file
    """

    id: int
    list_id: int
    rows: list[Any]
    options: ImportOptions
    accepted_at: float
    ends_at: float
    group_id: int | None = None
    refused: int = 0
    by_file: bool = False
    fails: bool = False
    filename: str = ""
    total: int = 0
    is_over: bool = False
    valid: int = 0
    created: int = 0
    updated: int = 0
    sending_id: int | None = None

    def status(self, now: float) -> int:
        """Give the code of the job at a time."""
        if self.is_over:
            return FAILED if self.fails else DONE
        return TO_DO if now < (self.accepted_at + self.ends_at) / 2 else RUNNING

    def counters(self, failed_completes: bool) -> dict[str, Any]:
        """Give the answer of ``Import/{id}``; all zero until the end, and nothing says which rows were refused."""
        done = self.is_over and not self.fails
        return {
            "Completed": done or (self.is_over and failed_completes),
            "CreatedRecipients": self.created,
            "ImportedRecipients": self.created + self.updated,
            "NotValidRecipients": self.total - self.valid if done else 0,
            "UpdatedRecipients": self.updated,
            "ValidRecipients": self.valid,
            "idImport": self.id,
        }

    def row(self, status: int) -> dict[str, Any]:
        """Give the line of ``Imports``."""
        return {
            "filename": self.filename,
            "idImport": self.id,
            "idList": self.list_id,
            "rows": self.total,
            "startDate": utc_stamp(self.accepted_at),
            "statusCode": status,
        }

    def detail(self, status: int) -> dict[str, Any]:
        """Give the answer of ``Imports/{id}``, where ``rows`` is an object."""
        end = utc_stamp(self.ends_at) if self.is_over else ""
        return {
            **self.row(status),
            "endDate": end,
            "fieldSeparator": ";",
            "idGroups": [] if self.group_id is None else [self.group_id],
            "ignoreDoubleQuotes": False,
            "ignoreFirstRow": True,
            "importAsUnsubscribed": self.options.mode == AS_OPTOUT,
            "includePendingRecipients": False,
            "overwriteEmptyFields": self.options.clears,
            "replaceExistingGroup": self.options.leaves_groups,
            "rows": {"NotValid": self.total - self.valid if self.is_over else 0, "Total": self.total, "Valid": self.valid},
            "sendConfirmationEmail": self.options.confirms,
            "stopDate": end if self.fails else "",
            "textDelimiter": '"',
        }
