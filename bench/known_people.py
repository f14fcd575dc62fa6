"""People of the million as another source tells them: without one of their identifiers."""

import itertools
import random
from collections.abc import Iterator
from typing import Any

from bench.million import CHUNK
from bench.people import Invented, people


def known_people(count: int, *, base: int, seed: int = 7) -> list[dict[str, Any]]:
    """Choose people from all over the base, and give the bodies of source records, shuffled."""
    chunks = range(0, base, CHUNK)
    each = -(-count // len(chunks))
    bodies = [
        _told(person)
        for first in chunks
        for person in itertools.islice(people(f"{seed} {first}", min(CHUNK, base - first)), each)
    ]
    random.Random(seed).shuffle(bodies)
    return bodies[:count]


def _told(person: Invented) -> dict[str, Any]:
    """Tell all but cards and the language."""
    told = person.normalised
    body: dict[str, Any] = {
        "channel": "web",
        "country": person.country,
        "given_name": told.names.given,
        "family_name": told.names.family,
        "given_name_kana": told.names.given_kana,
        "family_name_kana": told.names.family_kana,
        "birth_date": told.birth_date.isoformat() if told.birth_date else None,
        "gender": str(told.gender) if told.gender else None,
        "emails": list(told.emails),
        "phones": list(told.phones),
        "addresses": list(_addresses(person)),
    }
    return {name: value for name, value in body.items() if value}


def _addresses(person: Invented) -> Iterator[dict[str, Any]]:
    for address in person.normalised.addresses:
        yield {
            "lines": list(address.lines),
            "city": address.city,
            "postcode": address.postcode,
            "country": address.country,
        }
