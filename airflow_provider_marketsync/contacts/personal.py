# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What holds people's values, and is made once a record: cheap to make, and silent in logs."""

from __future__ import annotations

import msgspec


class Personal(msgspec.Struct, frozen=True):
    """A struct whose repr shows none of its values."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"
