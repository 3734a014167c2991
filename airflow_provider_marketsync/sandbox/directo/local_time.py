# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""``ts``: local time without offset, and the shapes in which callers send it (contract section 3)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

# %d and %m take numbers without zeros too.
SHAPES = ("%d.%m.%Y", "%d.%m.%Y %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d")


def local_stamp(moment: datetime, zone: str) -> str:
    """Print a moment as a ``ts``, in whole seconds."""
    return moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None, microsecond=0).isoformat()


def parse_since(text: str, precision: str) -> str:
    """
    Read a ``ts`` parameter.

    :param precision: ``date`` drops the time of day
    :return: in the form of a record's ``ts``, so that the two compare as text
    :raises ValueError: none of the known shapes
    """
    for shape in SHAPES:
        try:
            moment = datetime.strptime(text.strip(), shape)
        except ValueError:
            continue
        return (moment.replace(hour=0, minute=0, second=0) if precision == "date" else moment).isoformat()
    raise ValueError(text)
