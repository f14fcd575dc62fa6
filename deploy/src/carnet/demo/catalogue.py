"""What the demo house sells, where, and to whom; every person is invented."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Article:
    """An article and its price in minor units of each currency."""

    description: str
    category: str
    prices: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sale is made, and the system that tells us of it."""

    source: str
    channel: str
    country: str
    currency: str
    time_zone: str
    store: str | None = None


@dataclass(frozen=True, slots=True)
class Visit:
    days_ago: int
    place: Place
    skus: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Regular:
    """A customer, as the systems of the house know them."""

    slug: str
    record: Mapping[str, Any] = field(repr=False)
    visits: tuple[Visit, ...]


GINZA = Place("till-ginza-2", "shop", "JP", "JPY", "Asia/Tokyo", "ginza")
MADISON = Place("till-madison-1", "shop", "US", "USD", "America/New_York", "madison-avenue")
MONTAIGNE = Place("till-montaigne-3", "shop", "FR", "EUR", "Europe/Paris", "montaigne")
WEB_FRANCE = Place("web-shop", "web", "FR", "EUR", "Europe/Paris")

ARTICLES: Mapping[str, Article] = {
    "SILK-90-HERONS": Article(
        "Silk square 90, Herons", "silk", {"EUR": 39_500, "JPY": 68_200, "USD": 43_000}
    ),
    "TOTE-S-SADDLE": Article(
        "Small tote, saddle leather", "leather", {"EUR": 185_000, "JPY": 319_000, "USD": 205_000}
    ),
    "CARD-HOLDER-INK": Article(
        "Card holder, ink", "leather", {"EUR": 26_000, "JPY": 45_100, "USD": 29_000}
    ),
    "SCENT-50-CEDAR": Article(
        "Eau de parfum 50 ml, Cedar", "scent", {"EUR": 14_500, "JPY": 25_300, "USD": 16_000}
    ),
    "BELT-32-BLACK": Article(
        "Belt 32 mm, black", "leather", {"EUR": 54_000, "JPY": 93_500, "USD": 60_000}
    ),
}

REGULARS = (
    Regular(
        "claire",
        {
            "language": "fr",
            "given_name": "Claire",
            "family_name": "Vaucresson",
            "emails": ["claire.vaucresson@example.com"],
            "phones": ["06 39 98 01 42"],
        },
        (
            Visit(300, MONTAIGNE, ("BELT-32-BLACK",)),
            Visit(160, MONTAIGNE, ("SILK-90-HERONS", "SCENT-50-CEDAR")),
            Visit(21, WEB_FRANCE, ("TOTE-S-SADDLE",)),
            Visit(3, MONTAIGNE, ("CARD-HOLDER-INK",)),
        ),
    ),
    Regular(
        "james",
        {
            "language": "en",
            "given_name": "James",
            "family_name": "Okonedo-Hart",
            "emails": ["j.okonedo.hart@example.org"],
            "phones": ["(212) 555-0162"],
        },
        (
            Visit(410, MADISON, ("TOTE-S-SADDLE",)),
            Visit(395, MADISON, ("BELT-32-BLACK",)),
        ),
    ),
    Regular(
        "kenji",
        {
            "language": "ja",
            "full_name": "早瀬 賢治",
            "family_name_kana": "ハヤセ",
            "given_name_kana": "ケンジ",
            "phones": ["090-0155-7731"],
            "cards": ["CARNET-0007731"],
        },
        (
            Visit(75, GINZA, ("SCENT-50-CEDAR",)),
            Visit(12, GINZA, ("SCENT-50-CEDAR", "CARD-HOLDER-INK")),
        ),
    ),
    Regular(
        "lucia",
        {
            "language": "es",
            "given_name": "Lucía",
            "family_name": "Barrientos Soler",
            "emails": ["lucia.barrientos@example.net"],
        },
        (Visit(1, WEB_FRANCE, ("SILK-90-HERONS",)),),
    ),
)
