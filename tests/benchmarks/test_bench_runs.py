# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The benchmarks run at all; how fast they are is for ``make bench`` to say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_benchmark_runs_to_its_table_at_small_sizes() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "benchmarks.run", "--quick"], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert ended.returncode == 0, ended.stderr
    titles = {line.strip() for line in ended.stdout.splitlines()}
    assert {"fetch", "unchanged", "delivering", "memory", "rate", "imports"} <= titles
