# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""From connections to the engine's ports."""

from __future__ import annotations

import time

import pytest

from airflow_provider_marketsync.compat import BaseHook
from airflow_provider_marketsync.exceptions import AuthError, CapabilityError, SettingsError
from airflow_provider_marketsync.hooks.directo import DirectoHook
from airflow_provider_marketsync.hooks.smaily import SmailyHook


def hook_of(conn_id):
    return BaseHook.get_connection(conn_id).get_hook()


def test_the_type_of_a_connection_picks_the_hook(connections):
    assert isinstance(hook_of("directo_default"), DirectoHook)
    assert isinstance(hook_of("smaily_default"), SmailyHook)


def test_constructing_a_hook_looks_nothing_up(monkeypatch):
    monkeypatch.delenv("AIRFLOW_CONN_SMAILY_DEFAULT", raising=False)
    assert SmailyHook(smaily_conn_id="no_such_connection").http_conn_id == "no_such_connection"
    assert DirectoHook().http_conn_id == "directo_default"


def test_directo_is_a_source_of_both_registers_and_no_target(connections):
    hook = hook_of("directo_default")
    assert hook.source("customers").account == hook.source("contacts").account == "demo_ee"
    with pytest.raises(CapabilityError, match="Directo can not be a target"):
        hook.target()


def test_smaily_is_a_target_and_no_source(connections):
    hook = hook_of("smaily_default")
    assert hook.target(fields=3).account == "demo"
    assert hook.target(fields=50).capability.batch_size < hook.target(fields=3).capability.batch_size
    with pytest.raises(CapabilityError, match="Smaily can not be a source"):
        hook.source()


@pytest.mark.parametrize("conn_id", ["directo_default", "smaily_default"])
def test_a_good_connection_passes_the_test(connections, conn_id):
    good, told = hook_of(conn_id).test_connection()
    assert good, told
    assert "accepted the credentials" in told


@pytest.mark.parametrize("vendor", ["directo", "smaily"])
def test_a_wrong_secret_fails_the_test_and_is_not_told(connections, connect, vendor):
    connect(f"{vendor}_default", **{**connections[vendor], "password": "wrong-made-secret"})
    good, told = hook_of(f"{vendor}_default").test_connection()
    assert not good
    assert "wrong-made-secret" not in told
    assert vendor in told.lower()


def test_an_incomplete_connection_fails_the_test_and_names_the_field(connections, connect):
    connect("smaily_default", conn_type="smaily", host="demo")
    good, told = hook_of("smaily_default").test_connection()
    assert not good
    assert "login and password" in told


def test_an_error_of_a_connection_names_it_and_its_test_does_not(connections, connect, sandbox):
    connect("smaily_shop", conn_type="smaily", host="demo")
    with pytest.raises(SettingsError, match="^connection 'smaily_shop': The Smaily connection needs") as caught:
        SmailyHook("smaily_shop").settings  # noqa: B018
    assert caught.value.connection == "smaily_shop"
    connect("smaily_shop", **{**connections["smaily"], "password": "wrong-made-secret"})
    with pytest.raises(AuthError, match="^connection 'smaily_shop': Smaily refused the credentials"):
        SmailyHook("smaily_shop", method="GET").run("api/list.php")
    # Airflow tests a connection of a form under a random id.
    assert "connection '" not in SmailyHook("smaily_shop").test_connection()[1]


def test_a_connection_that_does_not_exist_fails_the_test_in_words():
    good, told = SmailyHook("no_such_connection").test_connection()
    assert not good
    assert "no_such_connection" in told


def test_a_silent_server_fails_the_test_in_time(connections, connect, sandbox):
    connection = connections["smaily"]
    connect("smaily_default", **{**connection, "extra": {**connection["extra"], "timeout": 0.5}})
    sandbox.call("/smaily/faults", [{"kind": "silent_before", "times": 9}])
    began = time.monotonic()
    good, told = hook_of("smaily_default").test_connection()
    assert not good
    assert "did not answer in time" in told
    assert time.monotonic() - began < 5


def test_the_test_of_a_connection_does_not_wait_for_a_server_that_is_not_there(connect):
    connect("smaily_default", conn_type="smaily", host="demo", login="u", password="made-secret",
            extra={"base_url": "http://127.0.0.1:9"})  # fmt: skip
    began = time.monotonic()
    good, told = hook_of("smaily_default").test_connection()
    assert not good
    assert "can not be reached" in told
    assert time.monotonic() - began < 5


def test_settings_show_no_secret(connections):
    for conn_id, secret in (("directo_default", connections["directo"]), ("smaily_default", connections["smaily"])):
        assert secret["password"] not in repr(hook_of(conn_id).settings)


@pytest.mark.parametrize("extra", ['{"base_url": "https://example.com", "batch_size": "50"}', {"batch_size": 50}])
def test_numbers_of_an_extra_may_be_text_as_forms_and_uris_write_them(connect, extra):
    connect("smaily_default", conn_type="smaily", host="demo", login="u", password="made-secret", extra=extra)
    assert hook_of("smaily_default").settings.batch_size == 50


def test_plain_http_to_another_machine_is_refused(connect):
    connect("smaily_default", conn_type="smaily", host="demo", login="u", password="made-secret",
            extra={"base_url": "http://example.com"})  # fmt: skip
    with pytest.raises(SettingsError, match="allow_http"):
        SmailyHook(method="GET").run("api/list.php")
