"""The ledger of erasures: what must be erased again when a database is restored from before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from customer.domain.communication import AddressKind
    from customer.domain.erasure import Erasure


@dataclass(frozen=True, slots=True)
class KeptRefusal:
    """An address that the erased customer did not want to be written to at, by its keyed hash."""

    kind: AddressKind
    address_hash: bytes
    purpose: str


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """One erasure that was carried out: ids, keyed hashes and times, with its receipt."""

    erasure: Erasure
    key_hashes: tuple[bytes, ...]
    refusals: tuple[KeptRefusal, ...]
    receipt: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Repeated:
    """What came of one entry: the rows that were there again, and were erased again."""

    entry: LedgerEntry
    rows: int
    was_known: bool
