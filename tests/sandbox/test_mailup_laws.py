# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What holds at MailUp's stand-in after any calls in any order (contract section 10.1)."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

OUT, BOUNCED, NEW = "out@kask.example.com", "bounced@kask.example.com", "new@kask.example.com"
PEOPLE = st.sampled_from([OUT, BOUNCED, NEW])
PLAIN = st.sampled_from(["single", "bulk", "group", "clearing", "as_optout", "update", "unsubscribe", "detail"])
GUID = "49494949-4444-9999-8888-185543409eb7"


def plain_write(mailup, kind, email):
    row = {"Email": email, "Name": "x", "Fields": [{"Id": 1, "Value": "x"}]}
    if kind == "single":
        mailup.ask("POST", "List/1/Recipient", row)
    elif kind == "bulk":
        mailup.bulk(row)
    elif kind == "group":
        mailup.ask("POST", "Group/7/Recipients", [row], removeFromPrevGroups="true")
        mailup.pass_time(5)
    elif kind == "clearing":
        mailup.bulk(row, clearMissingOrEmptyFields="true")
    elif kind == "as_optout":
        mailup.bulk(row, importType="asOptout")
    elif kind == "update":
        mailup.page("xmlUpdSubscriber", ListGuid=GUID, List=1, Email=email, csvFldNames="campo1", csvFldValues="y")
    elif kind == "unsubscribe":
        mailup.page("Xmlunsubscribe", ListGuid=GUID, List=1, Email=email)
    elif mailup.person(email):
        mailup.ask("PUT", "Recipient/Detail", {"idRecipient": mailup.person(email)["idRecipient"], "Name": "z"})


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(PLAIN, PEOPLE), max_size=6))
def test_no_plain_write_lifts_an_opt_out_or_causes_a_mail(mailup, writes):
    mailup.sandbox.reset()
    mailup.__init__(mailup.sandbox)
    mailup.seed({"Email": OUT, "Status": "OPTOUT"}, {"Email": BOUNCED})
    mailup.act("bounce", BOUNCED)
    for kind, email in writes:
        plain_write(mailup, kind, email)
    assert (mailup.status(OUT), mailup.status(BOUNCED)) == ("unsubscribed", "unsubscribed")
    assert mailup.control("mails") == []


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(["bulk", "asOptin", "single", "by_id", "page"]), max_size=5))
def test_nothing_of_the_api_brings_somebody_back_after_a_bounce(mailup, ways):
    mailup.sandbox.reset()
    mailup.__init__(mailup.sandbox)
    mailup.switch(single_on_unsubscribed="subscribe", bulk_on_pending="subscribe")
    mailup.seed({"Email": BOUNCED})
    mailup.act("bounce", BOUNCED)
    for way in ways:
        if way == "by_id":
            mailup.ask("POST", "List/1/Subscribe/100")
        elif way == "page":
            mailup.page("Xmlsubscribe", Email=BOUNCED, List=1, Confirm=0, retCode=1)
        elif way == "single":
            mailup.ask("POST", "List/1/Recipient", {"Email": BOUNCED})
        else:
            mailup.bulk({"Email": BOUNCED}, importType="asOptin" if way == "asOptin" else "")
    assert mailup.status(BOUNCED) == "unsubscribed"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(1, 9), st.sampled_from(["oldest_first", "newest_first"]))
def test_pages_of_any_size_give_everybody_once(mailup, size, order):
    mailup.sandbox.reset()
    mailup.__init__(mailup.sandbox)
    mailup.switch(recipients_order=order)
    mailup.control("seed", {"count": 23, "seed": size})
    seen, number = [], 0
    while True:
        page = mailup.get("List/1/Recipients/EmailOptins", pageNumber=number, pageSize=size).json()
        seen += [one["idRecipient"] for one in page["Items"]]
        number += 1
        if number * page["PageSize"] >= page["TotalElementsCount"]:
            break
    assert sorted(seen) == list(range(100, 123))
