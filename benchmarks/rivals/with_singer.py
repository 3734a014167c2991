# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Delivering through a target made with singer-sdk; runs where singer-sdk is installed."""

from __future__ import annotations

import logging
from importlib.metadata import version
from pathlib import Path
from typing import Any

import requests
from singer_sdk import Target
from singer_sdk import typing as th
from singer_sdk.contrib.msgspec import MsgSpecReader
from singer_sdk.sinks import BatchSink

BATCH = 100


class SmailySink(BatchSink):
    """Sends each full batch over one connection."""

    max_size = BATCH

    def setup(self) -> None:
        """Open the connection."""
        self.session = requests.Session()
        self.session.auth = ("user", "secret")

    def process_batch(self, context: dict[str, Any]) -> None:
        """Send one batch."""
        self.session.post(f"{self.config['url']}/api/contact.php", json=context["records"]).raise_for_status()


class SmailyTarget(Target):
    """A target for Smaily."""

    name = "target-smaily"
    config_jsonschema = th.PropertiesList(th.Property("url", th.StringType, required=True)).to_dict()
    default_sink_class = SmailySink


def as_it_comes(url: str, folder: str) -> str:
    """Read messages from a file with singer-sdk's own settings.

    :return: singer-sdk's version
    """
    return _listen(SmailyTarget(config={"url": url}), folder)


def lean(url: str, folder: str) -> str:
    """Read them with the SDK's fast reader, and without checking each record against its schema."""
    return _listen(SmailyTarget(config={"url": url, "validate_records": False}, message_reader=MsgSpecReader()), folder)


def _listen(target: SmailyTarget, folder: str) -> str:
    logging.disable(logging.INFO)  # a line for every full batch would be a cost that nobody has to pay
    with Path(folder, "contacts.singer").open(encoding="utf-8") as file:
        target.listen(file)
    return version("singer-sdk")
