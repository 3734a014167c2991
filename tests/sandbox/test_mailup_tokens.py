# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Who may call MailUp's stand-in, and how often (contract sections 2, 4.1 and 4.2)."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import requests


def refresh(mailup, token, **form):
    return mailup.token(grant_type="refresh_token", refresh_token=token, **form)


def info(mailup, token):
    return mailup.session.get(
        mailup.url + mailup.CONSOLE + "Authentication/Info", headers={"Authorization": f"Bearer {token}"}, timeout=10
    )


def test_password_grant_gives_three_keys_and_a_token_that_works(mailup):
    answer = mailup.token()
    assert answer.status_code == 200
    assert list(answer.json()) == ["access_token", "expires_in", "refresh_token"]
    assert answer.json()["expires_in"] == 3600
    assert info(mailup, answer.json()["access_token"]).status_code == 200


def test_the_client_pair_may_come_in_the_body_the_query_or_as_basic(mailup):
    made = mailup.credentials
    url = f"{mailup.url}/Authorization/OAuth/Token"
    who = {"grant_type": "password", "username": made["username"], "password": made["password"]}
    pair = {"client_id": made["client_id"], "client_secret": made["client_secret"]}
    in_query = requests.post(url, params={**who, **pair}, timeout=10)
    as_basic = requests.post(url, data=who, auth=tuple(pair.values()), timeout=10)
    assert in_query.json()["access_token"] != as_basic.json()["access_token"]


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_code_grant_goes_over_the_log_on_page(mailup, method):
    made = mailup.credentials
    query = {"client_id": made["client_id"], "client_secret": made["client_secret"], "response_type": "code"}
    page = requests.get(
        f"{mailup.url}/Authorization/OAuth/LogOn",
        params={**query, "redirect_uri": "http://127.0.0.1/back?x=1"},
        allow_redirects=False,
        timeout=10,
    )
    assert page.status_code == 302
    back = parse_qs(urlsplit(page.headers["Location"]).query)
    exchange = {"code": back["code"][0], "grant_type": "authorization_code"}
    url = f"{mailup.url}/Authorization/OAuth/Token"
    answers = [requests.request(method, url, params=exchange, timeout=10) for _ in range(2)]
    assert info(mailup, answers[0].json()["access_token"]).status_code == 200
    assert (answers[1].status_code, answers[1].json()["error"]) == (400, "invalid_grant")


def test_refresh_gives_a_new_refresh_token_and_the_old_one_dies(mailup):
    first = mailup.token().json()
    second = refresh(mailup, first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert info(mailup, second["access_token"]).status_code == 200
    assert refresh(mailup, first["refresh_token"]).json()["error"] == "invalid_grant"
    assert refresh(mailup, second["refresh_token"]).status_code == 200


def test_whether_the_old_refresh_token_dies_and_when_any_does_are_switches(mailup):
    first = mailup.token().json()["refresh_token"]
    mailup.switch(refresh_rotation="old_lives", refresh_lifetime=100)
    assert refresh(mailup, first).status_code == refresh(mailup, first).status_code == 200
    second = mailup.token().json()["refresh_token"]
    mailup.pass_time(101)
    assert refresh(mailup, second).status_code == 400


@pytest.mark.parametrize(("status", "choice"), [(400, "400"), (401, "401"), (200, "200")])
def test_wrong_client_answers_in_the_token_pages_own_shape(mailup, status, choice):
    mailup.switch(token_error_status=choice)
    answer = mailup.token(client_secret="wrong")
    assert answer.status_code == status
    assert answer.json() == {"error": "invalid_client", "error_description": "Client credentials are invalid"}


def test_wrong_password_and_unknown_grant_get_no_token(mailup):
    assert mailup.token(password="wrong").json()["error"] == "invalid_grant"
    assert mailup.token(grant_type="client_credentials").json()["error"] == "unsupported_grant_type"


def test_a_good_answer_of_the_password_grant_can_be_a_302(mailup):
    mailup.switch(password_grant_status="302")
    answer = mailup.token()
    assert (answer.status_code, "access_token" in answer.json()) == (302, True)


def test_tokens_end_with_their_lifetime_on_the_virtual_clock(mailup, recorded):
    mailup.switch(token_lifetime=900)
    token = mailup.token().json()
    assert token["expires_in"] == 900
    mailup.pass_time(901)
    answer = info(mailup, token["access_token"])
    assert answer.status_code == 401
    assert answer.json() == json.loads(recorded("mailup-documented-rest-error-401.json"))


@pytest.mark.parametrize(
    ("header", "status"),
    [("Bearer " + "0" * 64, 401), ("Bearer garbage", 400), ("MailUp " + "0" * 64, 401), ("", 401), ("Basic eDp5", 401)],
)
def test_only_a_good_bearer_token_opens_the_console(mailup, header, status):
    answer = requests.get(mailup.url + mailup.CONSOLE + "Authentication/Info", headers={"Authorization": header}, timeout=10)
    assert answer.status_code == status
    assert list(answer.json()) == ["ErrorCode", "ErrorDescription", "ErrorName", "ErrorStack"]
    assert answer.json()["ErrorCode"] == str(status)


def test_revoked_tokens_and_second_applications(mailup):
    pair = mailup.act("register_application")
    other = mailup.token(client_id=pair["client_id"], client_secret=pair["client_secret"])
    assert info(mailup, other.json()["access_token"]).status_code == 200
    mailup.act("revoke_tokens")
    assert mailup.get("Authentication/Info").status_code == 401
    assert refresh(mailup, other.json()["refresh_token"]).status_code == 400


def test_contract_not_signed_closes_the_console_in_the_documented_words(mailup, recorded):
    mailup.switch(contract="not_signed")
    answer = mailup.get("List")
    assert answer.status_code == 403
    assert answer.json() == json.loads(recorded("mailup-documented-rest-error-403.json"))


class SameSecond:
    """Sets the clock back before every call, so that a slow machine counts as a fast one does."""

    def __init__(self, mailup):
        self.mailup = mailup
        self.begin = datetime.fromisoformat(mailup.sandbox.call("/clock")["now"]).replace(microsecond=0)

    def statuses(self, *paths):
        return [answer.status_code for answer in self.answers(*paths)]

    def answers(self, *paths):
        answers = []
        for path in paths:
            self.mailup.sandbox.call("/clock", {"set": self.begin.isoformat()})
            answers.append(self.mailup.get(path))
        return answers


def test_the_sixth_call_of_a_second_answers_429_as_documented_and_counts_on(mailup, recorded):
    mailup.switch(rate_limit=5)
    answers = SameSecond(mailup).answers(*["List/1/Groups"] * 10)
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 5
    assert answers[-1].json() == json.loads(recorded("mailup-documented-rest-error-429.json"))
    assert "Retry-After" not in answers[-1].headers


def test_the_limit_is_counted_per_verb_and_path_template_and_ends_with_the_second(mailup):
    mailup.switch(rate_limit=1)
    second = SameSecond(mailup)
    paths = ("List/1/Groups", "List/2/Groups", "List/1/Recipients/Pending", "List/1")
    assert second.statuses(*paths) == [200, 429, 200, 200]
    mailup.pass_time(1)
    assert mailup.get("List/1/Groups").status_code == 200


@pytest.mark.parametrize(("counted_on", "status"), [("account", 429), ("client", 200)])
def test_what_the_limit_is_counted_on_is_a_switch(mailup, counted_on, status):
    pair = mailup.act("register_application")
    other = mailup.token(client_id=pair["client_id"], client_secret=pair["client_secret"]).json()["access_token"]
    mailup.switch(rate_limit=1, rate_counted_on=counted_on)
    second = SameSecond(mailup)
    assert second.statuses("Authentication/Info") == [200]
    mailup.session.headers["Authorization"] = f"Bearer {other}"
    assert second.statuses("Authentication/Info") == [status]


@pytest.mark.parametrize(("window", "status"), [("fixed", 200), ("sliding", 429)])
def test_the_kind_of_the_one_second_window_is_a_switch(mailup, window, status):
    mailup.switch(rate_limit=1, rate_window=window)
    second = SameSecond(mailup)
    second.begin = second.begin.replace(microsecond=800_000)
    assert second.statuses("List") == [200]
    second.begin += timedelta(seconds=0.4)
    assert second.statuses("List") == [status]


def test_five_calls_a_second_are_the_default(marketsync_sandbox):
    assert marketsync_sandbox.call("/mailup/switches")["switches"]["rate_limit"] == 5


@pytest.mark.parametrize(
    ("host", "status"),
    [("demo.console.example.com", 200), ("services.mailup.com", 200), ("127.0.0.1", 200), ("other.espsrv.com", 404)],
)
def test_the_host_picks_the_account(mailup, host, status):
    mailup.session.headers["Host"] = host
    assert mailup.get("Authentication/Info").status_code == status


def test_account_info_names_the_console_and_its_form_is_a_switch(mailup):
    shown = mailup.get("Authentication/Info").json()
    assert {"Company", "ExpiryDate", "IsTrial", "UID", "Url", "Username", "Version"} <= shown.keys()
    assert (shown["Url"], shown["Username"]) == ("demo.console.example.com", "m1234")
    mailup.switch(console="other", info_url="with_scheme")
    assert mailup.get("Authentication/Info").json()["Url"] == "http://other.console.example.com"
    assert mailup.get("Authentication/Details").json()["CreditsByList"][0] == {"ListId": 1, "Credit": 0}


@pytest.mark.parametrize("path", ["Nothing", "list/1", "List/99", "List/1/Recipients", "List/x", "Recipients/1/2"])
def test_unknown_paths_and_objects_are_404_in_the_error_shape(mailup, path):
    answer = mailup.get(path)
    assert (answer.status_code, answer.json()["ErrorCode"]) == (404, "404")


def test_credentials_are_the_names_of_the_design_and_outlive_a_reset(mailup):
    names = ["client_id", "client_secret", "username", "password", "console_id", "soap_user", "soap_password"]
    assert list(mailup.credentials) == names
    assert mailup.credentials["soap_user"] == "a" + mailup.credentials["console_id"]
    mailup.sandbox.reset()
    assert mailup.control("credentials") == mailup.credentials


def test_the_provider_has_no_connection_type_so_none_is_printed(mailup):
    assert "mailup" in mailup.sandbox.urls
    assert "mailup" not in mailup.sandbox.connections


def test_tokens_and_secrets_are_masked_in_the_request_log(mailup):
    requests.post(f"{mailup.url}/Authorization/OAuth/Token?refresh_token=abc&client_secret=xyz&pwd=q", timeout=10)
    pair = base64.b64encode(b"x:y").decode()
    requests.get(f"{mailup.url}/frontend/x.aspx", headers={"Authorization": f"Basic {pair}"}, timeout=10)
    log = json.dumps(mailup.control("requests"))
    assert not [secret for secret in ("=abc", "=xyz", "pwd=q", pair) if secret in log]
