# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The parameters of one HTTP API call (contract sections 3.1 and 3.2)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from airflow_provider_marketsync.sandbox.mailup.recipient import (
    EMAIL,
    LONGEST_VALUE,
    SMS,
    Place,
    Recipient,
    is_address,
)
from airflow_provider_marketsync.sandbox.mailup.rows import Row

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.call import Call
    from airflow_provider_marketsync.sandbox.mailup.account import Account

FAILED, BAD_ADDRESS = 1, 2
_FIELD = re.compile(r"campo(\d+)", re.IGNORECASE)


class PageError(Exception):
    """
    A call that ends with a code.

    :param code: what the body says
    """

    def __init__(self, code: int) -> None:
        super().__init__(str(code))
        self.code = code


class PageForm:
    """Query and form body together, names without case; of the same name the first counts."""

    def __init__(self, account: Account, call: Call) -> None:
        encoding = str(account.switches["frontend_encoding"])
        body = call.body.decode("latin-1") if call.content_type == "application/x-www-form-urlencoded" else ""
        pairs = [
            pair
            for text in (call.query_string, body)
            for pair in parse_qsl(text, keep_blank_values=True, encoding=encoding, errors="replace")
        ]
        self._values = {name.lower(): value for name, value in reversed(pairs)}
        self._account = account

    def text(self, name: str, default: str = "") -> str:
        """Give a value."""
        return self._values.get(name.lower(), default)

    def flag(self, name: str, default: str) -> bool:
        """Read ``1``/``true`` or ``0``/``false``."""
        return self.text(name, default).strip().lower() in ("1", "true")

    def numbers(self, name: str, separators: str) -> list[int]:
        """
        Read ids.

        :raises PageError: one is no number
        """
        words = [word.strip() for word in re.split(f"[{separators}]", self.text(name)) if word.strip()]
        if not all(word.isascii() and word.isdigit() for word in words):
            raise PageError(FAILED)
        return [int(word) for word in words]

    def groups(self, list_ids: list[int], separators: str) -> list[int]:
        """
        Read groups of the lists.

        :raises PageError: one is unknown
        """
        numbers = self.numbers("Group", separators)
        for number in numbers:
            group = self._account.groups.get(number)
            if group is None or group.list_id not in list_ids:
                raise PageError(FAILED)
        return numbers

    def fields(self) -> dict[int, str]:
        """
        Read ``csvFldNames`` and ``csvFldValues``.

        :raises PageError: their counts differ (as with a ``;`` in a value), a value holds ``--``, or a name is unknown
        """
        if not self.text("csvFldNames"):
            return {}
        names, values = self.text("csvFldNames").split(";"), self.text("csvFldValues").split(";")
        matches = [_FIELD.fullmatch(name.strip()) for name in names]
        if len(names) != len(values) or any("--" in value for value in values):
            raise PageError(FAILED)
        pairs = [(int(match[1]), value[:LONGEST_VALUE]) for match, value in zip(matches, values, strict=True) if match]
        if len(pairs) != len(names) or any(number not in self._account.fields for number, _ in pairs):
            raise PageError(FAILED)
        return dict(pairs)

    def whom(self) -> Row:
        """
        Read address and mobile.

        :raises PageError: both are missing, or one can not be
        """
        email, mobile = self.text("Email").strip(), self.text("Sms")
        if not email and not mobile:
            raise PageError(FAILED)
        if (email and not is_address(email)) or (mobile and not (mobile.isascii() and mobile.isdigit())):
            raise PageError(BAD_ADDRESS)
        return Row(email, None, "", mobile, self.fields())

    def one_list(self, needs_guid: bool = True) -> int:
        """
        Read the one list, whose GUID must be right.

        :param needs_guid: whether it must be given at all
        :raises PageError: it is not
        """
        numbers = self.numbers("List", ",")
        found = self._account.lists.get(numbers[0]) if len(numbers) == 1 else None
        guid = self.text("ListGuid").strip().lower().strip("{}")
        if found is None or (guid != found.guid and (guid or needs_guid)):
            raise PageError(FAILED)
        return found.id

    def known(self) -> Recipient | None:
        """Find whom address or mobile names."""
        people = self._account.people
        email = self.text("Email").strip()
        return people.by_email(email) if email else people.by_mobile("", self.text("Sms"))

    def place(self, list_id: int) -> Place:
        """Give the place whose status is meant."""
        return Place(list_id, EMAIL if self.text("Email").strip() else SMS)
