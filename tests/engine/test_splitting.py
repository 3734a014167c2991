# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Refused batches are split until the bad rows stand alone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_provider_marketsync.engine.ports import Answer, Payload, Verdict
from airflow_provider_marketsync.engine.splitting import SYSTEMATIC_SHARE, Delivery, Fate, deliver
from airflow_provider_marketsync.exceptions import AuthError, MarketSyncError, NoAnswerError, RateLimitError, ServerError

REFUSED = Answer(Verdict.REFUSED, "203", "refused")


class Gate:
    """A target that refuses every batch with a bad row in it.

    :param bad: numbers of the bad rows
    :param names: whether it says which they are
    :param error: raised instead of an answer at the n-th request
    """

    def __init__(self, bad: set[int], *, names: bool = False, error: tuple[int, MarketSyncError] | None = None) -> None:
        self._bad, self._names, self._error = bad, names, error
        self.taken: list[int] = []
        self.requests = 0

    def send(self, batch: Sequence[Payload]) -> Answer:
        """Take or refuse a batch."""
        self.requests += 1
        if self._error and self._error[0] == self.requests:
            raise self._error[1]
        rows = [row["row"] for row in batch]
        bad = tuple(place for place, row in enumerate(rows) if row in self._bad)
        if bad:
            return Answer(Verdict.REFUSED, "203", "refused", bad if self._names else ())
        self.taken += rows
        return Answer(Verdict.ACCEPTED, "101", "OK")


def sent(gate: Gate, size: int) -> Delivery:
    return deliver(gate.send, [{"row": row} for row in range(size)])


@pytest.mark.parametrize(("size", "most", "typical"), [(1000, 21, 21), (100, 15, 14)])
def test_one_bad_row_costs_few_requests_wherever_it_stands(size: int, most: int, typical: int) -> None:
    """A thousand rows always take 21 at most; a hundred do not divide so well and take 14 on the average."""
    costs = []
    for bad in range(0, size, max(size // 250, 1)):
        gate = Gate({bad})
        delivery = sent(gate, size)
        costs.append(gate.requests)
        assert delivery.fates.index(Fate.REFUSED) == bad
        assert delivery.fates.count(Fate.ACCEPTED) == size - 1
    assert max(costs) <= most
    assert round(sum(costs) / len(costs)) <= typical


@given(st.integers(1, 150), st.sets(st.integers(0, 149), max_size=40), st.booleans())
def test_every_row_has_its_right_fate_once_and_rows_keep_their_order(size: int, bad: set[int], names: bool) -> None:
    bad = {row for row in bad if row < size}
    gate = Gate(bad, names=names)
    delivery = sent(gate, size)
    assert gate.taken == sorted(gate.taken)
    assert len(set(gate.taken)) == len(gate.taken)
    accepted = {row for row, fate in enumerate(delivery.fates) if fate is Fate.ACCEPTED}
    assert accepted == set(gate.taken)
    assert all(delivery.fates[row] is Fate.REFUSED for row in bad)
    if len(bad) <= max(4, SYSTEMATIC_SHARE * size) or names:
        assert accepted == set(range(size)) - bad
    assert delivery.error is None
    assert all((answer is REFUSED or answer is not None) for answer in delivery.answers)


def test_rows_the_target_names_cost_one_more_request() -> None:
    gate = Gate({3, 50, 99}, names=True)
    sent(gate, 100)
    assert gate.requests == 2


def test_a_systematic_fault_ends_the_splitting_and_refuses_the_rest() -> None:
    gate = Gate(set(range(1000)))
    delivery = sent(gate, 1000)
    assert set(delivery.fates) == {Fate.REFUSED}
    assert gate.requests < 300


def test_a_few_bad_rows_of_a_tiny_batch_are_no_systematic_fault() -> None:
    delivery = sent(Gate({0, 1, 2, 3}), 5)
    assert delivery.fates[4] is Fate.ACCEPTED


@pytest.mark.parametrize(
    ("error", "fate"),
    [
        (NoAnswerError("lost"), Fate.UNKNOWN),
        (ServerError("500"), Fate.UNKNOWN),
        (RateLimitError("429"), Fate.UNTRIED),
        (AuthError("401"), Fate.UNTRIED),
    ],
)
def test_an_error_ends_the_delivery_and_what_was_settled_stays_settled(error: MarketSyncError, fate: Fate) -> None:
    """Whole batch refused, first quarter taken, then the error: 25 are known, 25 in doubt, 50 never tried."""
    delivery = sent(Gate({60}, error=(3, error)), 100)
    assert delivery.error is error
    assert delivery.fates[:25] == [Fate.ACCEPTED] * 25
    assert delivery.fates[25:50] == [fate] * 25
    assert delivery.fates[50:] == [Fate.UNTRIED] * 50
