# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Replies of Directo's stand-in that are no records (contract section 7), to the byte."""

from __future__ import annotations

import pytest
import requests

SAMPLES = {
    "token_required": "token-required",
    "unauthorized": "unauthorized",
    "invalid_url": "invalid-url",
    "legacy_error": "legacy-error-root",
    "legacy_code_on_root": "legacy-code-on-root",
    "legacy_err_reason": "legacy-err-reason",
}


def ask(place, **form):
    answer = requests.post(place, data={"get": 1, "what": "customer", **form}, timeout=5)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    return answer.content


@pytest.mark.parametrize(("kind", "sample"), SAMPLES.items())
def test_every_row_of_section_7_can_be_ordered(directo, recorded, kind, sample):
    directo.fault(kind)
    assert directo.get().content == recorded(f"directo-made-error-{sample}.xml")


def test_no_token_at_all_is_token_required(directo, recorded):
    assert ask(directo.endpoint) == recorded("directo-made-error-token-required.xml")
    assert ask(directo.endpoint, key=directo.credentials["key"]) == recorded("directo-made-error-token-required.xml")
    bi = directo.endpoint.replace("cap_xml_direct", "cap_bi")
    assert ask(bi) == recorded("directo-made-error-token-required.xml")


@pytest.mark.parametrize("token", ["", "wrong", "õ"])
def test_wrong_token_is_unauthorized(directo, recorded, token):
    assert ask(directo.endpoint, token=token) == recorded("directo-made-error-unauthorized.xml")


@pytest.mark.parametrize("form", [{}, {"key": ""}, {"key": "0" * 32}, {"token": "made-token-7c1e5b90d2f84a63"}])
def test_wrong_or_missing_classic_key_is_unauthorized(directo, recorded, form):
    assert ask(directo.classic, **form) == recorded("directo-made-error-unauthorized.xml")


def test_component_outside_the_key_is_unauthorized(directo, recorded):
    assert directo.get("invoice").content == recorded("directo-made-error-unauthorized.xml")
    directo.switch(components="contact")
    assert directo.get("customer").content == recorded("directo-made-error-unauthorized.xml")
    assert b"<contacts/>" in directo.get("contact").content


@pytest.mark.parametrize("form", [{"what": "kliendid"}, {"what": ""}, {"get": "0"}])
def test_what_can_not_be_routed_is_type_404(directo, recorded, form):
    answer = ask(directo.endpoint, token=directo.credentials["token"], **form)
    assert answer == recorded("directo-made-error-invalid-url.xml")


def test_token_revoked_between_two_calls(directo):
    directo.fault("unauthorized", after=1, times=None)
    answers = [directo.get().content for _ in range(3)]
    assert [b"Unauthorized" in answer for answer in answers] == [False, True, True]
