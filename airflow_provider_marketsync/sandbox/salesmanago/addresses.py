# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""What an address may look like (contract section 4)."""

from __future__ import annotations

import re

LONGEST = 254
LONGEST_LOCAL_PART = 64
_ADDRESS = re.compile(r"[^\s@<>(),;:\\\"\[\]]+@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]", re.IGNORECASE)


def is_address(email: str) -> bool:
    """Tell whether an address is taken: at most 64 characters before the @, a real domain after, 254 in all."""
    local_part = email.rpartition("@")[0]
    return len(email) <= LONGEST and len(local_part) <= LONGEST_LOCAL_PART and _ADDRESS.fullmatch(email) is not None
