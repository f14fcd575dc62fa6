"""Rules that the house writes: conditions on what customers declared, did and were met with.

Each condition names a set of customers of whom something is known. A rule takes those in all sets
of `all`, and in one at least of `any`, leaving out those in a set of `none`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

Measure: TypeAlias = dict[str, str | int | float]
"""An amount in a system, such as {"amount": 38, "system": "EU"}."""

Value: TypeAlias = bool | int | float | str | Measure


class Channel(StrEnum):
    """Where customers and the house meet."""

    SHOP = "shop"
    PHONE = "phone"
    E_MAIL = "e-mail"
    CHAT = "chat"
    MESSAGE = "message"
    EVENT = "event"
    APPOINTMENT = "appointment"
    WEB = "web"


WRITTEN_CHANNELS = (Channel.E_MAIL, Channel.CHAT, Channel.MESSAGE, Channel.WEB)
"""Where the customer waits for an answer; in a shop, on the phone or at an event one has it."""


class BegunBy(StrEnum):
    """Who began a touch."""

    CUSTOMER = "customer"
    HOUSE = "house"


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """Who declared an attribute; with a test, whose value in force passes it.

    `equals` is met by a list of choices that has it. `comes_within_days` is met by a date from
    today on, by a yearly one whenever it comes again.
    """

    of: Literal["declared-attribute"] = "declared-attribute"
    attribute: str
    equals: Value | None = None
    one_of: tuple[Value, ...] = ()
    at_least: Value | None = None
    at_most: Value | None = None
    comes_within_days: int | None = None

    @property
    def values(self) -> Iterator[tuple[str, Value]]:
        """Give each value that it compares with, and in which field it stands."""
        if self.equals is not None:
            yield "equals", self.equals
        yield from ((f"one_of.{place}", value) for place, value in enumerate(self.one_of))
        yield from self.bounds

    @property
    def bounds(self) -> Iterator[tuple[str, Value]]:
        """Give the bounds that it has."""
        if self.at_least is not None:
            yield "at_least", self.at_least
        if self.at_most is not None:
            yield "at_most", self.at_most


@dataclass(frozen=True, slots=True, kw_only=True)
class Interactions:
    """Who was in touch so many times, ever or within so many days."""

    of: Literal["interactions"] = "interactions"
    channels: tuple[Channel, ...] = ()
    begun_by: BegunBy | None = None
    within_days: int | None = None
    at_least: int = 1
    at_most: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastInteraction:
    """Who was last in touch before or after a day, or more or less than so many days ago."""

    of: Literal["last-interaction"] = "last-interaction"
    channels: tuple[Channel, ...] = ()
    begun_by: BegunBy | None = None
    before: date | None = None
    after: date | None = None
    more_than_days_ago: int | None = None
    less_than_days_ago: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswered:
    """Who began a touch that nobody has answered for so many hours."""

    of: Literal["unanswered-interaction"] = "unanswered-interaction"
    channels: tuple[Channel, ...] = WRITTEN_CHANNELS
    for_hours: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Purchases:
    """Who bought so many times; cancelled orders are no purchases."""

    of: Literal["purchases"] = "purchases"
    at_least: int = 1
    at_most: int | None = None


Condition: TypeAlias = Declared | Interactions | LastInteraction | Unanswered | Purchases


@dataclass(frozen=True, slots=True)
class Subjects:
    """What facts are about: which attributes, interactions, purchases."""

    attributes: frozenset[str]
    interactions: bool
    purchases: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """Whom a segment takes: `all` or `any` has a condition, for nobody is found by none."""

    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()
    none: tuple[Condition, ...] = ()

    @property
    def conditions(self) -> Iterator[tuple[str, Condition]]:
        """Give every condition, and where it stands."""
        for part in ("all", "any", "none"):
            conditions: tuple[Condition, ...] = getattr(self, part)
            yield from ((f"{part}.{place}", each) for place, each in enumerate(conditions))

    def speaks_of(self, subjects: Subjects) -> bool:
        """Tell whether facts about these may bring somebody in or out."""
        for _, condition in self.conditions:
            match condition:
                case Declared(attribute=attribute):
                    concerns = attribute in subjects.attributes
                case Purchases():
                    concerns = subjects.purchases
                case _:
                    concerns = subjects.interactions
            if concerns:
                return True
        return False

    @property
    def attributes(self) -> set[str]:
        """Name the attributes that it speaks of."""
        return {
            each.attribute
            for each in chain(self.all, self.any, self.none)
            if isinstance(each, Declared)
        }
