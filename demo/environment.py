# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Make the demo's own environment, .demo/venv; needs nothing but Python, and says plainly what it lacks."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
PLACE = ROOT / ".demo"
PYTHON = PLACE / "venv" / "bin" / "python"
LOG = PLACE / "install.log"
OLDEST = (3, 10)
CONSTRAINTS = ROOT / "constraints" / "airflow-3.3.txt"


def main() -> None:
    """Make it, quietly."""
    if sys.version_info < OLDEST:
        sys.exit(f"The demo needs Python 3.10 or newer; this is {sys.version.split()[0]}. Try: make demo PYTHON=python3.12")
    PLACE.mkdir(mode=0o700, exist_ok=True)
    print("Installing Airflow and this package into .demo/venv, once; this takes a minute or two ...", flush=True)
    began = time.monotonic()
    with LOG.open("w") as log:
        for command in _commands():
            if subprocess.run(command, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT).returncode:
                sys.exit(_explain())
    (PLACE / "ready").touch()
    print(f"Installed in {time.monotonic() - began:.0f} s.", flush=True)


def _commands() -> list[list[str]]:
    install = [str(PYTHON.with_name("uv")), "pip", "install", "--python", str(PYTHON), "--constraint", str(CONSTRAINTS)]
    return [
        [sys.executable, "-m", "venv", "--clear", str(PYTHON.parents[1])],
        [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv"],
        [*install, "apache-airflow>=3.2", "--editable", ".[sandbox]"],
    ]


def _explain() -> str:
    said = LOG.read_text()
    if "ensurepip" in said:
        return "This Python can not make environments. On Debian and Ubuntu: apt install python3-venv"
    return f"Installing failed; the last lines of {LOG.relative_to(ROOT)}:\n" + "\n".join(said.splitlines()[-15:])


if __name__ == "__main__":
    main()
