# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Replies that are not records, told apart (contract 7)."""

from __future__ import annotations

import pytest

from airflow_provider_marketsync.exceptions import (
    AuthError,
    FatalError,
    FeedError,
    RequestError,
    ResponseError,
    RetryableError,
    ServerError,
    SettingsError,
)
from airflow_provider_marketsync.vendors.directo.replies import refusal_of_status

from .made import records_of, sample

VARIANTS = [
    (sample("error-unauthorized"), AuthError, "5", "Unauthorized"),
    (sample("error-token-required"), AuthError, None, "no token"),
    (sample("error-invalid-url"), SettingsError, "404", "full URL"),
    (sample("error-legacy-error-root"), RequestError, "1", "number"),
    (sample("error-legacy-code-on-root"), RequestError, "16", "number"),
    (sample("error-legacy-err-reason"), RequestError, None, "err_reason"),
    (sample("put-results-legacy"), FeedError, None, "write"),
    (sample("put-results-mixed"), RequestError, "11", "refused"),
    (b"<results/>", FeedError, None, "write"),
    (b"<results><Result/></results>", FeedError, None, "write"),
    (b'<results><Result Type="5" Desc="Unauthorized"/></results>', AuthError, "5", "Unauthorized"),
    (b'<RESULT TYPE="5" DESC="Unauthorized"/>', AuthError, "5", "Unauthorized"),
    (b'<?xml version="1.0"?>\n<Result Type=" 5 "/>', AuthError, "5", "Unauthorized"),
    (b'<transport><result type="5"/></transport>', AuthError, "5", "Unauthorized"),
    (b'<result type="9" desc="Error on import"/>', ServerError, "9", "later"),
    (b'<result type="17"/>', ServerError, "17", "later"),
    (b'<result type="8"/>', RequestError, "8", "refused"),
    (b'<result type="0" desc="OK"/>', FeedError, None, "write"),
    (b'<result type="something long and personal"/>', RequestError, None, "refused"),
    (b"<result/>", FeedError, None, "write"),
    (b"<ERR> Token Required </ERR>", AuthError, None, "no token"),
    (b"<err>invalid ts</err>", RequestError, None, "unknown"),
    (b"<err/>", RequestError, None, "unknown"),
    (b'<err err_reason="x"/>', RequestError, None, "unknown"),
    (b"<error/>", RequestError, None, "number"),
    (b'<customers err_reason="x"/>', RequestError, None, "err_reason"),
    (b'<transport Code="16" Description="x"><customers/></transport>', RequestError, "16", "number"),
    (b'<results code="16" description="x"/>', FeedError, None, "write"),
    (b"<html/>", ResponseError, None, "web page"),
]


@pytest.mark.parametrize(("body", "kind", "code", "about"), VARIANTS, ids=[str(body[:40]) for body, *_ in VARIANTS])
def test_every_reply_that_is_no_list_has_its_own_error(body, kind, code, about):
    with pytest.raises(kind, match=about) as caught:
        records_of(body)
    assert type(caught.value) is kind
    assert (caught.value.code, caught.value.vendor) == (code, "directo")
    assert "made text" not in str(caught.value)


def test_one_attribute_of_the_pair_is_not_yet_an_error():
    assert records_of(b'<transport code="16"/>') == []


def test_passing_faults_ask_for_the_pause_that_directo_wants():
    with pytest.raises(ServerError) as caught:
        records_of(b'<result type="9"/>')
    assert caught.value.retry_after == 60


@pytest.mark.parametrize(
    ("status", "kind", "base"),
    [
        (401, AuthError, FatalError),
        (403, AuthError, FatalError),
        (404, SettingsError, FatalError),
        (410, SettingsError, FatalError),
        (400, RequestError, FatalError),
        (405, RequestError, FatalError),
        (413, RequestError, FatalError),
        (204, ResponseError, RetryableError),
        (206, ResponseError, RetryableError),
    ],
)
def test_a_status_without_a_known_body_has_its_own_error(status, kind, base):
    error = refusal_of_status(status)
    assert isinstance(error, kind)
    assert isinstance(error, base)
    assert error.status == status


def test_200_is_no_refusal():
    assert refusal_of_status(200) is None
