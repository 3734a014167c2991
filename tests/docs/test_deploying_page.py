# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""docs/deploying.md: the settings it names exist, and its Kubernetes files fit together."""

from __future__ import annotations

import re

import yaml

from airflow_provider_marketsync.get_provider_info import get_provider_info

from .pages import DOCS, blocks, read

PAGE = "deploying.md"


def kubernetes():
    """The page's Kubernetes objects by kind."""
    found = [yaml.safe_load(block.text) for block in blocks(DOCS / PAGE) if block.kind == "yaml kubernetes"]
    return {one["kind"]: one for one in found}


def test_every_setting_it_names_is_one_of_the_package():
    known = set(get_provider_info()["config"]["marketsync"]["options"])
    named = {
        *re.findall(r"\[marketsync\] (\w+)", read(PAGE)),
        *map(str.lower, re.findall(r"AIRFLOW__MARKETSYNC__(\w+)", read(PAGE))),
    }
    for block in blocks(DOCS / PAGE):
        if block.kind == "ini":
            named.update(re.findall(r"^(\w+) =", block.text, re.MULTILINE))
    assert {"ledger", "extracts"} <= named <= known


def test_the_pod_mounts_the_claim_where_the_ledger_lies():
    claim, pod = kubernetes()["PersistentVolumeClaim"], kubernetes()["Pod"]["spec"]
    (container,) = pod["containers"]
    (volume,) = pod["volumes"]
    (mount,) = container["volumeMounts"]
    assert container["name"] == "base"
    assert volume["persistentVolumeClaim"]["claimName"] == claim["metadata"]["name"]
    assert mount["name"] == volume["name"]
    places = {one["name"]: one["value"] for one in container["env"]}
    assert {"AIRFLOW__MARKETSYNC__LEDGER", "AIRFLOW__MARKETSYNC__EXTRACTS"} == set(places)
    assert all(place.startswith(f"{mount['mountPath']}/") for place in places.values())
