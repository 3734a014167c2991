# Copyright the airflow-provider-marketsync authors
# SPDX-License-Identifier: Apache-2.0
"""The registers of Directo that marketing knows: customers and contacts, two separate number spaces."""

from __future__ import annotations

from enum import Enum


class Component(str, Enum):
    """A component as the parameter ``what`` names it (contract 1: English, singular).

    Attributes of XML Direct, the same in every database (contract 4.2 and 5.1); a classic interface has what was
    agreed for its database:

    * customer: ``code name object address1-3 deliveryaddress1-3 country county contact phone email regno
      loyaltycard vatregno class comment payterm vatregion priceformula specialpriceformula balance creditlimit
      creditbalance deliveryinvoice salesman currency discount closed ts``. Language, person type, first and last
      name, birthday and consents can not be read there.
    * contact: ``code customercode suppliercode name firstname lastname address1-3 phone mobile email comment sex
      birthday pid closed ts``. It has no language, class or loyalty card.

    Both carry datafields: ``code``, ``content`` and ``param``.
    """

    CUSTOMER = "customer"
    CONTACT = "contact"

    @property
    def container(self) -> str:
        """Name of the element that usually stands around the records (contract 4.1; inferred for contacts)."""
        return f"{self.value}s"

    @property
    def impossible_code(self) -> str:
        """A code that no card bears: contacts are numbered from 1, customer codes are texts people choose."""
        return "-1" if self is Component.CONTACT else "~marketsync-no-such-card~"
