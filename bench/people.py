"""Invented people in several scripts: common names often, rare ones rarely, the same for a seed."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from pydantic import TypeAdapter

from customer.domain.claims import Address, Gender, Normalised
from customer.domain.names import Names
from customer.domain.romanisation import romanised
from customer.domain.text import fold

_FIRST_DAY = date(1935, 1, 1).toordinal()
_LAST_DAY = date(2007, 12, 31).toordinal()
_COMMON_FAMILY = 0.45
_MAIL = ("gmail.com", "example.fr", "example.com", "mail.example", "example.co.jp", "post.example")


@dataclass(frozen=True, slots=True)
class Culture:
    """Where people are named alike; composed family names take one piece of each column."""

    country: str
    language: str
    share: int
    given: tuple[str, ...]
    family: tuple[str, ...]
    pieces: tuple[tuple[str, ...], ...]
    cities: tuple[str, ...]
    phone: str
    phone_digits: int


CULTURES = TypeAdapter(tuple[Culture, ...]).validate_json(
    Path(__file__).with_name("cultures.json").read_bytes()
)


@dataclass(frozen=True, slots=True)
class Invented:
    """A person as one source tells them."""

    country: str
    language: str
    normalised: Normalised


def people(seed: str, count: int) -> Iterator[Invented]:
    """Invent people, each the same whenever the seed is."""
    rng = random.Random(seed)
    shares = [culture.share for culture in CULTURES]
    for culture in rng.choices(CULTURES, shares, k=count):
        yield Invented(culture.country, culture.language, _person(rng, culture))


def _person(rng: random.Random, culture: Culture) -> Normalised:
    given = _often(rng, culture.given)
    family = (
        _often(rng, culture.family)
        if rng.random() < _COMMON_FAMILY
        else _composed(rng, culture.pieces)
    )
    if culture.country in {"FR", "GB"} and rng.random() < 0.12:
        given = f"{given} {_often(rng, culture.given)}"
    names = _names(rng, given, family)
    return Normalised(
        names=names,
        birth_date=_day(rng) if rng.random() < 0.6 else None,
        gender=rng.choice(tuple(Gender)) if rng.random() < 0.5 else None,
        country=culture.country,
        language=culture.language if rng.random() < 0.7 else None,
        emails=(_email(rng, names),) if rng.random() < 0.7 else (),
        phones=(_phone(rng, culture),) if rng.random() < 0.65 else (),
        cards=(f"VIP{rng.randrange(10**9):09}",) if rng.random() < 0.3 else (),
        addresses=(_address(rng, culture),) if rng.random() < 0.6 else (),
    )


def _often(rng: random.Random, names: tuple[str, ...]) -> str:
    """Take a name, the first ones more often, as names are in life."""
    return names[int(len(names) * rng.random() ** 1.8)]


def _composed(rng: random.Random, pieces: tuple[tuple[str, ...], ...]) -> str:
    chosen = [_often(rng, column) for column in pieces]
    if "/" not in chosen[0]:
        return "".join(chosen)
    written, read = zip(*(piece.split("/") for piece in chosen), strict=True)
    return "".join(written) + "/" + "".join(read)


def _names(rng: random.Random, given: str, family: str) -> Names:
    if "/" not in family:
        return Names(given, family)
    (given, given_kana), (family, family_kana) = given.split("/"), family.split("/")
    if rng.random() < 0.75:
        return Names(given, family, given_kana=given_kana, family_kana=family_kana)
    return Names(given, family)


def _email(rng: random.Random, names: Names) -> str:
    told = (names.given_kana or names.given, names.family_kana or names.family)
    local = ".".join("".join(romanised(name or "").split()) for name in told).strip(".")
    return f"{local or 'kyaku'}{rng.randrange(10_000)}@{rng.choice(_MAIL)}"


def _phone(rng: random.Random, culture: Culture) -> str:
    return culture.phone + str(rng.randrange(10**culture.phone_digits)).zfill(culture.phone_digits)


def _day(rng: random.Random) -> date:
    return date.fromordinal(_FIRST_DAY) + timedelta(days=rng.randrange(_LAST_DAY - _FIRST_DAY))


def _address(rng: random.Random, culture: Culture) -> Address:
    city = _often(rng, culture.cities)
    street = f"{rng.randrange(1, 200)} {fold(_often(rng, culture.given).partition('/')[0])}"
    postcode = f"{rng.randrange(1000, 99_999):05}"
    return Address(lines=(street,), city=city, postcode=postcode, country=culture.country)
