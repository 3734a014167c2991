# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The recipients of one account by id, address and mobile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from airflow_provider_marketsync.sandbox.mailup.recipient import Recipient, mobile_key

if TYPE_CHECKING:
    from collections.abc import Iterator

FIRST_ID = 100


class KeyMismatch(Exception):
    """Address and mobile belong to two recipients."""


class People:
    """Every recipient once; ids grow."""

    def __init__(self) -> None:
        self._by_id: dict[int, Recipient] = {}
        self._by_email: dict[str, Recipient] = {}
        self._by_mobile: dict[str, Recipient] = {}
        self._next_id = FIRST_ID

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Recipient]:
        return iter(self._by_id.values())

    def get(self, number: int) -> Recipient | None:
        """Find by id."""
        return self._by_id.get(number)

    def by_email(self, email: str) -> Recipient | None:
        """Find by address, in any case."""
        return self._by_email.get(email.strip().lower())

    def by_mobile(self, prefix: str, number: str) -> Recipient | None:
        """Find by mobile."""
        return self._by_mobile.get(mobile_key(prefix, number))

    def owner(self, email: str, prefix: str, number: str) -> Recipient | None:
        """
        Find whom address and mobile name.

        :raises KeyMismatch: they name two
        """
        by_email = self.by_email(email) if email else None
        by_mobile = self.by_mobile(prefix, number) if number else None
        if by_mobile is None:
            return by_email
        if by_email is None:
            if email and by_mobile.email:
                raise KeyMismatch
            return by_mobile
        if by_email is not by_mobile:
            raise KeyMismatch
        return by_email

    def add(self) -> Recipient:
        """Make a recipient without keys."""
        recipient = Recipient(self._next_id)
        self._next_id += 1
        self._by_id[recipient.id] = recipient
        return recipient

    def rename(self, recipient: Recipient, email: str) -> None:
        """
        Give a recipient another address.

        :raises KeyMismatch: it belongs to somebody else
        """
        if self._by_email.get(email.lower(), recipient) is not recipient:
            raise KeyMismatch
        self._by_email.pop(recipient.email.lower(), None)
        recipient.email = email
        if email:
            self._by_email[email.lower()] = recipient

    def set_mobile(self, recipient: Recipient, prefix: str, number: str) -> None:
        """
        Give a recipient another mobile.

        :raises KeyMismatch: it belongs to somebody else
        """
        key = mobile_key(prefix, number)
        if self._by_mobile.get(key, recipient) is not recipient:
            raise KeyMismatch
        self._by_mobile.pop(recipient.mobile, None)
        recipient.prefix, recipient.number = prefix, number
        if key:
            self._by_mobile[key] = recipient

    def remove(self, recipient: Recipient) -> None:
        """Forget a recipient wholly."""
        self._by_id.pop(recipient.id, None)
        self._by_email.pop(recipient.email.lower(), None)
        self._by_mobile.pop(recipient.mobile, None)
