"""What is derived of a source record, so that it is found and compared fast."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from customer.domain.linkage.traits import pack
from customer.domain.neighbourhood import portrait_of
from customer.domain.search_keys import SearchKey, search_keys_of

if TYPE_CHECKING:
    from customer.domain.claims import Normalised, RecordKey

SCHEME = 3
"""Counted up when any of it is made in another way: the worker then makes it all anew."""


@dataclass(frozen=True, slots=True)
class Derived:
    """A record's search keys, its packed traits, and its blocking keys."""

    search_keys: frozenset[SearchKey]
    traits: str
    blocking_keys: tuple[int, ...]


def derive(normalised: Normalised, key: RecordKey) -> Derived:
    """Derive it of a record's normal form and key; the same gives the same."""
    portrait = portrait_of(normalised)
    return Derived(frozenset(search_keys_of(normalised, key)), pack(portrait.traits), portrait.keys)
