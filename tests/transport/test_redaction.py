# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What of a URL may be shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from airflow_provider_marketsync.transport.redaction import safe_url


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://a.example.com/api/x.php?email=a@b.c#f", "https://a.example.com/api/x.php"),
        ("https://user:p%40ss@a.example.com:8443/x", "https://a.example.com:8443/x"),
        ("https://a.example.com", "https://a.example.com"),
    ],
)
def test_scheme_host_and_path_are_all_that_is_shown(url, shown):
    assert safe_url(url) == shown


@given(st.text(st.characters(categories=["L", "N"]), min_size=6))
def test_what_stands_in_query_fragment_or_user_is_never_shown(secret):
    url = f"https://u:x{secret}y@h.example.com/p?q=x{secret}y#x{secret}y"
    assert f"x{secret}y" not in safe_url(url)
