# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Body codes, their literal messages, and replies made of them (contract section 4)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from airflow_provider_marketsync.sandbox.call import Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

HTML = {"Content-Type": "text/html; charset=utf-8"}
BARE_HTML = {"Content-Type": "text/html"}

# 223 to 226: the texts are ours, the contract does not know the vendor's.
MESSAGES = {
    101: "OK",
    201: "Data must be posted with POST method.",
    202: "Forbidden",
    203: "Invalid data submitted",
    204: "Invalid email address provided - {}",
    205: "Could not add or update provided contact",
    206: "Could not find requested email address",
    207: "Following fields are required - {}",
    208: "Could not find list with ID - {}",
    209: "Could not load content from remote URL - {}",
    210: "Invalid due date provided",
    211: "Invalid From address provided",
    212: "Launch failed with error - {}",
    213: "Invalid win date provided",
    214: "Invalid winning condition provided",
    215: "Invalid campaign ID provided",
    216: "Could not find campaign matching provided ID",
    217: "Unknown column in filter data - {}",
    218: "Unknown operator “{}” for field “{}”",
    219: "Could not find list with ID - {}",
    220: "Could not find statistics entry by email - {}",
    221: "Invalid autoresponder ID provided",
    223: "Start or end date is missing",
    224: "End date is before start date",
    225: "Database insert failed",
    226: "File download from URL failed",
    227: "A paid package is required.",
}


class Refusal(Exception):
    """
    A request, or one row of it, that Smaily answers with an error code.

    :param code: number of section 4
    :param details: what its message is filled in with
    """

    def __init__(self, code: int, *details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details

    @property
    def reply(self) -> Reply:
        """The answer on the wire; HTTP 200 like nearly every error here."""
        return as_json({"code": self.code, "message": MESSAGES[self.code].format(*self.details)})


def as_json(value: Any, delay: float = 0.0) -> Reply:
    """Make a JSON reply with the content type Smaily really sends, which is HTML's."""
    return Reply(200, json.dumps(value, separators=(",", ":")).encode(), HTML, delay)


def done(extra: Mapping[str, Any] | None = None, delay: float = 0.0) -> Reply:
    """Make the answer to a write that was taken."""
    return as_json({"code": 101, "message": MESSAGES[101], **(extra or {})}, delay)
