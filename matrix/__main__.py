# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Try every version: ``python -m matrix [--submission] [NAME ...]``, one line as each ends and a table at the end."""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from matrix.environments import PLACE, build_wheel, environment, install_uv, run
from matrix.interpreters import find
from matrix.jobs import JOBS, PYTHONS, ROOT, Job

LOGS = PLACE / "logs"
TOLD = 40
"""Last lines of a failed job's log that are shown."""

PASSED, FAILED, MAY_FAIL, NO_INTERPRETER, NOT_RUN = "passed", "FAILED", "failed (may)", "no interpreter", "."


def main() -> None:
    """Run the jobs, and fail if one failed that may not."""
    chosen = _arguments()
    LOGS.mkdir(parents=True, exist_ok=True)
    pythons = {python: find(python) for python in PYTHONS}
    print("Python:", ", ".join(f"{python} {path or 'is missing'}" for python, path in pythons.items()), flush=True)
    log = _fresh(LOGS / "prepare.log")
    if not (install_uv(log) and build_wheel(log)):
        _show(log)
        sys.exit("uv could not be installed, or the wheel not be built")
    results = {(job.name, python): _try(job, python, pythons[python]) for job, python in _cells(chosen)}
    print(f"\n{_table(results)}")
    if FAILED in results.values():
        sys.exit(f"\nThe logs are in {LOGS.relative_to(ROOT)}/")
    if set(results.values()) <= {NO_INTERPRETER}:
        sys.exit("\nNothing was tried: none of the Pythons asked for is on this machine")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make matrix", description="Try the package with many versions.")
    parser.add_argument("--submission", action="store_true", help="only what a submission tries, without the whole suites")
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these jobs, as airflow-3.1 or lowest")
    chosen = parser.parse_args()
    unknown = set(chosen.names) - {job.versions.name for job in JOBS}
    if unknown:
        parser.error(f"no job is named {', '.join(sorted(unknown))}; there are " + ", ".join(job.versions.name for job in JOBS))
    return chosen


def _cells(chosen: argparse.Namespace) -> Iterator[tuple[Job, str]]:
    for job in JOBS:
        if not chosen.names or job.versions.name in chosen.names:
            for python in job.pythons:
                if not chosen.submission or python == job.submission:
                    yield job, python


def _try(job: Job, python: str, interpreter: str | None) -> str:
    if interpreter is None:
        return NO_INTERPRETER
    began = time.monotonic()
    log = _fresh(LOGS / f"{job.name.replace(', ', '-')}-py{python}.log")
    made = environment(job, python, interpreter, log)
    passed = made is not None and run(made, "-m", "pytest", *job.tests(python), log=log)
    result = PASSED if passed else MAY_FAIL if job.may_fail else FAILED
    if not passed:
        _show(log)
    print(f"{job.name} on Python {python}: {result} in {time.monotonic() - began:.0f} s ({_count(log)})", flush=True)
    return result


def _count(log: Path) -> str:
    counts = re.findall(r"^=* ?(\d+ .+) in [\d.]+s\b", log.read_text(errors="replace"), re.MULTILINE)
    return counts[-1] if counts else "no test ran"


def _fresh(log: Path) -> Path:
    log.unlink(missing_ok=True)
    return log


def _show(log: Path) -> None:
    print("\n".join(log.read_text(errors="replace").splitlines()[-TOLD:]), flush=True)


def _table(results: dict[tuple[str, str], str]) -> str:
    lines = [["", *PYTHONS]]
    for job in JOBS:
        cells = [results.get((job.name, python), NOT_RUN if python in job.pythons else "") for python in PYTHONS]
        lines.append([job.name, *cells])
    width = max(len(cell) for line in lines for cell in line) + 2
    return "\n".join("".join(cell.ljust(width) for cell in line).rstrip() for line in lines)


if __name__ == "__main__":
    main()
