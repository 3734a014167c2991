# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The Pythons of this machine: on the path, or kept by pyenv."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

_ASK = "import sys; print('{}.{}'.format(*sys.version_info), sys.executable)"


def find(python: str) -> str | None:
    """Return the path of an interpreter, or None.

    :param python: its version, such as 3.12
    """
    if python == "{}.{}".format(*sys.version_info):
        return sys.executable
    return next((path for candidate in _candidates(python) if (path := _path_of(candidate, python))), None)


def _candidates(python: str) -> list[str]:
    on_path = shutil.which(f"python{python}")
    pyenv = Path(os.environ.get("PYENV_ROOT", "~/.pyenv")).expanduser() / "versions"
    return [*([on_path] if on_path else []), *map(str, sorted(pyenv.glob(f"{python}.*/bin/python"), reverse=True))]


def _path_of(candidate: str, python: str) -> str | None:
    # pyenv puts a shim of every version on the path, which fails unless that version is chosen.
    answer = subprocess.run([candidate, "-c", _ASK], capture_output=True, text=True)
    version, _, path = answer.stdout.strip().partition(" ")
    return path if version == python else None
