# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The control port."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
import requests


def test_index_names_vendors_and_routes(marketsync_sandbox):
    index = marketsync_sandbox.call("/")
    assert index["vendors"] == ["directo", "mailup", "salesmanago", "smaily"]
    assert "POST /reset" in index["routes"]


def test_credentials_have_the_names_of_the_design_and_outlive_a_reset(marketsync_sandbox):
    directo, smaily = marketsync_sandbox.call("/directo/credentials"), marketsync_sandbox.call("/smaily/credentials")
    assert set(directo) == {"key", "token", "database"}
    assert set(smaily) == {"subdomain", "username", "password"}
    assert set(marketsync_sandbox.call("/salesmanago/credentials")) == {"client_id", "api_secret", "owner"}
    assert len(directo["key"]) == 32
    marketsync_sandbox.reset()
    assert marketsync_sandbox.call("/directo/credentials") == directo
    assert marketsync_sandbox.call("/smaily/credentials") == smaily


def test_clock_can_be_set_and_advanced_and_runs_on(marketsync_sandbox):
    marketsync_sandbox.call("/clock", {"set": "2030-01-01T00:00:00Z"})
    marketsync_sandbox.call("/clock", {"advance": 3600})
    now = datetime.fromisoformat(marketsync_sandbox.call("/clock")["now"])
    assert timedelta(0) <= now - datetime(2030, 1, 1, 1, tzinfo=timezone.utc) < timedelta(seconds=20)


@pytest.mark.parametrize("order", [{}, {"advance": "x"}, {"set": "yesterday"}, [], None])
def test_clock_refuses_what_it_does_not_understand(marketsync_sandbox, order):
    with pytest.raises(ValueError, match="advance"):
        marketsync_sandbox.call("/clock", order)


def test_reset_brings_back_time_stores_switches_faults_and_logs(marketsync_sandbox):
    marketsync_sandbox.call("/clock", {"set": "2030-01-01T00:00:00Z"})
    marketsync_sandbox.call("/smaily/seed", [{"email": "mari@post.example.com"}])
    marketsync_sandbox.call("/directo/seed", {"count": 5, "seed": 1})
    marketsync_sandbox.call("/smaily/switches", {"paging": "fixed_page"})
    marketsync_sandbox.call("/smaily/faults", [{"kind": "500"}])
    marketsync_sandbox.reset()
    assert marketsync_sandbox.call("/clock")["now"] < "2030"
    assert marketsync_sandbox.call("/smaily/store")["contacts"] == []
    assert marketsync_sandbox.call("/directo/store?count=1")["counts"] == {"customers": 0, "contacts": 0}
    assert marketsync_sandbox.call("/smaily/switches")["switches"]["paging"] == "offset_times_limit"
    assert marketsync_sandbox.call("/smaily/faults")["pending"] == []
    assert marketsync_sandbox.call("/smaily/requests") == []


@pytest.mark.parametrize("order", [{"no_such": "x"}, {"ts_compare": "le"}, {"ts_compare": None}, ["ts_compare"]])
def test_unknown_switch_or_value_is_refused_with_the_list(marketsync_sandbox, order):
    answer = requests.post(f"{marketsync_sandbox.urls['control']}/directo/switches", json=order, timeout=5)
    assert answer.status_code == 400
    assert "ge" in answer.text


def test_one_bad_switch_changes_none(marketsync_sandbox):
    with pytest.raises(ValueError, match="unknown switch"):
        marketsync_sandbox.call("/directo/switches", {"ts_compare": "gt", "no_such": "x"})
    assert marketsync_sandbox.call("/directo/switches")["switches"]["ts_compare"] == "ge"


@pytest.mark.parametrize(
    "order", [[{"kind": "no_such"}], [{}], ["500"], [{"kind": "500", "times": 0}], [{"kind": "500", "match": 7}]]
)
def test_fault_that_is_not_understood_is_refused(marketsync_sandbox, order):
    answer = requests.post(f"{marketsync_sandbox.urls['control']}/smaily/faults", json=order, timeout=5)
    assert answer.status_code == 400


def test_unknown_fault_kind_is_refused_with_the_list_of_kinds(marketsync_sandbox):
    answer = requests.post(f"{marketsync_sandbox.urls['control']}/smaily/faults", json=[{"kind": "x"}], timeout=5)
    assert {"reset_before", "reset_after", "429", "code_205"} <= set(answer.json()["kinds"])


@pytest.mark.parametrize(("path", "status"), [("/nobody/store", 404), ("/smaily/nothing", 404), ("/reset", 405)])
def test_unknown_vendor_route_or_verb_is_json_too(marketsync_sandbox, path, status):
    answer = requests.get(marketsync_sandbox.urls["control"] + path, timeout=5)
    assert answer.status_code == status
    assert "error" in answer.json()


@pytest.mark.parametrize("order", ["x", {"count": -1}, {"count": "many"}, [7], {"records": 5}, None])
@pytest.mark.parametrize("vendor", ["directo", "mailup", "salesmanago", "smaily"])
def test_seed_that_is_not_understood_is_refused(marketsync_sandbox, vendor, order):
    with pytest.raises(ValueError, match="error"):
        marketsync_sandbox.call(f"/{vendor}/seed", order)


@pytest.mark.parametrize("vendor", ["directo", "mailup", "salesmanago", "smaily"])
def test_a_body_that_is_not_json_is_refused(marketsync_sandbox, vendor):
    answer = requests.post(f"{marketsync_sandbox.urls['control']}/{vendor}/seed", data="{", timeout=5)
    assert (answer.status_code, answer.json()) == (400, {"error": "the body is not JSON"})


def test_request_log_shows_no_secret_anywhere(directo, smaily):
    token, key = directo.credentials["token"], directo.credentials["key"]
    directo.get()
    directo.session.get(directo.endpoint, params={"token": token, "get": 1, "what": "customer"}, timeout=5)
    directo.session.get(f"{directo.url}/apidirect/v1/customers", headers={"X-Directo-Key": key}, timeout=5)
    smaily.get("list.php")
    seen = str(directo.control("requests")) + str(smaily.control("requests"))
    assert token not in seen
    assert key not in seen
    assert smaily.authorization.split()[1] not in seen
    assert "***" in seen


def test_request_log_has_method_path_headers_size_time_and_status(smaily):
    smaily.post("contact.php", {"email": "mari@post.example.com", "city": "Põlva"})
    (entry,) = smaily.control("requests")
    assert entry["method"] == "POST"
    assert entry["path"] == "/api/contact.php"
    assert entry["headers"]["content-type"] == "application/json"
    assert entry["headers"]["authorization"] == "***"
    assert entry["body_size"] > 20
    assert entry["status"] == 200
    assert entry["rows"] == 1
    assert entry["fields"] == ["city", "email"]
    assert datetime.fromisoformat(entry["time"]).tzinfo is not None


def test_request_log_shows_how_directo_was_asked(directo):
    directo.get(ts="18.11.2026", closed="0")
    directo.put("<customers/>")
    read, write = directo.control("requests")
    assert read["parameters"] == {
        "get": "1", "what": "customer", "ts": "18.11.2026", "closed": "0", "token": "***",
    }  # fmt: skip
    assert write["parameters"]["xmldata"] == "12 characters"
    assert read["secret_in_url"] is False


def test_request_log_can_be_counted_and_cleared(smaily):
    for _ in range(3):
        smaily.get("list.php")
    assert smaily.control("requests?count=1") == {"count": 3}
    smaily.control("requests", method="DELETE")
    assert smaily.control("requests?count=1") == {"count": 0}
    smaily.get("list.php")
    smaily.control("requests", {})
    assert smaily.control("requests") == []


def test_unknown_act_is_refused_with_the_list(marketsync_sandbox):
    for vendor in ("directo", "salesmanago", "smaily"):
        answer = requests.post(f"{marketsync_sandbox.urls['control']}/{vendor}/act", json={"action": "x"}, timeout=5)
        assert answer.status_code == 400
        assert "edit" in answer.json()["actions"]


def test_generated_people_are_the_same_for_the_same_seed_and_at_both_vendors(marketsync_sandbox):
    marketsync_sandbox.call("/directo/seed", {"count": 200, "seed": 7})
    marketsync_sandbox.call("/smaily/seed", {"count": 200, "seed": 7})
    customers = {row["email"] for row in marketsync_sandbox.call("/directo/store")["customers"]}
    contacts = {row["email"] for row in marketsync_sandbox.call("/smaily/store")["contacts"]}
    assert customers == contacts
    assert len(customers) == 200
    assert all(email.endswith(".example.com") for email in customers)
    marketsync_sandbox.reset()
    marketsync_sandbox.call("/directo/seed", {"count": 200, "seed": 8})
    assert customers != {row["email"] for row in marketsync_sandbox.call("/directo/store")["customers"]}
