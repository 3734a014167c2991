# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Directo's interfaces, told apart by their URLs (contract 1)."""

from __future__ import annotations

import re
from enum import Enum

from airflow_provider_marketsync.exceptions import SettingsError

_CLASSIC_PATH = re.compile(r"/xmlcore/([^/]+)/", re.IGNORECASE)
_PATHS = (("/xmlcore/cap_xml_direct/", "xml_direct"), ("/xmlcore/cap_bi/", "bi_direct"), ("/apidirect/", "rest"))


class Interface(str, Enum):
    """An interface this package reads. The REST interface is not among them: it is not supported yet."""

    CLASSIC = "classic"
    XML_DIRECT = "xml_direct"
    BI_DIRECT = "bi_direct"

    @property
    def credential_name(self) -> str:
        """The parameter that carries the secret: an app key, or a token that stands for key and database."""
        return "key" if self is Interface.CLASSIC else "token"


def interface_of(path: str, chosen: str | None) -> Interface:
    """Return the chosen interface, else the one the URL's path belongs to.

    :param path: path of the connection's URL
    :param chosen: the extra field ``interface``, None where it is not set
    :raises SettingsError: if there is no such interface, it is not supported, or the path tells none
    """
    name = chosen or _guessed(path)
    try:
        return Interface(name)
    except ValueError:
        raise SettingsError(
            "Directo's interface can not be told from the connection's URL, or is none this version reads (REST is not"
            f" supported yet); set the extra field 'interface' to one of {', '.join(Interface)}",
            vendor="directo",
        ) from None


def database_in(path: str) -> str | None:
    """Return the database a classic interface's path names, None where it names none."""
    found = _CLASSIC_PATH.search(path)
    return found.group(1).lower() if found else None


def _guessed(path: str) -> str:
    for start, name in _PATHS:
        if path.lower().startswith(start):
            return name
    return "classic" if database_in(path) else ""
