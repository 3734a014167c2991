# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""OAuth2: applications, codes, access and refresh tokens (contract section 4.1)."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

CLIENT_ID = "made-client-id"
CLIENT_SECRET = "made-client-secret"  # noqa: S105 -- the made credentials of the samples
_TOKEN = re.compile(r"[\w-]{20,200}")


@dataclass(frozen=True)
class Grant:
    """
    One token.

    :param ends: time it dies; None is never
    """

    client_id: str
    ends: float | None

    def is_over(self, now: float) -> bool:
        """Tell whether it has died of age."""
        return self.ends is not None and now >= self.ends


class Applications:
    """Applications and the tokens they were given."""

    def __init__(self) -> None:
        self.secrets = {CLIENT_ID: CLIENT_SECRET}
        self._codes: dict[str, str] = {}
        self._access: dict[str, Grant] = {}
        self._refresh: dict[str, Grant] = {}

    def register(self) -> tuple[str, str]:
        """Make another application; give its id and secret."""
        number = len(self.secrets) + 1
        pair = (f"{CLIENT_ID}-{number}", f"{CLIENT_SECRET}-{number}")
        self.secrets.update([pair])
        return pair

    def knows(self, client_id: str, secret: str) -> bool:
        """Tell whether id and secret belong together."""
        return client_id in self.secrets and secrets.compare_digest(self.secrets[client_id], secret)

    def new_code(self, client_id: str) -> str:
        """Make a code, good for one exchange."""
        code = secrets.token_hex(16)
        self._codes[code] = client_id
        return code

    def takes_code(self, code: str) -> str | None:
        """Use a code up; give the application it was made for."""
        return self._codes.pop(code, None)

    def issue(self, client_id: str, access_ends: float, refresh_ends: float | None) -> tuple[str, str]:
        """Make an access token and a refresh token."""
        access, refresh = secrets.token_hex(32), secrets.token_hex(32)
        self._access[access] = Grant(client_id, access_ends)
        self._refresh[refresh] = Grant(client_id, refresh_ends)
        return access, refresh

    def takes_refresh(self, token: str, client_id: str, now: float, keep: bool) -> bool:
        """Use a refresh token; tell whether it was good. Unless kept it dies."""
        grant = self._refresh.get(token)
        if grant is None or grant.client_id != client_id or grant.is_over(now):
            return False
        if not keep:
            del self._refresh[token]
        return True

    def access(self, token: str) -> Grant | None:
        """Give what an access token stands for, also when it is over."""
        return self._access.get(token)

    def revoke(self, token: str) -> None:
        """End one access token."""
        self._access.pop(token, None)

    def revoke_all(self) -> None:
        """End every token, refresh tokens too."""
        self._access.clear()
        self._refresh.clear()


def is_well_formed(token: str) -> bool:
    """Tell whether a text could be a token; what could not is a malformed request."""
    return _TOKEN.fullmatch(token) is not None
