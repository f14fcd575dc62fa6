"""Loyalty card numbers: trimmed and in capitals, compared without spaces."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from customer.domain.identifiers import Unusable

_SHORTEST = 4
_WORDS_FOR_NOTHING = frozenset({"NONE", "NULL", "UNKNOWN", "NOCARD"})


@dataclass(frozen=True, slots=True)
class Card:
    """`shown` is the number as printed; `compared` leaves out the spaces between groups.

    Hyphens stay: they may part numbers of differing length, as in A-1-11 and A-11-1.
    """

    shown: str
    compared: str


def read_card(text: str) -> Card:
    """Read a card's number; raises `Unusable` for fillers such as `0000` or `N/A`."""
    shown = " ".join(unicodedata.normalize("NFKC", text).upper().split())
    compared = shown.replace(" ", "")
    letters = "".join(filter(str.isalnum, compared))
    if len(letters) < _SHORTEST:
        problem = "is too short to be a card's number"
        raise Unusable(problem, "Send the number as printed on the card, or leave it out.")
    if len(set(letters)) == 1 or letters in _WORDS_FOR_NOTHING:
        problem = "is a filler and nobody's card"
        raise Unusable(problem, "Send the number as printed on the card, or leave it out.")
    return Card(shown, compared)
