# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Names of fields that look like consent, and of those that are sensitive."""

from __future__ import annotations

import pytest

from airflow_provider_marketsync.contacts.consent_names import looks_like_consent
from airflow_provider_marketsync.contacts.sensitive import is_sensitive


@pytest.mark.parametrize(
    "name",
    ["OPTIN", "datafields.OPTIN", "opt-in", "Opt_Out", "NEWSLETTER", "uudiskiri", "UUDISKIRJA LUBA", "nõusolek", "NOUSOLEK",
     "no\u0303usolek", "consent_email", "rgpd", "GDPR", "Subscribed", "unsub", "turundusluba", "MarketingOK"],
)  # fmt: skip
def test_a_name_that_looks_like_consent(name: str) -> None:
    assert looks_like_consent(name)


@pytest.mark.parametrize("name", ["name", "email", "notice", "class", "optional1", "closed", "datafields.LANG", "options"])
def test_a_name_that_does_not(name: str) -> None:
    assert not looks_like_consent(name)


@pytest.mark.parametrize(
    "name",
    ["regno", "LoyaltyCard", "pid", "birthday", "BIRTH_DATE", "balance", "creditlimit", "creditbalance", "comment", "ISIKUKOOD"],
)
def test_a_sensitive_name(name: str) -> None:
    assert is_sensitive(name)


@pytest.mark.parametrize("name", ["name", "class", "vatregno", "country", "phone"])
def test_an_ordinary_name(name: str) -> None:
    assert not is_sensitive(name)
