# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The rows Smaily's lists are made of: the fields we ask for and nothing else."""

from __future__ import annotations

from typing import Any, TypeVar, Union

import msgspec

from airflow_provider_marketsync.exceptions import ResponseError

# typing.Union: msgspec reads it at run time. Scalars come as numbers or as text (contract 7).
Scalar = Union[int, str]  # noqa: UP007
Flag = Union[bool, int, str]  # noqa: UP007


class Subscriber(msgspec.Struct):
    """A row of the segment of all subscribers (contract 8.3)."""

    email: str
    is_unsubscribed: Flag

    @property
    def opted_out(self) -> bool:
        """Whether Smaily mails this person no more.

        :raises ResponseError: if the flag is neither 0 nor 1
        """
        flag = str(self.is_unsubscribed).strip().lower()
        if flag not in _FLAGS:
            raise _not_as_agreed("a subscriber's flag is neither 0 nor 1")
        return _FLAGS[flag]


class OptedOut(msgspec.Struct):
    """A row of the segment of opted-out subscribers (contract 8.3)."""

    email: str
    unsubscribed_at: str | None = None
    last_response_code: Scalar | None = None

    @property
    def complained(self) -> bool:
        """Whether the person reported a mail as spam, and was opted out for it (contract 9)."""
        return str(self.last_response_code) == "1002"


class Action(msgspec.Struct):
    """A row of the action log, read by cursor (contract 8.5)."""

    seq_id: Scalar
    email: str
    action: str
    time: str | None = None

    @property
    def number(self) -> int:
        """The row's place in the account's log.

        :raises ResponseError: if it is no number
        """
        text = str(self.seq_id)
        if not (text.isascii() and text.isdigit()):
            raise _not_as_agreed("the action log has a row without a number")
        return int(text)


class Address(msgspec.Struct):
    """A row of any segment."""

    email: str


Row = TypeVar("Row", Subscriber, OptedOut, Action, Address)


def rows_of(body: Any, kind: type[Row]) -> list[Row]:
    """Return a list answer as rows.

    :raises ResponseError: if it is no list, or a row lacks what the contract promises
    """
    try:
        return msgspec.convert(body, list[kind])  # type: ignore[valid-type]
    except msgspec.ValidationError:
        fault = _not_as_agreed("a list or its rows do not look as documented")
    raise fault


def _not_as_agreed(what: str) -> ResponseError:
    return ResponseError(f"Smaily: {what}; nothing of it was used", vendor="smaily")


_FLAGS = {"0": False, "false": False, "1": True, "true": True}
