# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""``python -m airflow_provider_marketsync.cli``: the ``marketsync`` command where it is not on the path."""

from __future__ import annotations

from airflow_provider_marketsync.cli.main import main

if __name__ == "__main__":
    main(prog_name="marketsync")
