# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What is checked before a script of Smaily's stand-in answers (contract sections 3, 5 and 12), and recorded requests."""

from __future__ import annotations

import json

import pytest
import requests

MARI = "mari@post.example.com"


def bare(smaily, path, method="GET", host="127.0.0.1", authorization=None, body=b""):
    lines = [f"{method} {path} HTTP/1.1", f"Host: {host}", "Connection: close", f"Content-Length: {len(body)}"]
    lines += [f"Authorization: {authorization}"] if authorization else []
    answer = smaily.raw("\r\n".join([*lines, "", ""]).encode() + body)
    head, _, content = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), head.decode().lower(), content


def test_wrong_or_missing_credentials_are_401_without_json(smaily):
    for authorization in (None, "Basic eDp5", "Basic ???", "Bearer x", smaily.authorization + "x"):
        status, head, body = bare(smaily, "/api/list.php", authorization=authorization)
        assert (status, body) == (401, b"Unauthorized")
        assert "content-type: text/html" in head


@pytest.mark.parametrize(
    "script", ["automation", "workflow", "trigger", "stats", "newsletter", "sms", "Contact", "contact/forget2"]
)
def test_unknown_script_is_a_bare_404(smaily, script):
    answer = smaily.get(f"{script}.php")
    assert answer.status_code == 404
    assert answer.headers["Content-Type"] == "text/html"
    with pytest.raises(requests.JSONDecodeError):
        answer.json()


@pytest.mark.parametrize("host", ["nosuch.sendsmaily.net", "nosuch"])
def test_unknown_account_is_an_empty_404_even_without_credentials(smaily, host):
    status, _, body = bare(smaily, "/api/list.php", host=host)
    assert (status, body) == (404, b"")


@pytest.mark.parametrize("host", ["demo.sendsmaily.net", "DEMO", "127.0.0.1:8702", "localhost", "[::1]:80", "10.0.0.7"])
def test_demo_account_answers_under_its_name_any_ip_and_localhost(smaily, host):
    status, _, body = bare(smaily, "/api/list.php", host=host, authorization=smaily.authorization)
    assert (status, body) == (200, b"[]")


def test_package_block_comes_before_credentials_on_every_script(smaily):
    smaily.switch(package="blocked", rate_limit=1)
    for authorization in (None, "Basic eDp5", smaily.authorization):
        for path in ("/api/list.php", "/api/contact.php", "/api/nothing.php"):
            status, head, body = bare(smaily, path, authorization=authorization)
            assert (status, body) == (403, b'{"code":227,"message":"A paid package is required."}')
            assert "content-type: text/html\r" in head + "\r"
            assert "www-authenticate" not in head
            assert "retry-after" not in head


@pytest.mark.parametrize("script", ["contact/forget.php", "unsubscribe.php", "message/send.php"])
def test_get_where_post_is_needed_is_201(smaily, script):
    assert smaily.get(script).json() == {"code": 201, "message": "Data must be posted with POST method."}


def test_other_verbs_are_201(smaily):
    assert smaily.session.put(f"{smaily.url}/api/contact.php", json={"email": MARI}, timeout=5).json()["code"] == 201


def test_post_to_a_reading_script_reads(smaily):
    answer = smaily.session.post(f"{smaily.url}/api/history.php?since_seq_id=0&limit=5", timeout=5)
    assert answer.json() == []


def test_every_answer_is_html(smaily):
    for script in ("list.php", "contact.php", "history.php", "nothing.php", "templates.php", "workflows.php"):
        assert smaily.get(script).headers["Content-Type"].startswith("text/html")


def test_sixth_request_of_a_second_is_429_and_not_done(smaily):
    smaily.switch(rate_limit=5)
    answers = [smaily.post("contact.php", {"email": f"p{n}@post.example.com"}) for n in range(6)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    assert answers[5].content == b"Too Many Requests"
    assert answers[5].headers["Retry-After"] == "1"
    assert answers[5].headers["Content-Type"] == "text/html"
    assert len(smaily.control("store")["contacts"]) == 5


def test_moving_the_clock_frees_the_rate(smaily):
    smaily.switch(rate_limit=2, retry_after="no")
    statuses = []
    for _ in range(3):
        statuses += [smaily.get("list.php").status_code for _ in range(3)]
        smaily.sandbox.call("/clock", {"advance": 1.1})
    assert statuses == [200, 200, 429] * 3
    smaily.sandbox.call("/clock", {"advance": -1000})
    assert smaily.get("list.php").status_code == 200


def test_429_without_retry_after_by_switch(smaily):
    smaily.switch(rate_limit=1, retry_after="no")
    assert "Retry-After" not in [smaily.get("list.php") for _ in range(2)][1].headers


def test_wrong_credentials_are_answered_before_the_rate_is_counted(smaily):
    smaily.switch(rate_limit=1)
    for _ in range(3):
        assert bare(smaily, "/api/list.php")[0] == 401
    assert smaily.get("list.php").status_code == 200


def test_messages_are_the_literal_ones(smaily, recorded):
    for row in json.loads(recorded("smaily-made-response-codes.json")):
        if not row["message_known"] or row["code"] in (101, 227):
            continue
        smaily.fault(f"code_{row['code']}", details=["x", "y"])
        expected = row["message"].replace("{}", "x", 1).replace("{}", "y", 1)
        assert smaily.get("list.php").json() == {"code": row["code"], "message": expected}


@pytest.mark.parametrize(
    ("kind", "status", "body"),
    [
        ("401", 401, b"Unauthorized"),
        ("403", 403, b"Forbidden"),
        ("403_package", 403, b'{"code":227,"message":"A paid package is required."}'),
        ("404_host", 404, b""),
        ("502", 502, b"<html><head><title>502 Bad Gateway</title></head></html>"),
        ("code_225", 200, b'{"code":225,"message":"Database insert failed"}'),
    ],
)
def test_faults_of_the_vendor(smaily, kind, status, body):
    smaily.fault(kind)
    answer = smaily.post("contact.php", {"email": MARI})
    assert (answer.status_code, answer.content) == (status, body)
    assert smaily.control("store")["contacts"] == []


def test_api_user_deleted_in_mid_run(smaily):
    smaily.fault("401", after=2, times=None)
    assert [smaily.get("list.php").status_code for _ in range(4)] == [200, 200, 401, 401]


def test_recorded_requests_of_public_clients_are_answered(smaily, recorded):
    smaily.seed({"email": "a@example.com", "is_unsubscribed": 1}, {"email": "x@example.com"})
    for line in recorded("smaily-captured-client-requests.jsonl").splitlines():
        request = json.loads(line)
        answer = requests.request(
            request["method"],
            smaily.url + request["target"],
            headers=request["headers"],
            data=request["body"].encode(),
            timeout=5,
        )
        assert answer.status_code == 200, request
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        if request["method"] == "GET":
            assert isinstance(answer.json(), list), request
        else:
            assert answer.json()["code"] == 101, request
    assert [one["email"] for one in smaily.control("store")["contacts"]] == ["x@example.com", "b+c@example.com"]
    assert smaily.contact("b+c@example.com")["city"] == "Põlva"


def test_recorded_upsert_has_the_effect_it_names(smaily, recorded):
    lines = [json.loads(line) for line in recorded("smaily-captured-client-requests.jsonl").splitlines()]
    request = next(one for one in lines if one["body"].startswith("[{"))
    smaily.seed({"email": "a@example.com", "is_unsubscribed": 1})
    requests.post(smaily.url + request["target"], headers=request["headers"], data=request["body"], timeout=5)
    assert (smaily.contact("a@example.com")["mailable"], smaily.contact("b@example.com")["mailable"]) == (True, False)
    assert smaily.contact("a@example.com")["birthday"] == "1990-05-01 00:00:00"
    assert smaily.control("mails") == []
