# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Opt-outs as a file for the people who keep the source: CSV, one line a card and mailbox, no address."""

from __future__ import annotations

import csv
import io
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import BinaryIO

import fsspec.core

from airflow_provider_marketsync.contacts.opt_out import OptOut
from airflow_provider_marketsync.extracts.writer import explained, is_local

COLUMNS = ("key", "decision", "date", "reason")
SEPARATOR = ";"
"""What a spreadsheet expects wherever the decimal sign is a comma, which is so in every country of our vendors."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_GROUP_MAY_READ = 0o640


class OptOutFile:
    """Fulfils :class:`~airflow_provider_marketsync.engine.ports.ConsentSink`: writes one file, whole or not at all.

    :param folder: path or URL of the folder; made if need be, then for its owner only
    :param name: the file's name; the same opt-outs have the same name, so that a second try makes no second file
    """

    def __init__(self, folder: str, name: str) -> None:
        self.path = f"{folder.rstrip('/')}/{name}"
        self._filesystem, self._place = fsspec.core.url_to_fs(self.path)

    def write(self, opt_outs: Iterable[OptOut]) -> Iterator[str | None]:
        """Write everything, then yield None for each line: nothing is certain before the file lies in its place.

        A file of this name that is there already holds the same lines, and is left as it is.

        :raises ExtractError: when the folder can not be written
        """
        with explained(self.path):
            self._make_folder()
            number = self._write(opt_outs) if not self._filesystem.exists(self._place) else sum(1 for _ in opt_outs)
        for _ in range(number):
            yield None

    def _make_folder(self) -> None:
        folder = self._place.rpartition("/")[0]
        if not self._filesystem.exists(folder):
            self._filesystem.makedirs(folder, exist_ok=True)
            if is_local(self._filesystem):
                os.chmod(folder, 0o700)

    def _write(self, opt_outs: Iterable[OptOut]) -> int:
        draft = f"{self._place}.{secrets.token_hex(4)}.part"
        try:
            with self._filesystem.open(draft, "wb") as file:
                if is_local(self._filesystem):
                    os.chmod(draft, _GROUP_MAY_READ)
                number = _fill(file, opt_outs)
            self._filesystem.mv(draft, self._place)
        except BaseException:
            with suppress(OSError):  # the fault that brought us here is the one to tell
                self._filesystem.rm(draft)
            raise
        return number


def _fill(file: BinaryIO, opt_outs: Iterable[OptOut]) -> int:
    """Write the lines and return their number."""
    number, text = 0, io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    sheet = csv.writer(text, delimiter=SEPARATOR, lineterminator="\r\n")
    sheet.writerow(COLUMNS)
    for opt_out in opt_outs:
        sheet.writerow(_harmless(cell) for cell in (opt_out.key, opt_out.decided, opt_out.at or "", opt_out.reason))
        number += 1
    text.detach()
    return number


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from reading a key as a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
