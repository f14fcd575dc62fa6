"""Identifiers: typed values that find a person, how far each is trusted, and when it stops."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class IdentifierKind(StrEnum):
    """What an identifier is; the order is that of trust, the most trusted first.

    A device may be lent and resold: like a phone it joins only where nothing speaks against it.
    A VAT number is none of these: it is a company's, and its people are not one person.
    """

    OFFICIAL_ID = "official-id"
    CARD = "card"
    ACCOUNT = "account"
    EMAIL = "email"
    PHONE = "phone"
    DEVICE = "device"

    @property
    def rank(self) -> int:
        """Give 0 for the most trusted kind."""
        return _RANKS[self]


_RANKS = {kind: rank for rank, kind in enumerate(IdentifierKind)}


@dataclass(frozen=True, slots=True)
class Identifier:
    """A value in the form in which it is compared, never as it is shown."""

    kind: IdentifierKind
    value: str

    @property
    def name(self) -> str:
        """Name the identifier for locks."""
        return f"{self.kind}:{self.value}"


@dataclass(frozen=True, slots=True)
class Limit:
    """How many may share a value before it says nothing about who somebody is."""

    customers: int
    records: int


LIMITS = {
    IdentifierKind.OFFICIAL_ID: Limit(customers=2, records=1000),
    IdentifierKind.CARD: Limit(customers=3, records=1000),
    IdentifierKind.ACCOUNT: Limit(customers=3, records=1000),
    IdentifierKind.EMAIL: Limit(customers=5, records=1000),
    IdentifierKind.PHONE: Limit(customers=5, records=100),
    IdentifierKind.DEVICE: Limit(customers=3, records=100),
}
"""Past a limit a value identifies nobody any more: a shop's own phone, a family's mailbox."""


class Unusable(ValueError):
    """A told value that cannot find a person; it is kept as told and flagged."""

    def __init__(self, problem: str, mend: str) -> None:
        """Say what is wrong with the value and how the teller can mend it."""
        super().__init__(problem)
        self.problem = problem
        self.mend = mend
