"""Blocking: the keys under which records are looked for that may be the same person."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING

from customer.domain.linkage.comparing import outward
from customer.domain.linkage.words import readings_of, sound_of
from customer.domain.nicknames import canonical_given

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from customer.domain.linkage.traits import Traits

BLOCK_CAP = 100
"""A key that more records have than this tells nobody apart: it is passed over."""
MOST_KEYS = 24
_MIDDLES = 2
_READINGS = 3
_HEAD = 3
_PLACE_HEAD = 4
_STREET_HEAD = 12
_TAIL = 8


def blocking_keys(traits: Traits) -> tuple[int, ...]:
    """Give the keys of a record, signed 64-bit numbers, sorted and distinct.

    Each is made of two things that seldom are both wrong: two records of one person share a key
    unless many things differ. Which attribute a key is made of is part of it.
    """
    names = list(dict.fromkeys(_keys(traits)))[:MOST_KEYS]
    return tuple(sorted({_hashed(name) for name in names}))


def _hashed(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), signed=True)


def _keys(traits: Traits) -> Iterator[str]:
    """Name the keys; the identifiers themselves are not among them, the exact tier finds those."""
    words = [
        reading
        for word in (traits.given, traits.family, traits.solo)
        if word
        for reading in readings_of(word)
    ]
    yield from _name_keys(traits)
    if traits.birth:
        yield f"b{traits.birth}"
        if words:
            yield f"y{sound_of(words[-1])} {traits.birth[:4]}"
    yield from _place_keys(traits, list(dict.fromkeys(word[:_HEAD] for word in words)))
    if traits.postcode:
        yield f"p{traits.postcode}"
    if traits.street:
        yield f"s{traits.street[:_STREET_HEAD]} {traits.postcode or traits.city}"
    yield from (f"m{email.partition('@')[0]}" for email in traits.emails)
    yield from (f"t{phone[-_TAIL:]}" for phone in traits.phones)


def _place_keys(traits: Traits, heads: Sequence[str]) -> Iterator[str]:
    """Name the beginnings of names together with where somebody lives, was born or works."""
    for head in heads:
        for place in filter(None, (traits.place, traits.city)):
            yield f"c{head} {place[:_PLACE_HEAD]}"
        if traits.postcode:
            yield f"o{head} {outward(traits.postcode)}"
        if traits.occupation:
            yield f"w{head} {traits.occupation}"


def _name_keys(traits: Traits) -> Iterator[str]:
    if traits.native:
        yield f"n{traits.native}"
    for word in filter(None, (traits.family, traits.solo)):
        yield from (f"f{reading}" for reading in readings_of(word))
    if traits.given and traits.family:
        for given in _given_forms(traits.given)[:_READINGS]:
            for family in readings_of(traits.family):
                first, second = sorted((sound_of(given), sound_of(family)))
                yield f"g{first} {second}"
    for middle in traits.middle[:_MIDDLES]:
        yield f"f{middle}"


def _given_forms(given: str) -> list[str]:
    return sorted({form for one in readings_of(given) for form in canonical_given(one)})
