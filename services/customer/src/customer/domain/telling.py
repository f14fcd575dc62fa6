"""All that tells of one customer, from which its golden record is composed for whoever reads it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from customer.domain.attribute_locks import AttributeLock, locks_in_force
from customer.domain.preferences import preferences
from customer.domain.survivorship import (
    GoldenRecord,
    Survivorship,
    TellingRecord,
    golden_record,
    golden_record_with_others,
)
from customer.domain.survivorship_rules import SurvivorshipRules

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from customer.domain.sights import Home, Sights


_NO_RULES = SurvivorshipRules()


@dataclass(frozen=True, slots=True)
class Telling:
    """A customer's newest records, all its locks, and the house's rules.

    `used` counts interactions by channel; without it neither preferences nor the values that did
    not survive are told.
    """

    customer_id: str
    brand: str
    records: Sequence[TellingRecord] = ()
    locks: Sequence[AttributeLock] = ()
    rules: SurvivorshipRules = _NO_RULES
    used: Mapping[str, int] | None = None

    @property
    def homes(self) -> set[Home]:
        """Give where all of it is at home."""
        return {one.home for one in (*self.records, *self.locks)}

    def told_openly(self, sights: Sights) -> Telling:
        """Leave out what is closed to a reader."""
        return replace(
            self,
            records=[one for one in self.records if not sights.of(one.home).is_closed],
            locks=[one for one in self.locks if not sights.of(one.home).is_closed],
        )

    def golden(self) -> tuple[GoldenRecord, GoldenRecord]:
        """Compose the golden record, and of each attribute the other values."""
        locks = locks_in_force(self.locks, self.customer_id)
        by = Survivorship(self.rules, self.brand, locks)
        if self.used is None:
            return golden_record(self.records, by), {}
        golden, others = golden_record_with_others(self.records, by)
        return golden | preferences(self.records, self.used, locks), others
