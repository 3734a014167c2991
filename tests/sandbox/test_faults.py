# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Faults that every vendor has, seen from the wire."""

from __future__ import annotations

import json
import socket
import struct
import time
from urllib.parse import urlsplit

import pytest
import requests

MARI = "mari@post.example.com"


def _request(smaily, body=None):
    payload = json.dumps(body or {"email": MARI}).encode()
    head = (
        f"POST /api/contact.php HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {smaily.authorization}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(payload)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode() + payload


def _stored(smaily):
    return bool(smaily.control("store")["contacts"])


@pytest.mark.parametrize("status", ["400", "401", "403", "404", "408", "413", "500", "502", "503", "504"])
def test_status_comes_once_and_the_work_is_not_done(smaily, status):
    smaily.fault(status)
    answer = smaily.post("contact.php", {"email": MARI})
    assert answer.status_code == int(status)
    assert "retry-after" not in answer.headers
    assert not _stored(smaily)
    assert smaily.code("contact.php", {"email": MARI}) == 101


def test_too_many_requests_with_and_without_retry_after(smaily):
    smaily.fault("429")
    smaily.fault("429", retry_after=7)
    smaily.fault("429_without_retry_after")
    answers = [smaily.post("contact.php", {"email": MARI}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [429] * 3
    assert [answer.headers.get("Retry-After") for answer in answers] == ["1", "7", None]
    assert not _stored(smaily)


def test_unavailable_can_carry_retry_after(smaily):
    smaily.fault("503_with_retry_after", retry_after=3)
    assert smaily.post("contact.php", {"email": MARI}).headers["Retry-After"] == "3"


def test_html_with_status_200_and_the_work_not_done(smaily):
    smaily.fault("html_200")
    answer = smaily.post("contact.php", {"email": MARI})
    assert (answer.status_code, answer.content) == (200, b"<html><body>maintenance</body></html>")
    assert not _stored(smaily)


def test_empty_body_with_status_200_and_the_work_done(smaily):
    smaily.fault("empty_200")
    answer = smaily.post("contact.php", {"email": MARI})
    assert (answer.status_code, answer.content) == (200, b"")
    assert _stored(smaily)


def test_truncated_answer_is_whole_for_http_but_half_for_json(smaily):
    smaily.fault("truncated")
    answer = smaily.post("contact.php", {"email": MARI})
    assert answer.content == b'{"code":101,"'
    assert answer.headers["Content-Length"] == "13"
    assert _stored(smaily)


def test_body_cut_half_way_is_short_of_its_content_length(smaily):
    smaily.fault("cut")
    head, _, body = smaily.raw(_request(smaily)).partition(b"\r\n\r\n")
    assert b"HTTP/1.1 200 OK" in head
    assert b"Content-Length: 27" in head
    assert body == b'{"code":101,"'
    assert _stored(smaily)


def test_body_cut_half_way_lacks_its_last_chunk(smaily):
    smaily.fault("cut_chunked")
    head, _, body = smaily.raw(_request(smaily)).partition(b"\r\n\r\n")
    assert b"Transfer-Encoding: chunked" in head
    assert body == b'd\r\n{"code":101,"\r\n'
    assert _stored(smaily)


@pytest.mark.parametrize(("kind", "stored"), [("reset_before", False), ("reset_after", True)])
def test_connection_is_reset_without_a_byte_before_or_after_the_work(smaily, kind, stored):
    smaily.fault(kind)
    with pytest.raises(ConnectionResetError):
        smaily.raw(_request(smaily))
    assert _stored(smaily) is stored
    assert smaily.control("requests")[0]["status"] is None
    assert smaily.control("requests")[0]["fault"] == kind


@pytest.mark.parametrize(("kind", "stored"), [("silent_before", False), ("silent_after", True)])
def test_silent_server_accepts_and_never_answers(smaily, kind, stored):
    smaily.fault(kind)
    place = urlsplit(smaily.url)
    with socket.create_connection((place.hostname, place.port), timeout=0.4) as connection:
        connection.sendall(_request(smaily))
        with pytest.raises(TimeoutError):
            connection.recv(1)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    assert _stored(smaily) is stored


def test_slow_first_byte_comes_after_the_work(smaily):
    smaily.fault("slow_first_byte", seconds=0.4)
    started = time.monotonic()
    assert smaily.code("contact.php", {"email": MARI}) == 101
    assert 0.4 <= time.monotonic() - started < 2


def test_redirect_goes_to_another_host_name_that_answers_and_is_logged(smaily):
    smaily.fault("redirect")
    answer = smaily.session.get(f"{smaily.url}/api/list.php", allow_redirects=False, timeout=5)
    assert answer.status_code == 302
    assert urlsplit(answer.headers["Location"]).hostname == "localhost"
    assert urlsplit(answer.headers["Location"]).path == "/api/list.php"
    smaily.fault("redirect", location="http://elsewhere.example.com/", status=307)
    answer = smaily.session.get(smaily.url, allow_redirects=False, timeout=5)
    assert (answer.status_code, answer.headers["Location"]) == (307, "http://elsewhere.example.com/")


def test_fault_strikes_as_often_as_ordered_and_after_as_many_as_ordered(smaily):
    smaily.fault("500", times=2, after=1)
    statuses = [smaily.get("list.php").status_code for _ in range(4)]
    assert statuses == [200, 500, 500, 200]


def test_fault_without_end_goes_on_until_cleared(smaily):
    smaily.fault("500", times=None)
    assert {smaily.get("list.php").status_code for _ in range(5)} == {500}
    smaily.control("faults", method="DELETE")
    assert smaily.get("list.php").status_code == 200


@pytest.mark.parametrize(
    "match",
    [
        "contact.php",
        "POST /api/contact",
        "jaan+uus@post",
        {"method": "POST"},
        {"path": "contact"},
        {"body": "jaan+uus", "method": "post"},
    ],
)
def test_fault_strikes_only_what_it_matches(smaily, match):
    smaily.fault("500", match=match)
    assert smaily.get("list.php").status_code == 200
    assert smaily.post("contact.php", {"email": "jaan+uus@post.example.com"}).status_code == 500


def test_match_finds_form_parameters_too(directo):
    directo.fault("500", match="what=contact")
    assert directo.get("customer").status_code == 200
    assert directo.get("contact").status_code == 500


def test_faults_are_taken_in_the_order_they_were_given(smaily):
    smaily.control("faults", [{"kind": "500"}, {"kind": "502"}])
    assert [one["kind"] for one in smaily.control("faults")["pending"]] == ["500", "502"]
    assert [smaily.get("list.php").status_code for _ in range(3)] == [500, 502, 200]


def test_connection_stays_usable_after_a_fault_that_answers(smaily):
    smaily.fault("500")
    assert [smaily.get("list.php").status_code for _ in range(2)] == [500, 200]


def test_plain_client_sees_protocol_errors_for_cut_bodies(directo):
    directo.control("seed", {"set": "cases"})
    for kind in ("cut", "cut_chunked"):
        directo.fault(kind)
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            directo.get()
