# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The session against real sockets: what is retried, what never, and what may be shown."""

from __future__ import annotations

import logging
import socket
import ssl
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from email.utils import formatdate

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from airflow_provider_marketsync.exceptions import (
    AuthError,
    NoAnswerError,
    RateLimitError,
    RequestError,
    ResponseError,
    RetryableError,
    ServerError,
    SettingsError,
    UnreachableError,
)
from airflow_provider_marketsync.transport.body import iter_body
from airflow_provider_marketsync.transport.faults import asked_wait
from airflow_provider_marketsync.transport.options import HttpOptions
from airflow_provider_marketsync.transport.rate import RateLimit
from airflow_provider_marketsync.transport.retries import Retries
from airflow_provider_marketsync.transport.session import HttpSession

SECRET = "anna.saladus@example.com"


@pytest.fixture
def waits():
    return []


@pytest.fixture
def session(waits):
    options = HttpOptions(connect_timeout=0.3, read_timeout=0.3)
    with HttpSession("smaily", options=options, sleep=waits.append) as opened:
        yield opened


def get(session, wire, **how):
    return session.request("GET", wire.url, params={"email": SECRET}, repeatable=True, **how)


def post(session, wire, *, repeatable, **how):
    return session.request("POST", wire.url, json=[{"email": SECRET}], repeatable=repeatable, **how)


# ------------------------------------------------------------------------------------------ what goes over the wire


def test_json_travels_as_bytes_with_its_type_and_the_judge_decides_what_comes_back(session, wire, say):
    wire.script = [say(200, b'{"code":101}')]
    assert post(session, wire, repeatable=False, judge=lambda response: response.json()["code"]) == 101
    head, body = wire.asked[0]
    assert body == b'[{"email":"anna.saladus@example.com"}]'
    assert "Content-Type: application/json" in head
    assert "User-Agent: airflow-provider-marketsync/" in head


def test_a_form_travels_as_a_form(session, wire, say):
    wire.script = [say()]
    session.request("POST", wire.url, form={"a": "ä&b"}, repeatable=False)
    assert wire.asked[0][1] == b"a=%C3%A4%26b"


def test_cookies_of_one_answer_do_not_travel_with_the_next_request(session, wire, say):
    wire.script = [say(200, Set_Cookie="session=1; Path=/")]
    get(session, wire)
    get(session, wire)
    assert "Cookie" not in wire.asked[1][0]


def test_a_netrc_file_and_proxies_of_the_environment_are_not_used_unless_asked_for(session, wire, say, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    wire.script = [say()]
    get(session, wire)
    assert "Authorization" not in wire.asked[0][0]


def test_one_session_serves_many_threads_at_once(session, wire, say):
    wire.script = [say(200, b"[]")]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: get(session, wire).content, range(40)))
    assert answers == [b"[]"] * 40
    assert session.counters.requests == 40


# ---------------------------------------------------------------------------------------------------- retries


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_repeatable_call_is_made_again_after_a_server_error(session, wire, say, waits, status):
    wire.script = [say(status), say(200, b"ok")]
    assert post(session, wire, repeatable=True).content == b"ok"
    assert len(waits) == 1
    assert session.counters.summary() == {"requests": 2, "retries": 1, "rate_limited": 0, "waited": round(waits[0], 3)}


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_call_that_must_not_be_repeated_is_made_once_whatever_the_server_error(session, wire, say, status):
    wire.script = [say(status), say(200)]
    with pytest.raises(ServerError) as caught:
        post(session, wire, repeatable=False)
    assert caught.value.status == status
    assert len(wire.asked) == 1


def test_429_was_not_processed_and_so_even_an_unrepeatable_call_is_made_again(session, wire, say, waits):
    wire.script = [say(429, Retry_After="3"), say(429, Retry_After="2"), say(200, b"ok")]
    assert post(session, wire, repeatable=False).content == b"ok"
    assert waits == [3.0, 2.0]
    assert session.counters.rate_limited == 2


def test_without_retry_after_the_waits_grow_with_jitter_and_end(session, wire, say, waits):
    wire.script = [say(429)]
    with pytest.raises(RateLimitError):
        get(session, wire)
    assert len(wire.asked) == Retries().attempts
    for number, wait in enumerate(waits):
        assert 2**number <= wait <= 2**number + 1
    assert sum(waits) <= Retries().budget


def test_retry_after_as_a_date_is_understood(session, wire, say, waits):
    wire.script = [say(503, Retry_After=formatdate(time.time() + 20, usegmt=True)), say(200)]
    get(session, wire)
    assert 17 < waits[0] <= 20


@pytest.mark.parametrize("nonsense", ["soon", "-5", "", "9" * 30 + "x", "٣"])
def test_a_retry_after_that_says_nothing_usable_falls_back_to_our_own_wait(session, wire, say, waits, nonsense):
    wire.script = [say(429, Retry_After=nonsense.encode().decode("latin-1")), say(200)]
    get(session, wire)
    assert 1 <= waits[0] <= 2


@given(st.one_of(st.text(), st.from_regex(r"[0-9.eE+-]{1,400}", fullmatch=True)))
def test_whatever_retry_after_says_the_wait_is_none_or_within_a_day(text):
    response = requests.Response()
    response.headers["Retry-After"] = text
    wait = asked_wait(response)
    assert wait is None or 0 <= wait <= 86_400


def test_a_past_date_in_retry_after_means_now(session, wire, say, waits):
    wire.script = [say(429, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT"), say(200)]
    get(session, wire)
    assert waits == [0.0]


def test_a_wait_over_the_budget_is_handed_to_the_caller_at_once(session, wire, say, waits):
    wire.script = [say(429, Retry_After="600")]
    with pytest.raises(RateLimitError) as caught:
        get(session, wire)
    assert caught.value.retry_after == 600
    assert waits == []
    assert len(wire.asked) == 1


def test_asked_waits_add_up_and_never_pass_the_budget(session, wire, say, waits):
    wire.script = [say(429, Retry_After="25")]
    with pytest.raises(RateLimitError) as caught:
        get(session, wire)
    assert waits == [25.0, 25.0]
    assert caught.value.retry_after == 25


def test_a_reset_connection_is_no_answer_and_is_tried_again_only_if_repeatable(session, wire, say, broken):
    wire.script = [broken, say(200, b"ok")]
    assert post(session, wire, repeatable=True).content == b"ok"
    wire.script = [broken, say(200, b"ok")]
    with pytest.raises(NoAnswerError):
        post(session, wire, repeatable=False)
    assert len(wire.asked) == 3


def test_a_silent_server_is_given_up_after_the_read_timeout(session, wire, silent):
    wire.script = [silent]
    began = time.monotonic()
    with pytest.raises(NoAnswerError):
        post(session, wire, repeatable=False)
    assert time.monotonic() - began < 1.5


def test_a_refused_connection_sent_nothing_and_is_always_tried_again(waits):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    session = HttpSession("directo", sleep=waits.append)
    with pytest.raises(UnreachableError) as caught:
        session.request("POST", f"http://127.0.0.1:{port}/", form={}, repeatable=False)
    assert not isinstance(caught.value, NoAnswerError)
    assert len(waits) == Retries().attempts - 1


def test_a_host_without_a_name_server_entry_sent_nothing(waits):
    session = HttpSession("directo", retries=Retries(attempts=1))
    with pytest.raises(UnreachableError):
        session.request("GET", "https://nobody.invalid/", repeatable=False)


def test_a_judge_may_ask_for_another_attempt_of_a_repeatable_call(session, wire, say):
    def judge(response):
        if response.content == b"205":
            raise ServerError("try again", code=205)
        return response.content

    wire.script = [say(200, b"205"), say(200, b"101")]
    assert post(session, wire, repeatable=True, judge=judge) == b"101"
    wire.script = [say(200, b"205"), say(200, b"101")]
    with pytest.raises(ServerError):
        post(session, wire, repeatable=False, judge=judge)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_other_statuses_are_the_judges_affair_and_its_fatal_errors_are_final(session, wire, say, waits, status):
    def judge(response):
        raise AuthError("no", status=response.status_code)

    wire.script = [say(status)]
    with pytest.raises(AuthError) as caught:
        get(session, wire, judge=judge)
    assert caught.value.status == status
    assert waits == []


def test_a_write_in_doubt_stays_in_doubt_though_later_attempts_were_not_processed(session, wire, say, silent):
    wire.script = [silent, say(429)]
    with pytest.raises(NoAnswerError):
        post(session, wire, repeatable=True)


def test_a_read_leaves_no_doubt(session, wire, say, silent):
    wire.script = [silent, say(429, Retry_After="900")]
    with pytest.raises(RateLimitError) as caught:
        get(session, wire)
    assert caught.value.retry_after == 900


# ------------------------------------------------------------------------------------------------------ bodies


def test_a_body_shorter_than_promised_is_an_error_and_is_read_again(session, wire, say):
    wire.script = [say(200, b"[1,2", length=400), say(200, b"[1,2,3]")]
    assert get(session, wire).content == b"[1,2,3]"
    wire.script = [say(200, b"[1,2", length=400)]
    with pytest.raises(ResponseError):
        post(session, wire, repeatable=False)


def test_a_body_that_stalls_is_an_error(session, wire, say, silent):
    def stall(connection):
        connection.sendall(say(200, b"[1,2", length=400))
        silent(connection)

    wire.script = [stall]
    with pytest.raises(ResponseError):
        post(session, wire, repeatable=False)


def test_a_streamed_body_that_is_cut_raises_and_closes(session, wire, say):
    wire.script = [say(200, b"<customers><customer/>" * 500, length=20_000_000)]
    response = get(session, wire, stream=True)
    received = []
    with pytest.raises(ResponseError):
        received.extend(iter_body(response, 1000, vendor="directo"))
    assert b"".join(received).startswith(b"<customers>")
    assert response.raw.closed


def test_a_whole_streamed_body_comes_in_pieces_of_the_size_asked_for(session, wire, say):
    wire.script = [say(200, b"x" * 10_000)]
    pieces = list(iter_body(get(session, wire, stream=True), 4096))
    assert [len(piece) for piece in pieces] == [4096, 4096, 1808]


def test_a_streamed_body_that_is_left_early_frees_its_connection(session, wire, say):
    wire.script = [say(200, b"x" * 10_000_000)]
    response = get(session, wire, stream=True)
    pieces = iter_body(response, 1000)
    next(pieces)
    pieces.close()
    assert response.raw.closed


def test_a_judge_that_fails_frees_the_connection_of_a_streamed_body(session, wire, say):
    seen = []

    def judge(response):
        seen.append(response)
        raise AuthError("no")

    wire.script = [say(200, b"x" * 10_000_000)]
    with pytest.raises(AuthError):
        get(session, wire, stream=True, judge=judge)
    assert seen[0].raw.closed


def test_a_body_that_is_not_packed_as_it_says_is_an_error(session, wire, say):
    wire.script = [say(200, b"not gzip at all", Content_Encoding="gzip")]
    with pytest.raises(ResponseError):
        post(session, wire, repeatable=False)


# ------------------------------------------------------------------------------------------ redirects, schemes


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed_and_names_the_target_host_only(session, wire, say, status):
    goal = f"https://user:pw@evil.example.com/steal?email={SECRET}"
    wire.script = [say(status, Location=goal)]
    with pytest.raises(RequestError) as caught:
        get(session, wire)
    assert "https://evil.example.com," in str(caught.value)
    assert "steal" not in str(caught.value)
    assert "pw" not in str(caught.value)
    assert len(wire.asked) == 1


def test_a_redirect_without_a_goal_is_refused_too(session, wire, say):
    wire.script = [say(302)]
    with pytest.raises(RequestError):
        get(session, wire)


def test_plain_http_to_another_machine_is_refused_before_anything_is_sent(session):
    with pytest.raises(SettingsError, match=r"http://api\.example\.com/x is not https"):
        session.request("GET", "http://key@api.example.com/x?key=1", repeatable=True)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/x", "127.0.0.1/x", "http:///x", "http://127.0.0.1.example.com/x"])
def test_other_schemes_and_lookalikes_of_this_machine_are_refused(session, url):
    with pytest.raises(SettingsError):
        session.request("GET", url, repeatable=True)


def test_allow_http_lets_plain_http_through():
    session = HttpSession("smaily", options=HttpOptions(allow_http=True), retries=Retries(attempts=1))
    with pytest.raises(UnreachableError):
        session.request("GET", "http://nobody.invalid/", repeatable=False)


def test_an_untrusted_certificate_is_a_setting_to_change_not_a_thing_to_retry(tmp_path, waits):
    certificate = _certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_one_handshake, args=(listener, context), daemon=True)
        thread.start()
        session = HttpSession("smaily", sleep=waits.append)
        with pytest.raises(SettingsError, match="verify"):
            session.request("GET", f"https://127.0.0.1:{listener.getsockname()[1]}/", repeatable=True)
        thread.join(2)
    assert waits == []


def _certificate(folder):
    import datetime

    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    moment = datetime.datetime.now(datetime.timezone.utc)
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(1).not_valid_before(moment).not_valid_after(moment + datetime.timedelta(days=1))
    pem = built.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    pem += key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / "server.pem").write_bytes(pem)
    return folder / "server.pem"


def _one_handshake(listener, context):
    connection, _ = listener.accept()
    with connection, pytest.raises(ssl.SSLError):
        context.wrap_socket(connection, server_side=True)


# --------------------------------------------------------------------------------------------- nothing is told


def test_neither_errors_nor_their_tracebacks_nor_logs_show_address_query_or_body(session, wire, say, broken, silent, caplog):
    caplog.set_level(logging.DEBUG)
    shown = []
    for script in (
        [broken],
        [silent],
        [say(500)],
        [say(429)],
        [say(200, b"{", length=9)],
        [say(302, Location="/a?b=1")],
    ):
        wire.script = script
        for call in (get, post):
            with pytest.raises((RetryableError, RequestError)) as caught:
                call(session, wire, **({"repeatable": True} if call is post else {}))
            shown += traceback.format_exception(caught.value)
            assert not isinstance(caught.value.__context__, requests.RequestException)
    shown += [record.getMessage() for record in caplog.records]
    text = "".join(shown)
    assert "urllib3" in {record.name.partition(".")[0] for record in caplog.records}
    for secret in (SECRET, "anna.saladus", "%40example", "email="):
        assert secret not in text


def test_each_retry_is_logged_with_attempt_wait_and_reason(session, wire, say, caplog):
    caplog.set_level(logging.INFO, logger="airflow_provider_marketsync")
    wire.script = [say(503), say(429, Retry_After="7"), say(200)]
    get(session, wire)
    first, second = [record.getMessage() for record in caplog.records]
    assert first.startswith(f"smaily: attempt 1 at {wire.url} failed (ServerError, 503); waiting ")
    assert second == f"smaily: attempt 2 at {wire.url} failed (RateLimitError, 429); waiting 7.0 s"


def test_the_rate_limit_is_waited_for_before_every_request(wire, say):
    wire.script = [say(503), say(200)]
    session = HttpSession("smaily", rate=RateLimit(10), sleep=lambda _: None)
    began = time.monotonic()
    get(session, wire)
    assert time.monotonic() - began >= 0.1
    assert session.counters.waited >= 0.1
