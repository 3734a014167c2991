# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""``python -m benchmarks.run [--quick] [name ...]``: run benchmarks, print their tables, keep their figures."""

from __future__ import annotations

import argparse
from importlib import import_module

from benchmarks.sizes import FULL, QUICK
from benchmarks.table import keep, show

NAMES = ("fetch", "unchanged", "delivering", "memory", "rate", "imports")


def main() -> None:
    """Run what was asked for; without a name, everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=", ".join(NAMES))
    parser.add_argument("--quick", action="store_true", help="small sizes: shows that it works, measures nothing")
    arguments = parser.parse_args()
    for name in arguments.names or NAMES:
        result = import_module(f"benchmarks.{name}").measure(QUICK if arguments.quick else FULL)
        show(name, result)
        if not arguments.quick:
            keep(name, result)


if __name__ == "__main__":
    main()
