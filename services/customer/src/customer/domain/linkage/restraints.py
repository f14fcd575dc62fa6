"""Restraints: what evidence may not do alone, however much of it there is.

Fellegi and Sunter add evidence as if it were independent. Three kinds are not. Names are shared by
namesakes; a family name, an address, a landline and a mailbox are shared by a household; and twins
share those and a birth date. What is taken back for it is a part of the weight like any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from customer.domain.linkage.comparing import FIELDS, LEVELS

if TYPE_CHECKING:
    from collections.abc import Sequence

_BACKED = 2.0
_GIVEN = FIELDS.index("given")
_FAMILY = FIELDS.index("family")
_OTHER_GIVEN = LEVELS["given"].index("different")
_CITY, _POSTCODE = FIELDS.index("city"), FIELDS.index("postcode")
_SAME_TOWN = frozenset({0, 1, 2})
_OWN_NAMES = tuple(map(FIELDS.index, ("given", "middle", "native")))
_SHARED = tuple(map(FIELDS.index, ("postcode", "city", "street", "phone", "email")))
_OWN = tuple(map(FIELDS.index, ("birth", "place", "occupation", "card", "id")))
_OWN_ALONE = tuple(map(FIELDS.index, ("middle", "native", "card", "id")))

RESTRAINTS = ("namesakes", "household", "twins", "city")


def taken_back(
    levels: Sequence[int], bits: Sequence[float], *, alone: float, has_households: bool
) -> tuple[float, float, float, float]:
    """Give the bits to take back for each of `RESTRAINTS`, none of them negative.

    Who shares a postcode shares its city: that is said once.

    `alone` is as much as names, or a household, may say with nothing else to back them. Where
    there are no households (one customer an address, or addresses of birth) only names are held,
    and less.
    """
    own_names = sum(bits[position] for position in _OWN_NAMES)
    family = bits[_FAMILY]
    city = max(0.0, bits[_CITY]) if has_households and levels[_POSTCODE] in _SAME_TOWN else 0.0
    address = [bits[position] for position in _SHARED]
    own = [bits[position] for position in _OWN]
    backing = sum(found for found in (*address, *own) if found > 0.0) - city
    namesakes = max(0.0, own_names + family - alone - _BACKED * backing)
    if not has_households:
        return namesakes, 0.0, 0.0, city
    personal = own_names + sum(own)
    shared = family + sum(address) - city
    household = max(0.0, shared - alone - _BACKED * max(0.0, personal))
    if levels[_GIVEN] != _OTHER_GIVEN:
        return namesakes, household, 0.0, city
    proof = sum(found for position in _OWN_ALONE if (found := bits[position]) > 0.0)
    left = personal + shared - namesakes - household  # gender backs nothing: half the world has it
    return namesakes, household, max(0.0, left - alone - proof), city
