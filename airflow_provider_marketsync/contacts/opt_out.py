# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""A "no" that was learned at the target, on its way back to the card of the source."""

from __future__ import annotations

import msgspec


class OptOut(msgspec.Struct, frozen=True):
    """What the source has to hear about one of its cards. It holds no address.

    :param key: the card's key at the source
    :param decided: ``opted_out``, ``bounced`` or ``complaint``
    :param at: UTC moment as ``YYYY-MM-DDTHH:MM:SSZ``, None where the target does not say
    :param reason: the target's own word for it (``optout``, ``segment``, ``delete``)
    :param record: the ledger's row id of the card
    :param event: the ledger's row id of the decision
    """

    key: str
    decided: str
    at: str | None
    reason: str
    record: int
    event: int
