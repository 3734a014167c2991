# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Operators that wait, sensors, and the retry policy, as Airflow's task runner sees them."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta, timezone
from importlib.metadata import version
from typing import ClassVar

import pytest

from airflow_provider_marketsync.compat import AirflowException, AirflowFailException
from airflow_provider_marketsync.exceptions import (
    AuthError,
    MarketSyncError,
    NoAnswerError,
    RateLimitError,
    SettingsError,
    SyncLockedError,
)
from airflow_provider_marketsync.operators.boundary import airflow_errors
from airflow_provider_marketsync.operators.waiting import GRACE, PATIENCE, WaitingOperator
from airflow_provider_marketsync.sensors.customers import CustomersChangedSensor
from airflow_provider_marketsync.sensors.optouts import OptOutsSensor

try:
    from airflow.sdk.exceptions import TaskDeferred
except ImportError:
    from airflow.exceptions import TaskDeferred

HAS_POLICIES = tuple(map(int, version("apache-airflow").split(".")[:2])) >= (3, 3)
DEFINITION = {
    "id": "shop",
    "source": "directo_default",
    "target": "smaily_default",
    "mapping": {"email": "email"},
    "new_contacts": "skip",
}


class Failing(WaitingOperator):
    """Fails with the errors given, then succeeds."""

    operation = "failing"
    sync: ClassVar = {"id": "shop", "source": "directo_default", "target": "smaily_default"}

    def __init__(self, *, errors, **kwargs):
        super().__init__(task_id="failing", **kwargs)
        self.errors = errors

    def work(self, context):
        if self.errors:
            raise self.errors.pop(0)
        return "done"


def deferred(operator, step, *arguments):
    with pytest.raises(TaskDeferred) as caught:
        getattr(operator, step)({}, *arguments)
    return caught.value


# ------------------------------------------------------------------------------------------------ operators


def test_a_long_wait_is_left_to_our_own_trigger_with_our_own_timeout_and_the_work_begins_again():
    operator = Failing(errors=[RateLimitError("slow down", retry_after=120)])
    wait = deferred(operator, "execute")
    path, arguments = wait.trigger.serialize()
    assert path == "airflow_provider_marketsync.triggers.moment.MomentTrigger"
    left = datetime.fromisoformat(arguments["moment"]) - datetime.now(timezone.utc)
    assert timedelta(seconds=110) < left <= timedelta(seconds=120)
    assert wait.timeout == timedelta(seconds=120) + GRACE
    assert getattr(operator, wait.method_name)({}, {"status": "reached", "waited": 120.0}) == "done"


@pytest.mark.parametrize("asked", [None, 1, 60])
def test_a_short_wait_is_an_error_that_keeps_what_was_asked_for(asked):
    with pytest.raises(AirflowException, match="NoAnswerError: silence") as caught:
        Failing(errors=[NoAnswerError("silence", retry_after=asked)]).execute({})
    assert caught.value.retry_after == asked


def test_the_lock_of_another_run_is_always_waited_for():
    assert deferred(Failing(errors=[SyncLockedError("locked", retry_after=3)]), "execute")
    assert deferred(Failing(errors=[SyncLockedError("locked", retry_after=119)]), "execute").trigger.waited == 119


def test_waiting_has_an_end():
    slow = [RateLimitError("slow down", retry_after=120)] * 2
    wait = deferred(Failing(errors=list(slow)), "resume", {"status": "reached", "waited": PATIENCE - 120})
    assert wait.trigger.waited == PATIENCE
    with pytest.raises(AirflowException, match="RateLimitError"):
        Failing(errors=list(slow)).resume({}, {"status": "reached", "waited": PATIENCE - 119})


@pytest.mark.parametrize("event", [None, {}, {"status": "error"}, {"status": "news"}, "reached", []])
def test_a_wait_that_ended_in_another_way_is_a_failure(event):
    with pytest.raises(AirflowException, match="without its moment being reached"):
        Failing(errors=[]).resume({}, event)


def test_a_fatal_error_is_never_waited_for():
    with pytest.raises(AirflowFailException):
        Failing(errors=[AuthError("wrong")]).execute({})


# -------------------------------------------------------------------------------------------------- sensors


@pytest.mark.parametrize("event", [None, {}, {"status": "reached"}, {"status": "nonsense"}, "news", 3])
def test_a_sensor_without_a_word_of_its_trigger_fails(event):
    with pytest.raises(AirflowException, match="without news"):
        CustomersChangedSensor(task_id="wait", sync=DEFINITION).execute_complete({}, event)


def test_a_sensor_tells_what_its_trigger_found():
    event = {"status": "news", "sync": "shop", "news": "opt-outs", "read": 3, "seconds": 0.2}
    told = OptOutsSensor(task_id="wait", sync=DEFINITION).execute_complete({}, event)
    assert told == {"sync": "shop", "news": "opt-outs", "read": 3, "seconds": 0.2}


@pytest.mark.parametrize(("fatal", "kind"), [(True, AirflowFailException), (False, AirflowException)])
def test_a_triggers_error_fails_the_sensor_for_good_or_until_the_next_try(fatal, kind):
    sensor = CustomersChangedSensor(task_id="wait", sync=DEFINITION)
    with pytest.raises(kind, match="AuthError: wrong token") as caught:
        sensor.execute_complete({}, {"status": "error", "error": "AuthError: wrong token", "fatal": fatal})
    assert isinstance(caught.value, AirflowFailException) is fatal


def test_where_sensors_wait_is_airflows_setting_unless_the_dag_says_otherwise(monkeypatch):
    assert not CustomersChangedSensor(task_id="one", sync=DEFINITION).deferrable
    monkeypatch.setenv("AIRFLOW__OPERATORS__DEFAULT_DEFERRABLE", "True")
    assert CustomersChangedSensor(task_id="two", sync=DEFINITION).deferrable
    assert not CustomersChangedSensor(task_id="three", sync=DEFINITION, deferrable=False).deferrable


def test_our_sensors_ask_seldom_unless_told_otherwise():
    assert CustomersChangedSensor(task_id="wait", sync=DEFINITION).poke_interval == 300
    assert OptOutsSensor(task_id="wait", sync=DEFINITION, poke_interval=timedelta(minutes=1)).poke_interval == 60


# --------------------------------------------------------------------------------------------- retry policy


def test_the_policy_can_be_imported_anywhere():
    code = "import airflow_provider_marketsync.retry_policy"
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], check=True, capture_output=True)


@pytest.mark.skipif(HAS_POLICIES, reason="this Airflow knows retry policies")
def test_before_airflow_3_3_the_policy_says_what_to_do_instead():
    from airflow_provider_marketsync.retry_policy import MarketSyncRetryPolicy

    with pytest.raises(SettingsError, match="from 3.3 on; here, leave retry_policy out"):
        MarketSyncRetryPolicy()


@pytest.mark.skipif(not HAS_POLICIES, reason="Airflow before 3.3 knows no retry policies")
def test_the_policy_lets_the_error_decide():
    from airflow.sdk import RetryDecision, RetryPolicy

    from airflow_provider_marketsync.retry_policy import MarketSyncRetryPolicy

    policy = MarketSyncRetryPolicy.deserialize(MarketSyncRetryPolicy().serialize())
    assert isinstance(policy, RetryPolicy)

    def decided(error):
        return policy.evaluate(error, 1, 3)

    asked = RetryDecision.retry(timedelta(seconds=42), "asked to wait 42 s")
    assert decided(RateLimitError("slow down", retry_after=42)) == asked
    assert decided(through(RateLimitError("slow down", retry_after=42))) == asked
    assert decided(AuthError("wrong")) == RetryDecision.fail("AuthError")
    assert decided(through(NoAnswerError("silence"))) == RetryDecision.default()
    assert decided(ValueError()) == RetryDecision.default()


def through(error: MarketSyncError) -> BaseException:
    with pytest.raises(AirflowException) as caught, airflow_errors():
        raise error
    return caught.value
