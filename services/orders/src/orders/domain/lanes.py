"""The lane a parcel travels, and the groups of parcels that travel alike, narrow to wide."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

_REGION_PARTS = 2


class Level(StrEnum):
    """How alike the parcels of a group are.

    - `service`: the same carrier, service, origin and destination.
    - `area`: the same carrier to the same part of a country.
    - `country`: the same carrier to the same country.
    - `carrier`: the same carrier.
    - `house`: all parcels of the house.
    """

    SERVICE = "service"
    AREA = "area"
    COUNTRY = "country"
    CARRIER = "carrier"
    HOUSE = "house"


@dataclass(frozen=True, slots=True)
class TransitGroup:
    """Parcels that travel alike; what is empty is not looked at."""

    level: Level
    carrier: str = ""
    service: str = ""
    origin: str = ""
    destination: str = ""


HOUSE = TransitGroup(Level.HOUSE)


@dataclass(frozen=True, slots=True)
class Lane:
    """Who carries a parcel, by which service, from where to where.

    A place is a country, then narrower parts of it, joined by hyphens: `FR`, `FR-75`.
    """

    carrier: str
    service: str | None
    origin: str | None
    destination: str | None

    @property
    def groups(self) -> tuple[TransitGroup, ...]:
        """Give the groups that a parcel on this lane is of, the narrowest first."""
        found: list[TransitGroup] = []
        if self.destination is not None and (self.service or self.origin):
            found.append(
                TransitGroup(
                    Level.SERVICE,
                    self.carrier,
                    self.service or "",
                    self.origin or "",
                    self.destination,
                )
            )
        parts = self.destination.split("-") if self.destination else []
        for length in range(len(parts), 0, -1):
            level = Level.AREA if length > 1 else Level.COUNTRY
            place = "-".join(parts[:length])
            found.append(TransitGroup(level, self.carrier, destination=place))
        return (*found, self.by_carrier, HOUSE)

    @property
    def by_carrier(self) -> TransitGroup:
        """Give the group of all that its carrier carries."""
        return TransitGroup(Level.CARRIER, self.carrier)

    @property
    def region(self) -> TransitGroup:
        """Give the group in which it shows early that a carrier is slow: a first part of a country.

        Where no more than the country is told it is the country, else all that the carrier has.
        """
        if not self.destination:
            return self.by_carrier
        parts = self.destination.split("-")[:_REGION_PARTS]
        level = Level.AREA if len(parts) > 1 else Level.COUNTRY
        return TransitGroup(level, self.carrier, destination="-".join(parts))
