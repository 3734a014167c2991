# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Raw calls of ``HttpOperator`` with our connections: they sign, and leak nothing."""

from __future__ import annotations

import base64
import json
import logging
import time

import pytest
from airflow.providers.http.operators.http import HttpOperator

from airflow_provider_marketsync.exceptions import (
    AuthError,
    NoAnswerError,
    RateLimitError,
    RequestError,
    ServerError,
)
from airflow_provider_marketsync.hooks.directo import DirectoHook
from airflow_provider_marketsync.hooks.smaily import SmailyHook

LEAK = {"client_secret": "made-extra-secret", "number": 5, "flag": True, "nested": {"deep": "made-deep-secret"}}


@pytest.fixture
def leaky(connections, connect):
    """Connections whose extra holds what a plain HttpHook would send as headers."""
    for vendor, connection in connections.items():
        connect(f"{vendor}_default", **{**connection, "extra": {**connection["extra"], **LEAK}})
    return connections


def raw(**arguments):
    return HttpOperator(task_id="raw", **arguments).execute({})


def smaily_requests(sandbox):
    return sandbox.call("/smaily/requests")


def test_a_raw_get_of_smaily_is_authenticated(leaky, sandbox):
    answer = raw(http_conn_id="smaily_default", endpoint="/api/workflows.php", method="GET")
    assert [workflow["title"] for workflow in json.loads(answer)]
    assert [call["status"] for call in smaily_requests(sandbox)] == [200]


def test_a_raw_get_carries_its_query_and_a_raw_post_its_body(leaky, sandbox):
    raw(http_conn_id="smaily_default", endpoint="api/contact.php", method="POST",
        data=json.dumps([{"email": "mari@kask.example.com"}]), headers={"Content-Type": "application/json"})  # fmt: skip
    found = raw(http_conn_id="smaily_default", endpoint="api/contact.php", method="GET",
                data={"email": "mari@kask.example.com"})  # fmt: skip
    assert json.loads(found)["email"] == "mari@kask.example.com"


def test_nothing_of_the_extra_becomes_a_header(leaky, sandbox):
    raw(http_conn_id="smaily_default", endpoint="/api/list.php", method="GET", headers={"X-Own": "mine"})
    (call,) = smaily_requests(sandbox)
    assert call["headers"].keys() <= {
        "host", "user-agent", "accept", "accept-encoding", "connection", "authorization", "x-own"
    }  # fmt: skip
    assert call["headers"]["x-own"] == "mine"
    assert "made-extra-secret" not in json.dumps(call)
    assert call["headers"]["user-agent"].startswith("airflow-provider-marketsync/")


def test_a_raw_post_to_directo_carries_the_token_in_its_form_and_never_in_the_url(leaky, sandbox):
    sandbox.call("/directo/seed", {"count": 3})
    answer = raw(http_conn_id="directo_default", method="POST", data={"get": "1", "what": "customer"})
    assert answer.count("<customer ") == 3
    (call,) = sandbox.call("/directo/requests")
    assert not call["secret_in_url"]
    assert leaky["directo"]["password"] not in json.dumps(call)
    assert not {"client_secret", "number", "flag", "nested"} & call["headers"].keys()


def test_a_raw_get_of_directo_is_refused_because_it_would_show_the_token(leaky, sandbox):
    with pytest.raises(RequestError, match="POST"):
        DirectoHook(method="GET").run(data={"get": "1", "what": "customer"})
    assert sandbox.call("/directo/requests") == []


def test_a_raw_get_of_directo_works_where_the_connection_asks_for_it(connections, connect, sandbox):
    connection = connections["directo"]
    connect("directo_default", **{**connection, "extra": {**connection["extra"], "method": "GET"}})
    sandbox.call("/directo/seed", {"count": 2})
    assert DirectoHook(method="GET").run(data={"get": "1", "what": "customer"}).text.count("<customer ") == 2


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("vendor", ["directo", "smaily"])
def test_a_redirect_to_another_host_carries_nothing_there(leaky, sandbox, recorder, vendor, status):
    fault = {"kind": "redirect", "location": f"{recorder.url}/elsewhere", "status": status}
    sandbox.call(f"/{vendor}/faults", [fault])
    with pytest.raises(RequestError, match="not followed"):
        raw(http_conn_id=f"{vendor}_default", endpoint="/x" if vendor == "smaily" else None, method="POST",
            data={"a": "1"}, extra_options={"allow_redirects": True})  # fmt: skip
    assert recorder.calls == []


def ways(vendor):
    """Everything that calls a vendor: raw calls, the test of the connection, the engine's port."""
    hook = {"directo": DirectoHook, "smaily": SmailyHook}[vendor]
    port = {"directo": lambda: hook().source().check(), "smaily": lambda: hook().target().check()}[vendor]
    return {
        "get": lambda: hook(method="GET").run(data={"email": "mari@kask.example.com"}),
        "post": lambda: hook(method="POST").run(data={"email": "mari@kask.example.com"}),
        "streamed": lambda: hook(method="POST").run(data={"a": "1"}, extra_options={"stream": True}),
        "port": port,
    }


@pytest.mark.parametrize("way", ["get", "post", "streamed", "port"])
@pytest.mark.parametrize("vendor", ["directo", "smaily"])
def test_whatever_calls_a_vendor_follows_no_redirect_and_carries_nothing(leaky, connect, sandbox, recorder, vendor, way):
    extra = {**leaky[vendor]["extra"], **LEAK, **({"method": "GET"} if vendor == "directo" else {})}
    connect(f"{vendor}_default", **{**leaky[vendor], "extra": extra})
    sandbox.call(f"/{vendor}/faults", [{"kind": "redirect", "location": f"{recorder.url}/elsewhere", "times": 9}])
    with pytest.raises(RequestError, match="not followed") as caught:
        ways(vendor)[way]()
    assert recorder.calls == []
    assert "kask" not in str(caught.value)
    assert leaky[vendor]["password"] not in str(caught.value)


@pytest.mark.parametrize("vendor", ["directo", "smaily"])
def test_the_test_of_a_connection_tells_a_redirect_and_carries_nothing(leaky, sandbox, recorder, vendor):
    sandbox.call(f"/{vendor}/faults", [{"kind": "redirect", "location": f"{recorder.url}/elsewhere?key=1", "times": 9}])
    good, told = {"directo": DirectoHook, "smaily": SmailyHook}[vendor]().test_connection()
    assert not good
    assert "redirects to http://127.0.0.1, which is not followed" in told
    assert recorder.calls == []


@pytest.mark.parametrize("timeout", ["extra", "argument"])
def test_a_silent_server_fails_in_time(connections, connect, sandbox, timeout):
    connection = connections["smaily"]
    if timeout == "extra":
        connect("smaily_default", **{**connection, "extra": {**connection["extra"], "timeout": "0.4"}})
    sandbox.call("/smaily/faults", [{"kind": "silent_before"}])
    options = {"timeout": 0.4} if timeout == "argument" else {}
    began = time.monotonic()
    with pytest.raises(NoAnswerError):
        SmailyHook(method="GET").run("api/list.php", extra_options=options)
    assert time.monotonic() - began < 3


@pytest.mark.parametrize(
    ("kind", "error"),
    [("401", AuthError), ("403", AuthError), ("404", RequestError), ("429", RateLimitError), ("500", ServerError)],
)
def test_a_status_becomes_a_typed_error_without_the_body(leaky, sandbox, kind, error, caplog):
    sandbox.call("/smaily/faults", [{"kind": kind}])
    with caplog.at_level(logging.DEBUG), pytest.raises(error) as caught:
        SmailyHook(method="GET").run("api/contact.php", {"email": "mari@kask.example.com"})
    told = f"{caught.value!r} {caught.value.__cause__!r} {caught.value.__context__!r} {caplog.text}"
    assert "kask" not in told
    assert "<html" not in told
    assert caught.value.status == int(kind)


def test_the_wait_a_vendor_asks_for_reaches_the_caller(connections, sandbox):
    sandbox.call("/smaily/faults", [{"kind": "429", "retry_after": 17}])
    with pytest.raises(RateLimitError) as caught:
        SmailyHook(method="GET").run("api/list.php")
    assert caught.value.retry_after == 17


def test_a_lost_connection_is_told_without_the_address_in_its_query(connections, sandbox, caplog):
    sandbox.call("/smaily/faults", [{"kind": "reset_before"}])
    with caplog.at_level(logging.DEBUG), pytest.raises(NoAnswerError) as caught:
        SmailyHook(method="GET").run("api/contact.php", {"email": "mari@kask.example.com"})
    assert "kask" not in f"{caught.value!r} {caught.value.__context__!r} {caplog.text}"


def test_any_status_is_returned_where_nobody_wants_it_checked(connections, sandbox):
    sandbox.call("/smaily/faults", [{"kind": "404"}])
    response = SmailyHook(method="GET").run("api/list.php", extra_options={"check_response": False})
    assert response.status_code == 404


def test_headers_of_one_call_do_not_stay_for_the_next(connections, sandbox):
    hook = SmailyHook(method="GET")
    hook.run("api/list.php", headers={"X-Once": "1"})
    hook.run("api/list.php")
    assert ["x-once" in call["headers"] for call in smaily_requests(sandbox)] == [True, False]


def test_one_hook_keeps_its_connection(connections, sandbox):
    hook = SmailyHook(method="GET")
    for _ in range(3):
        hook.run("api/list.php")
    assert len({json.dumps(call["peer"]) for call in smaily_requests(sandbox)}) == 1


def test_the_session_of_get_conn_is_as_safe_as_a_raw_call(leaky, sandbox, recorder):
    session = SmailyHook().get_conn()
    sandbox.call("/smaily/faults", [{"kind": "redirect", "location": recorder.url}])
    response = session.get(f"{leaky['smaily']['extra']['base_url']}/api/list.php")
    assert response.status_code == 302
    assert recorder.calls == []
    assert "client_secret" not in session.headers


def test_credentials_are_the_api_users_in_utf_8(connect, recorder):
    connect("smaily_default", conn_type="smaily", host="demo", login="mari", password="sõna&sala",
            extra={"base_url": recorder.url})  # fmt: skip
    SmailyHook(method="GET").run("api/list.php")
    ((_, _, headers, _),) = recorder.calls
    assert base64.b64decode(headers["Authorization"].removeprefix("Basic ")).decode() == "mari:sõna&sala"


def test_retry_arguments_of_the_operator_match_our_errors(connections, sandbox):
    import tenacity

    sandbox.call("/smaily/faults", [{"kind": "500"}])
    retry = {"stop": tenacity.stop_after_attempt(2), "retry": tenacity.retry_if_exception_type(ServerError)}
    answer = SmailyHook(method="GET").run_with_advanced_retry(retry, "api/list.php")
    assert answer.status_code == 200
