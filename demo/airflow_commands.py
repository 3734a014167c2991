# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Run Airflow's commands one after the other in one process: what they import is paid for once.

Reads lines of JSON from its input, ``[path of a log, word, word, ...]``, runs ``airflow word word ...`` with everything
it prints in that log, and answers each with its exit code.
"""

from __future__ import annotations

import json
import os
import sys


def main() -> None:
    """Run until the input ends."""
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        log, *words = json.loads(line)
        _print_into(log)
        print(_run(words), file=answers, flush=True)


def _print_into(log: str) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    with open(log, "ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)


def _run(words: list[str]) -> int:
    from airflow.__main__ import main as airflow

    sys.argv = ["airflow", *words]
    try:
        airflow()  # type: ignore[no-untyped-call]
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(bool(ended.code))
    return 0


if __name__ == "__main__":
    main()
