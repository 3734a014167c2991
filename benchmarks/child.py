# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Work in a fresh process, and what it took: CPU, time and memory, without start and imports."""

from __future__ import annotations

import importlib
import json
import re
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MB = 1024.0


@dataclass(frozen=True)
class Cost:
    """What a piece of work took.

    :param cpu: seconds of CPU, the system's share included
    :param wall: seconds
    :param peak: the most memory in use above what was in use before, in MB; 0 where the system does not tell
    :param said: what the work returned
    """

    cpu: float
    wall: float
    peak: float
    said: Any


def cost_of(work: str, *arguments: str) -> Cost:
    """Do work in a fresh process of this interpreter.

    :param work: ``module:function``; takes the arguments, returns plain JSON; importing the module imports all it needs
    """
    return run_for_cost([sys.executable, "-m", "benchmarks.child", work, *arguments])


def run_for_cost(command: Sequence[str]) -> Cost:
    """Run a command whose last line is a :class:`Cost` as JSON."""
    ended = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return Cost(**json.loads(ended.stdout.splitlines()[-1]))


def main(work: str, *arguments: str) -> None:
    """Do the work here and print what it took."""
    module, _, name = work.partition(":")
    function = getattr(importlib.import_module(module), name)
    before = _start_of_peak()
    wall, cpu = time.monotonic(), _cpu()
    said = function(*arguments)
    cost = {"cpu": _cpu() - cpu, "wall": time.monotonic() - wall, "peak": (_memory("VmHWM") - before) / MB, "said": said}
    print(json.dumps(cost))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _start_of_peak() -> float:
    """Have the system forget the peak of the imports, and return the memory in use, in KB."""
    forget = Path("/proc/self/clear_refs")
    if forget.exists():
        forget.write_text("5")
    return _memory("VmRSS")


def _memory(name: str) -> float:
    status = Path("/proc/self/status")
    found = re.search(rf"^{name}:\s+(\d+) kB", status.read_text(), re.MULTILINE) if status.exists() else None
    return float(found[1]) if found else 0.0


if __name__ == "__main__":
    main(*sys.argv[1:])
