# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""One environment for each set of versions and Python, below .matrix/, made again when one of its files changes."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

from matrix.jobs import ROOT, Job

PLACE = ROOT / ".matrix"
UV = PLACE / "uv" / "bin" / "uv"
DIST = PLACE / "dist"
EXTRAS = "sandbox,phone"


def clean_environment() -> dict[str, str]:
    """Return the process's environment without what would lead another Python or Airflow astray."""
    strays = ("AIRFLOW", "PYTEST", "PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(strays)}
    return {**kept, "UV_PYTHON_DOWNLOADS": "never"}


def run(*command: str | Path, log: Path) -> bool:
    """Run a command in the checkout with its words appended to a log; tell whether it succeeded."""
    with log.open("a") as out:
        out.write(f"$ {' '.join(map(str, command))}\n")
        out.flush()
        done = subprocess.run(command, cwd=ROOT, env=clean_environment(), stdout=out, stderr=subprocess.STDOUT)
    return done.returncode == 0


def install_uv(log: Path) -> bool:
    """Install, once, what environments are made with."""
    venv = UV.parents[1]
    return UV.exists() or (
        run(sys.executable, "-m", "venv", "--clear", venv, log=log)
        and run(venv / "bin" / "python", "-m", "pip", "install", "--quiet", "uv", log=log)
    )


def build_wheel(log: Path) -> bool:
    """Build the wheel of this checkout anew."""
    shutil.rmtree(DIST, ignore_errors=True)
    return run(UV, "build", "--quiet", "--wheel", "--out-dir", DIST, log=log)


def environment(job: Job, python: str, interpreter: str, log: Path) -> Path | None:
    """Return the interpreter of an environment that is ready, or None if making it failed (the log says why)."""
    place = PLACE / f"{job.versions.name}{'-wheel' if job.installed else ''}-py{python}"
    ready, made = place / "ready", place / "bin" / "python"
    mark = _mark(job, interpreter)
    if ready.exists() and ready.read_text() == mark:
        return made
    if run(UV, "venv", "--quiet", "--clear", "--python", interpreter, place, log=log) and _install(job, made, log):
        ready.write_text(mark)
        return made
    return None


def _install(job: Job, made: Path, log: Path) -> bool:
    what = [_wheel()] if job.installed else ["--editable", f".[{EXTRAS}]"]
    install = [UV, "pip", "install", "--quiet", "--python", made, "--constraint", job.versions.file, "--group", "test"]
    return run(*install, *what, log=log)


def _wheel() -> str:
    (wheel,) = DIST.glob("*.whl")
    return str(wheel)


def _mark(job: Job, interpreter: str) -> str:
    files = [job.versions.file, ROOT / "pyproject.toml", *(DIST.glob("*.whl") if job.installed else [])]
    return hashlib.sha256(b"\0".join([interpreter.encode(), *(file.read_bytes() for file in files)])).hexdigest()
