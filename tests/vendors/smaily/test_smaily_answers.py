# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The table that decides whether an answer is a success."""

from __future__ import annotations

import pytest

from airflow_provider_marketsync.exceptions import (
    AccountError,
    AuthError,
    MarketSyncError,
    RequestError,
    ResponseError,
    ServerError,
    SettingsError,
)
from airflow_provider_marketsync.vendors.smaily.answers import CODES, Meaning

KINDS = {
    101: Meaning.DONE,
    201: RequestError,
    202: AuthError,
    **dict.fromkeys((203, 204, 207), Meaning.REFUSED),
    **dict.fromkeys((205, 209, 225, 226), ServerError),
    **dict.fromkeys((206, 220), Meaning.ABSENT),
    **dict.fromkeys((208, 219), SettingsError),
    **dict.fromkeys((210, 211, 212, 213, 214, 215, 216, 217, 218, 221, 222, 223, 224, 228, 999), RequestError),
    227: AuthError,
}


def envelope(code, message="x - anna@example.com"):
    return {"code": code, "message": message}


@pytest.mark.parametrize(("code", "kind"), KINDS.items())
def test_a_body_code_decides_under_http_200(judged, code, kind):
    if isinstance(kind, Meaning):
        assert judged(200, envelope(code)).meaning is kind
        return
    with pytest.raises(MarketSyncError) as caught:
        judged(200, envelope(code))
    assert type(caught.value) is kind
    assert caught.value.code == code
    assert "anna" not in str(caught.value)


def test_every_code_of_the_contract_is_in_the_table():
    assert set(CODES) == {101, *range(201, 228)} - {222}


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, b"", AuthError),
        (401, b"Unauthorized", AuthError),
        (401, envelope(101), AuthError),
        (403, b"Forbidden", AuthError),
        (403, envelope(204), AuthError),
        (403, envelope(227), AuthError),
        (404, b"", AccountError),
        (404, b"Not Found", RequestError),
        (404, b"<html>404</html>", RequestError),
        (400, b"", RequestError),
        (422, envelope(101), RequestError),
        (422, envelope(205), ServerError),
        (405, [], RequestError),
        (200, b"", ResponseError),
        (200, b"<html>maintenance</html>", ResponseError),
        (200, b'{"code": 101', ResponseError),
        (204, b"", ResponseError),
        (200, envelope("soon"), RequestError),
    ],
)
def test_status_and_body_together_decide(judged, status, body, kind):
    with pytest.raises(MarketSyncError) as caught:
        judged(status, body)
    assert type(caught.value) is kind
    assert caught.value.status == status


def test_a_4xx_with_an_envelope_is_read_by_its_code(judged):
    assert judged(422, envelope(204)).meaning is Meaning.REFUSED
    assert judged(400, envelope(206)).meaning is Meaning.ABSENT


def test_a_package_without_api_is_told_in_words_of_its_own(judged):
    with pytest.raises(AuthError, match="package has no API access") as blocked:
        judged(403, envelope(227))
    with pytest.raises(AuthError, match="API user") as refused:
        judged(401, b"")
    assert (blocked.value.code, refused.value.code) == (227, None)


def test_a_code_written_as_text_counts_as_its_number(judged):
    assert judged(200, envelope("101")).meaning is Meaning.DONE


@pytest.mark.parametrize("bare", [[], [{"email": "a@example.com", "code": 204}], {"id": 2, "name": "x"}])
def test_bare_data_is_a_success(judged, bare):
    said = judged(200, bare)
    assert (said.meaning, said.body) == (Meaning.DONE, bare)


def test_a_subscriber_with_a_custom_field_named_code_is_no_status(judged):
    subscriber = {"email": "anna@example.com", "code": "204"}
    assert judged(200, subscriber).body == subscriber


def test_a_reply_shows_neither_message_nor_body_in_its_repr(judged):
    assert "anna" not in repr(judged(200, envelope(204)))
