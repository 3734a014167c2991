# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""Names of source fields that look like consent, so that none is overlooked (rule 1 of the rules about people)."""

from __future__ import annotations

import unicodedata

_SIGNS = (
    # English, and the loan words most systems use
    "optin", "optout", "newsletter", "consent", "gdpr", "subscri", "unsub", "marketing", "mailinglist", "donotmail",
    "noemail", "nomail", "permission",
    # Estonian: newsletter, consent, marketing, advertising, prohibition
    "uudiskir", "nousolek", "turundus", "reklaam", "postituskeeld",
    # French, Finnish, Latvian, Lithuanian, Polish
    "rgpd", "abonne", "desinscri", "desabonn", "suostumus", "uutiskirj", "piekrisan", "sutikim", "zgoda",
    "naujienlaisk",
)  # fmt: skip


def looks_like_consent(name: str) -> bool:
    """Tell whether a field's name suggests that it says something about consent.

    A false alarm costs the user one line under ``dismissed``; a miss may mail somebody who said no. So the list errs
    on the side of alarm. Case, accents and signs do not matter: ``Opt-In``, ``datafields.NÕUSOLEK``.
    """
    plain = unicodedata.normalize("NFKD", name).casefold()
    letters = "".join(sign for sign in plain if sign.isalnum())
    return any(sign in letters for sign in _SIGNS)
