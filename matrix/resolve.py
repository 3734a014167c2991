# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Resolve all sets of versions anew, each as of its date, into constraints/: versions only, no addresses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from matrix.environments import UV, clean_environment, install_uv
from matrix.jobs import JOBS, PYTHONS, ROOT, VERSIONS, Versions

HEAD = """\
# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
# {like}.
# Resolved as of {as_of} for Python {oldest} on; `make constraints` makes this file from matrix/jobs.py.
"""


def main() -> None:
    """Write every file, or those named."""
    log = ROOT / ".matrix" / "resolve.log"
    log.parent.mkdir(exist_ok=True)
    if not install_uv(log):
        sys.exit(f"uv could not be installed; see {log.relative_to(ROOT)}")
    for versions in VERSIONS:
        if not sys.argv[1:] or versions.name in sys.argv[1:]:
            print(versions.name, flush=True)
            _write(versions)


def _write(versions: Versions) -> None:
    oldest = min((job.pythons[0] for job in JOBS if job.versions is versions), key=PYTHONS.index)
    found = _resolved(versions, oldest)
    head = HEAD.format(like=versions.like[:1].upper() + versions.like[1:], as_of=versions.as_of, oldest=oldest)
    versions.file.write_text(head + found)


def _resolved(versions: Versions, oldest: str) -> str:
    command: list[str | Path] = [
        *(UV, "pip", "compile", "--quiet", "--universal", "--no-header", "--no-annotate", "--python-version", oldest),
        *("--exclude-newer", versions.as_of, "--extra", "sandbox", "--extra", "phone", "--group", "dev"),
        *(("--resolution", "lowest-direct") if versions.lowest else ()),
        *("pyproject.toml", "-"),
    ]
    pins = "\n".join(versions.pins)
    done = subprocess.run(command, cwd=ROOT, env=clean_environment(), input=pins, text=True, stdout=subprocess.PIPE, check=True)
    return "".join(line for line in done.stdout.splitlines(keepends=True) if not line.startswith(("--", "#")))


if __name__ == "__main__":
    main()
