# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Which source and target the connections of a sync give."""

from __future__ import annotations

import pytest

from airflow_provider_marketsync.contacts.definition import Sync
from airflow_provider_marketsync.exceptions import CapabilityError, SettingsError
from airflow_provider_marketsync.operators.connections import source_of, target_of


def sync(**keys):
    plain = {
        "id": "made",
        "source": "directo_default",
        "target": "smaily_default",
        "mapping": {"email": "email", "name": "name"},
        "new_contacts": "skip",
    }
    return Sync(**{**plain, **keys})


def test_a_sync_reads_the_register_it_names(connections):
    for component in ("customers", "contacts"):
        source = source_of(sync(source={"connection": "directo_default", "component": component}))
        assert (source.vendor, source.account) == ("directo", "demo_ee")


def test_a_sync_delivers_to_its_target(connections):
    target = target_of(sync())
    assert (target.vendor, target.account) == ("smaily", "demo")


def test_a_wide_mapping_travels_in_small_batches(connections):
    wide = {"email": "email", **{f"field_{number}": "name" for number in range(40)}}
    assert target_of(sync(mapping=wide)).capability.batch_size < target_of(sync()).capability.batch_size


def test_sides_that_are_mixed_up_are_told(connections):
    mixed = sync(source="smaily_default", target="directo_default")
    with pytest.raises(CapabilityError, match="connection 'smaily_default': Smaily can not be a source"):
        source_of(mixed)
    with pytest.raises(CapabilityError, match="connection 'directo_default': Directo can not be a target"):
        target_of(mixed)


def test_a_connection_that_is_missing_says_where_to_make_it_and_is_not_tried_again():
    with pytest.raises(SettingsError, match="no connection 'nowhere_default'.*AIRFLOW_CONN_NOWHERE_DEFAULT"):
        target_of(sync(target="nowhere_default"))


def test_a_source_that_is_a_task_of_the_users_own_can_not_be_fetched():
    with pytest.raises(CapabilityError, match="write_extract"):
        source_of(sync(source={"name": "warehouse"}))


@pytest.mark.parametrize(
    ("connection", "told"),
    [
        ({"host": "demo", "login": "u", "password": "made-secret"}, "no type"),
        ({"conn_type": "http", "host": "demo"}, "the type 'http'"),
        ({"conn_type": "smailly", "host": "demo"}, "the type 'smailly'"),
    ],
)
def test_a_connection_without_a_type_of_ours_is_told_which_types_there_are(connect, connection, told):
    connect("smaily_default", **connection)
    with pytest.raises(SettingsError, match=rf"'smaily_default' has {told}; set it to one of directo, smaily"):
        target_of(sync())
