# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Delivering through dlt's custom destination; runs where dlt is installed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"

import dlt
import dlt.destinations.impl.destination.destination
import dlt.extract.extract
import dlt.load.load
import dlt.normalize.normalize  # imported here, for start-up has a benchmark of its own
from dlt.common import json
from dlt.sources.helpers import requests

BATCH, PAGE = 100, 5_000


@dlt.destination(batch_size=BATCH, name="smaily")
def smaily(items: list[dict[str, Any]], table: Any, url: str = dlt.config.value) -> None:
    """Send one batch; the session of dlt's own requests keeps connections open, one a thread."""
    requests.post(url, data=json.dumpb(items), headers={"Content-Type": "application/json"}, auth=("user", "secret"))


@dlt.resource(name="contacts", columns={"last_order": {"data_type": "text"}})
def contacts(path: str) -> Iterator[list[dict[str, Any]]]:
    """Yield pages of contacts: dlt's advice for speed, instead of single rows."""
    with open(path, "rb") as file:
        while lines := list(islice(file, PAGE)):
            yield [json.loadb(line) for line in lines]


def as_it_comes(url: str, folder: str) -> str:
    """Run the pipeline with dlt's own settings.

    :return: dlt's version
    """
    pipeline = dlt.pipeline("contacts", destination=smaily(url=f"{url}/api/contact.php"), pipelines_dir=str(Path(folder, "dlt")))
    pipeline.run(contacts(str(Path(folder, "contacts.jsonl")))).raise_on_failed_jobs()
    return dlt.__version__


def in_parallel(url: str, folder: str, rows: str, workers: str) -> str:
    """Run it as dlt's performance guide advises: files of few rows, which its load workers send side by side."""
    os.environ["NORMALIZE__DATA_WRITER__FILE_MAX_ITEMS"] = rows
    os.environ["LOAD__WORKERS"] = workers
    return as_it_comes(url, folder)
