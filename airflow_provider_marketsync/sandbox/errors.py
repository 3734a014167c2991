# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What the control port answers when an order can not be carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class OrderError(Exception):
    """
    An order of the control port that is not understood.

    :param message: what is wrong
    :param details: further keys of the JSON answer, such as the list of allowed values
    :param status: HTTP status of the answer
    """

    def __init__(self, message: str, details: Mapping[str, Any] | None = None, status: int = 400) -> None:
        super().__init__(message)
        self.details = dict(details or {})
        self.status = status
