"""Crowded values: shared by too many to identify anybody, they still say a little.

A telephone on a hundred records makes nobody one. But of two records that are alike anyway, those
who tell it come from one shop or one household sooner than others. How many tell it is known only
to be too many, so each pair is given the same small weight, which decides nothing by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from customer.domain.emails import read_email
from customer.domain.identifiers import Identifier, IdentifierKind
from customer.domain.linkage.model import Part

if TYPE_CHECKING:
    from collections.abc import Collection

    from customer.domain.linkage.traits import Traits

CROWDED_BITS = 1.0
CROWDED = Part("crowded", "same", CROWDED_BITS)


def told_of(traits: Traits, crowded: Collection[Identifier]) -> frozenset[Identifier]:
    """Give the crowded values that a record tells."""
    if not crowded:
        return frozenset()
    told = {
        *(Identifier(IdentifierKind.PHONE, phone) for phone in traits.phones),
        *(Identifier(IdentifierKind.EMAIL, read_email(one).compared) for one in traits.emails),
        *(Identifier(IdentifierKind.CARD, card) for card in traits.cards),
    }
    return frozenset(told.intersection(crowded))


def crowded_part(left: Traits, right: Traits, crowded: Collection[Identifier]) -> tuple[Part, ...]:
    """Give what two records say by the crowded values that both tell; many say no more than one."""
    return (CROWDED,) if told_of(left, crowded) & told_of(right, crowded) else ()
