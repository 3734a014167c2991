# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One call of the REST console, taken apart."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.mailup.replies import Refusal

if TYPE_CHECKING:
    from airflow_provider_marketsync.sandbox.call import Call


@dataclass(frozen=True)
class Ask:
    """
    One call.

    :param numbers: ids in the path, in order
    """

    call: Call
    numbers: tuple[int, ...]

    @cached_property
    def options(self) -> dict[str, str]:
        """Query parameters by name in small letters; names are read without case."""
        return {name.lower(): value for name, value in self.call.query}

    def flag(self, name: str, default: bool = False) -> bool:
        """Read ``true`` or ``false``."""
        given = self.options.get(name.lower())
        return default if given is None else given.strip().lower() in ("true", "1")

    def whole(self, name: str, default: int) -> int:
        """
        Read a number of zero or more.

        :raises Refusal: it is none
        """
        given = self.options.get(name.lower(), str(default))
        if not given.isascii() or not given.isdigit():
            raise Refusal(400, f"Parameter {name} is not valid")
        return int(given)

    def body(self) -> Any:
        """
        Read the body as JSON.

        :raises Refusal: it is none
        """
        try:
            return json.loads(self.call.body)
        except ValueError:
            raise Refusal(400, "Request body is not valid JSON") from None

    def record(self) -> dict[str, Any]:
        """
        Read the body as an object.

        :raises Refusal: it is none
        """
        body = self.body()
        if not isinstance(body, dict):
            raise Refusal(400, "Request body is not valid")
        return body
