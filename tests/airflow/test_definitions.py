# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What operators keep of their ``sync`` argument."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from airflow import DAG

from airflow_provider_marketsync.compat import AirflowException
from airflow_provider_marketsync.contacts.definition import Sync
from airflow_provider_marketsync.exceptions import DefinitionError, SettingsError
from airflow_provider_marketsync.operators.definitions import load, load_of_one_source
from airflow_provider_marketsync.operators.fetch import FetchCustomersOperator
from airflow_provider_marketsync.operators.upsert import UpsertContactsOperator

KEYS = {
    "id": "made",
    "source": "directo_default",
    "target": "smaily_default",
    "mapping": {"email": "email"},
    "new_contacts": "skip",
}
YAML = "id: made\nsource: directo_default\ntarget: smaily_default\nmapping: {email: email}\nnew_contacts: skip\n"


@pytest.fixture
def dag(tmp_path):
    made = DAG("made", schedule=None, start_date=datetime(2026, 1, 1))
    made.fileloc = str(tmp_path / "made.py")
    return made


def test_a_path_a_map_and_a_sync_become_the_same_plain_json(dag, tmp_path):
    (tmp_path / "made.yaml").write_text(YAML)
    forms = ["made.yaml", tmp_path / "made.yaml", KEYS, Sync(**KEYS)]
    kept = [UpsertContactsOperator(extract=None, task_id=f"t{n}", sync=form, dag=dag).sync for n, form in enumerate(forms)]
    assert all(one == kept[0] for one in kept)
    assert json.loads(json.dumps(kept[0])) == kept[0]
    assert Sync.load(kept[0]) == Sync(**KEYS)


def test_a_relative_path_begins_at_the_folder_of_the_dag_file_wherever_the_scheduler_runs(dag, tmp_path, monkeypatch):
    (tmp_path / "syncs").mkdir()
    (tmp_path / "syncs" / "made.yaml").write_text(YAML)
    monkeypatch.chdir("/")
    with dag:
        assert FetchCustomersOperator(task_id="fetch", sync="syncs/made.yaml").sync["id"] == "made"


def test_a_definition_is_read_once_at_construction(dag, tmp_path):
    place = tmp_path / "made.yaml"
    place.write_text(YAML)
    kept = UpsertContactsOperator(extract=None, task_id="t", sync="made.yaml", dag=dag).sync
    place.unlink()
    assert load(kept, str(tmp_path)).id == "made"


@pytest.mark.parametrize(
    ("text", "told"),
    [(YAML + "removals: {action: unsubscribe}\n", "line 6"), (YAML + "mapppings: {}\n", "mapppings"), ("id: [", "YAML")],
)
def test_a_wrong_definition_shows_when_the_dag_file_is_parsed_and_names_the_line(dag, tmp_path, text, told):
    (tmp_path / "made.yaml").write_text(text)
    with pytest.raises(DefinitionError, match=told):
        UpsertContactsOperator(extract=None, task_id="t", sync="made.yaml", dag=dag)


def test_broken_yaml_with_braces_in_it_is_told_as_a_wrong_definition_too(dag, tmp_path):
    (tmp_path / "made.yaml").write_text(YAML + "where: {{closed: 0\n")
    with pytest.raises(DefinitionError, match=r"made\.yaml"):
        UpsertContactsOperator(extract=None, task_id="t", sync="made.yaml", dag=dag)


def test_a_missing_file_shows_when_the_dag_file_is_parsed(dag):
    with pytest.raises(DefinitionError, match=r"nowhere\.yaml"):
        UpsertContactsOperator(extract=None, task_id="t", sync="nowhere.yaml", dag=dag)


def rendered(operator, **context):
    operator.render_template_fields(context)
    return operator


def test_a_path_with_a_template_is_resolved_against_the_dag_folder_at_run_time(dag, tmp_path):
    (tmp_path / "made.yaml").write_text(YAML)
    operator = UpsertContactsOperator(extract=None, task_id="t", sync="{{ params.which }}.yaml", dag=dag)
    assert operator.sync == "{{ params.which }}.yaml"
    assert load(rendered(operator, params={"which": "made"}).sync, str(tmp_path)).id == "made"


def test_a_map_with_templates_is_checked_after_rendering(dag, tmp_path):
    keys = {**KEYS, "full_every": "{{ params.every }}", "where": {"country": ["{{ params.country }}"]}}
    operator = UpsertContactsOperator(extract=None, task_id="t", sync=keys, dag=dag)
    sync = load(rendered(operator, params={"every": "12h", "country": "EE"}).sync, str(tmp_path))
    assert sync.full_every.total_seconds() == 12 * 3600
    assert sync.where == "country in ['EE']"


def test_a_file_with_templates_is_checked_after_rendering(dag, tmp_path):
    (tmp_path / "made.yaml").write_text(YAML + "limits: {max_creates: '{{ params.most }}'}\nwhere: {vat: no}\n")
    operator = UpsertContactsOperator(extract=None, task_id="t", sync="made.yaml", dag=dag)
    sync = load(rendered(operator, params={"most": 7}).sync, str(tmp_path))
    assert (sync.limits.max_creates, sync.where) == (7, "vat == 'no'")


def test_a_path_without_a_dag_is_resolved_at_run_time(tmp_path):
    (tmp_path / "made.yaml").write_text(YAML)
    operator = UpsertContactsOperator(extract=None, task_id="t", sync="made.yaml")
    assert load(operator.sync, str(tmp_path)).id == "made"


def test_an_operator_without_a_dag_reads_an_absolute_path_at_once(tmp_path):
    (tmp_path / "made.yaml").write_text(YAML)
    assert UpsertContactsOperator(extract=None, task_id="t", sync=str(tmp_path / "made.yaml")).sync["id"] == "made"


def test_a_fetch_serves_several_syncs_of_one_source_only(dag, tmp_path):
    other = {**KEYS, "id": "other", "target": "smaily_other"}
    kept = FetchCustomersOperator(task_id="t", sync=[KEYS, other], dag=dag).sync
    assert [sync.id for sync in load_of_one_source(kept, str(tmp_path))] == ["made", "other"]
    with pytest.raises(DefinitionError, match="different sources"):
        load_of_one_source([*kept, {**KEYS, "source": "directo_other"}], str(tmp_path))
    with pytest.raises(DefinitionError, match="empty"):
        load_of_one_source([], str(tmp_path))


@pytest.mark.parametrize(
    "arguments",
    [
        {"sync": {**KEYS, "where": {"email": "mari@kask.ee"}}},
        {"sync": {**KEYS, "where": "email == 'mari@kask.ee'"}},
        {"sync": KEYS, "apply_plan": "mari@kask.ee"},
    ],
)
def test_literal_addresses_are_refused_and_not_repeated(dag, arguments):
    with pytest.raises(SettingsError, match="Airflow's database") as caught:
        UpsertContactsOperator(extract=None, task_id="t", dag=dag, **arguments)
    assert "kask" not in str(caught.value)


@pytest.mark.parametrize("word", ["adopted", "Adopt!", "yes"])
def test_a_misspelt_first_run_is_told_where_the_dag_is_parsed(dag, word):
    with pytest.raises(SettingsError, match=f"'first_run' must be 'adopt', or left out; it is '{word}'"):
        UpsertContactsOperator(task_id="t", dag=dag, sync=KEYS, extract=None, first_run=word)


@pytest.mark.parametrize("word", ["adopt", "", None, "{{ params.first_run }}", "{% if params.adopt %}adopt{% endif %}"])
def test_a_first_run_that_is_right_or_a_template_is_kept_as_it_is(dag, word):
    assert UpsertContactsOperator(task_id="t", dag=dag, sync=KEYS, extract=None, first_run=word).first_run == word


def test_a_path_to_an_object_store_is_no_address(dag):
    operator = UpsertContactsOperator(task_id="t", dag=dag, sync=KEYS, extract="s3://aws@bucket.example/x/manifest.json")
    assert operator.extract.startswith("s3://")


def test_arguments_are_keyword_only_and_template_fields_are_attributes(dag):
    with pytest.raises((TypeError, AirflowException)):
        UpsertContactsOperator("t", KEYS)
    for operator in (
        FetchCustomersOperator(task_id="f", sync=KEYS, dag=dag),
        UpsertContactsOperator(extract=None, task_id="u", sync=KEYS, dag=dag),
    ):
        assert all(hasattr(operator, name) for name in operator.template_fields)
        operator.dry_run()


def test_a_map_that_is_changed_later_changes_no_operator(dag):
    keys = {**KEYS, "mapping": {"email": "email"}}
    operator = UpsertContactsOperator(extract=None, task_id="t", sync=keys, dag=dag)
    keys["mapping"]["name"] = "name"
    assert operator.sync["mapping"] == {"email": "email"}


def test_the_definition_of_the_example_is_valid():
    example = Path(__file__).parents[2] / "example_dags" / "syncs" / "directo_to_smaily.yaml"
    assert Sync.load(example).id == "directo_to_smaily"


def test_an_upsert_that_names_no_extract_is_refused_for_it_would_run_beside_the_fetch(dag):
    with pytest.raises((TypeError, AirflowException), match="extract"):
        UpsertContactsOperator(task_id="t", sync=KEYS, dag=dag)
