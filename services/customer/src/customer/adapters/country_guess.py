"""In which country a file's telephone numbers are dialled, when nobody says it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from customer.domain.claims import UNKNOWN_COUNTRY
from customer.domain.identifiers import Unusable
from customer.domain.phones import read_phone

if TYPE_CHECKING:
    from collections.abc import Iterable

_COUNTRIES = ("US", "GB", "FR", "DE", "IT", "ES", "NL", "BE", "CH", "AT", "AU", "JP", "BR", "IN")
_TRIED = 200


def likely_country(phones: Iterable[str]) -> str:
    """Give the country in which most of the first numbers can be read, the first of equals."""
    sample = list(islice(phones, _TRIED))
    readable = {country: _readable(sample, country) for country in _COUNTRIES}
    best = max(_COUNTRIES, key=lambda country: readable[country])
    return best if readable[best] else UNKNOWN_COUNTRY


def _readable(phones: Iterable[str], country: str) -> int:
    count = 0
    for phone in phones:
        try:
            read_phone(phone, country)
        except Unusable:
            continue
        count += 1
    return count
