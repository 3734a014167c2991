# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Our errors as Airflow sees them."""

from __future__ import annotations

import inspect
import traceback

import pytest

from airflow_provider_marketsync import exceptions
from airflow_provider_marketsync.compat import AirflowException, AirflowFailException
from airflow_provider_marketsync.operators.boundary import airflow_errors

ERRORS = [
    kind
    for _, kind in inspect.getmembers(exceptions, inspect.isclass)
    if issubclass(kind, exceptions.MarketSyncError) and kind is not exceptions.MarketSyncError
]


def made(kind):
    return kind("made", summary={}) if kind is exceptions.LimitExceeded else kind("made")


def through(error):
    with pytest.raises(AirflowException) as caught, airflow_errors():
        raise error
    return caught.value


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_every_error_is_final_or_retried_as_its_branch_of_the_tree_says(kind):
    raised = through(made(kind))
    assert isinstance(raised, AirflowFailException) is issubclass(kind, exceptions.FatalError)
    assert isinstance(raised, AirflowException)
    assert str(raised).startswith(f"{kind.__name__}: made")


def test_the_chain_behind_an_error_is_not_printed():
    def work():
        try:
            int("mari@kask.ee")
        except ValueError as error:
            raise exceptions.FeedError("The feed is wrong") from error

    with pytest.raises(AirflowFailException) as caught, airflow_errors():
        work()
    assert "kask" not in "".join(traceback.format_exception(caught.value))


def test_an_unexpected_error_names_kind_and_place_but_not_the_value():
    def work():
        return int("mari@kask.ee")

    with pytest.raises(AirflowException) as caught, airflow_errors():
        work()
    assert not isinstance(caught.value, AirflowFailException)
    assert "ValueError" in str(caught.value)
    assert "in work" in str(caught.value)
    assert "kask" not in "".join(traceback.format_exception(caught.value))


def test_airflows_own_errors_go_through():
    from airflow.exceptions import AirflowNotFoundException

    assert isinstance(through(AirflowNotFoundException("no such connection")), AirflowNotFoundException)


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_orders_to_stop_go_through(kind):
    with pytest.raises(kind), airflow_errors():
        raise kind
