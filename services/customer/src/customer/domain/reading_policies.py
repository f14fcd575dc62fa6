"""The reading policy: who may see what of whom, by the reader's role and both their regions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from chassis.errors import Forbidden
from chassis.purview import WHOLE_HOUSE, Purview, Regions

EVERY = "*"
EXTERNAL_ID = "external_id"
"""A source's own id: where it is not shown no part of it finds, and only its end is answered."""

PARTS = (
    "appointments",
    "attributes",
    "consents",
    "interactions",
    "notes",
    "relationships",
)
"""What hangs on a customer; a field policy names it as it names fields."""

ELSEWHERE = ("complaints", "indicators", "purchases")
"""What other parts of the suite hold; whoever composes a view leaves out what is withheld."""

TRANSFER_PURPOSE = "transfer"
"""The purpose of a consent to be read in another region."""


class TransferBasis(StrEnum):
    """The ground on which a record may be read in another region (GDPR art. 45, 46, 47, 49)."""

    ADEQUACY = "adequacy"
    STANDARD_CLAUSES = "standard-clauses"
    BINDING_RULES = "binding-rules"
    CONTRACT = "contract"
    CONSENT = "consent"


class Reach(StrEnum):
    """How a reader stands to a record: with a right to it, or only to recognise the customer."""

    LAWFUL = "lawful"
    RECOGNITION = "recognition"


class Access(StrEnum):
    """What a reader sees of a field."""

    SHOWN = "shown"
    MASKED = "masked"
    HIDDEN = "hidden"


class TransferNotAllowed(Forbidden):
    """The record's home region may not be read from the reader's."""

    slug = "transfer-not-allowed"
    title = "The customer may not be read from this region"


class PartWithheld(Forbidden):
    """The reader may see the customer, but not this of it."""

    slug = "part-withheld"
    title = "The reading policy keeps this from the reader"


def withheld(what: str) -> PartWithheld:
    """Say which part of a customer the reader may not see."""
    return PartWithheld(f"The reading policy keeps {what} of this customer from you.")


@dataclass(frozen=True, slots=True)
class Reader:
    """From where and in which role a client reads."""

    region: str
    role: str


@dataclass(frozen=True, slots=True)
class RegionPolicy:
    """That records of a home region may be read from another, on which ground and until when."""

    basis: TransferBasis
    reference: str | None = None
    valid_until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Tell whether the policy is in force on a day."""
        return self.valid_until is None or day <= self.valid_until


FieldPolicy = Mapping[str, Access]
"""Access by field; the field * stands for all others."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What a reader sees of what is at home in a region: everything, unless fields are named."""

    fields: FieldPolicy | None = None
    otherwise: Access = Access.SHOWN

    def of(self, name: str) -> Access:
        """Give the access to a field."""
        if self.fields is None:
            return Access.SHOWN
        return self.fields.get(name) or self.fields.get(EVERY) or self.otherwise

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing is kept back."""
        return self.fields is None

    @property
    def is_closed(self) -> bool:
        """Tell whether nothing is seen at all, not even that it is there."""
        return self.fields is not None and not self.fields and self.otherwise is Access.HIDDEN


WHOLE = Sight()
CLOSED = Sight({}, Access.HIDDEN)


@dataclass(frozen=True, slots=True)
class ReadingPolicies:
    """All that is laid down about reading; empty for a house that lays nothing down."""

    readers: Mapping[str, Reader] = field(default_factory=dict[str, Reader])
    regions: Mapping[tuple[str, str], RegionPolicy] = field(
        default_factory=dict[tuple[str, str], RegionPolicy]
    )
    fields: Mapping[tuple[str, str, Reach], FieldPolicy] = field(
        default_factory=dict[tuple[str, str, Reach], FieldPolicy]
    )

    def lets_see_everything(self, client_id: str) -> bool:
        """Tell whether a client is of no region, or nothing is laid down for any."""
        return client_id not in self.readers or not (self.regions or self.fields)

    def needs_consent(self, home_region: str, client_id: str) -> bool:
        """Tell whether the customer's own consent is the ground of the transfer."""
        reader = self.readers.get(client_id)
        policy = None if reader is None else self._transfer(home_region, reader.region)
        return policy is not None and policy.basis is TransferBasis.CONSENT

    def sight(
        self, home_region: str, client_id: str, *, today: date, has_consented: bool = False
    ) -> Sight:
        """Give what a client sees of what is at home in a region; `CLOSED` when nothing.

        A client of no named region belongs to the whole house. A home region is closed to others
        once a policy names it; what a role sees without a ground is laid down field by field.
        """
        reader = self.readers.get(client_id)
        if reader is None:
            return WHOLE
        if self._is_lawful(home_region, reader.region, today, has_consented=has_consented):
            fields = self._fields(reader.role, home_region, Reach.LAWFUL)
            return WHOLE if fields is None else Sight(fields)
        fields = self._fields(reader.role, home_region, Reach.RECOGNITION)
        return CLOSED if fields is None else Sight(fields, Access.HIDDEN)

    def purview(self, client_id: str, *, today: date) -> Purview:
        """Give of which home regions a client may read what other parts of the suite hold.

        A ground that is the customer's own consent counts as none: it is asked for one by one.
        """
        reader = self.readers.get(client_id)
        if reader is None:
            return WHOLE_HOUSE
        homes = {home for home, _ in self.regions} | {home for _, home, _ in self.fields}
        homes = (homes | {reader.region}) - {EVERY}
        told: set[tuple[str, Regions]] = set()
        for kind in ELSEWHERE:
            shown = {
                home: self.sight(home, client_id, today=today).of(kind) is Access.SHOWN
                for home in (*homes, EVERY)
            }
            all_but = shown.pop(EVERY)
            regions = Regions(frozenset(h for h in shown if shown[h] is not all_but), all_but)
            if not regions.are_all:
                told.add((kind, regions))
        return Purview(frozenset(told))

    def refusal(self, home_regions: Iterable[str], client_id: str) -> TransferNotAllowed:
        """Say that home regions are closed to a client, and how that is mended."""
        homes = ", ".join(sorted(set(home_regions)))
        message = (
            f"No transfer basis lets the region {self.readers[client_id].region} read customers of "
            f"{homes}. Ask the privacy officer to name one."
        )
        return TransferNotAllowed(message)

    def _is_lawful(
        self, home_region: str, region: str, today: date, *, has_consented: bool
    ) -> bool:
        if region == home_region or not self._is_closed(home_region):
            return True
        policy = self._transfer(home_region, region)
        if policy is None or not policy.holds_on(today):
            return False
        return policy.basis is not TransferBasis.CONSENT or has_consented

    def _is_closed(self, home_region: str) -> bool:
        return any(home in {home_region, EVERY} for home, _ in self.regions)

    def _transfer(self, home_region: str, region: str) -> RegionPolicy | None:
        for name in (
            (home_region, region),
            (home_region, EVERY),
            (EVERY, region),
            (EVERY, EVERY),
        ):
            if name in self.regions:
                return self.regions[name]
        return None

    def _fields(self, role: str, home_region: str, reach: Reach) -> FieldPolicy | None:
        for name in ((role, home_region), (role, EVERY), (EVERY, home_region), (EVERY, EVERY)):
            if (*name, reach) in self.fields:
                return self.fields[(*name, reach)]
        return None
