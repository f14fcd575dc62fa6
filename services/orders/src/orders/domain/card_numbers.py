"""Card numbers, known however they are written, so that none is kept where a token belongs."""

from __future__ import annotations

import re
import unicodedata
from itertools import accumulate

from chassis.errors import FieldProblem, Invalid

_ISSUERS = re.compile(
    r"""
      4 (?: \d{12} | \d{15} | \d{18} )                                       # Visa
    | (?: 5[1-5]\d{2} | 222[1-9] | 22[3-9]\d | 2[3-6]\d{2} | 27[01]\d | 2720 ) \d{12}  # Mastercard
    | 3[47] \d{13}                                                           # American Express
    | 3 (?: 0[0-5] | 09 | [689]\d ) \d{11,16}                                # Diners Club
    | 35 (?: 2[89] | [3-8]\d ) \d{12,15}                                     # JCB
    | (?: 6011 | 64[4-9]\d | 65\d{2} | 62\d{2} | 81\d{2} ) \d{12,15}         # Discover, UnionPay
    | (?: 60\d{2} | 508\d | 82\d{2} ) \d{12}                                 # RuPay
    | 220[0-4] \d{12,15}                                                     # Mir
    | 9792 \d{12}                                                            # Troy
    | (?: 5018 | 5020 | 5038 | 5893 | 6304 | 6759 | 676[1-3] ) \d{9,15}      # Maestro
    """,
    re.VERBOSE | re.ASCII,
)
"""By the ranges that issuers have (ISO/IEC 7812-1), each with the lengths of its numbers."""

_DIGITS = re.compile(r"[0-9]+(?:[\W_]{1,3}[0-9]+)*")
_UUID = re.compile(
    r"(?<![0-9a-z])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9a-z])", re.IGNORECASE
)
_HEX = re.compile(r"(?<![0-9a-z])(?=(?:[0-9]*[a-f]){5})[0-9a-f]{24,}(?![0-9a-z])", re.IGNORECASE)
"""A hash; the track of a card is hexadecimal as well, and has fewer letters than five."""

_SHORTEST, _LONGEST = 13, 19
_NINE = 9


class CardNumberTold(Invalid):
    slug = "card-number-told"
    title = "A card number was sent where a token belongs"


def refuse_card_number(text: str, *, field: str) -> None:
    """Refuse what holds a card number (ISO/IEC 7812-1, Annex B); raises `CardNumberTold`.

    Digits of any script and width count, and what stands between them does not. UUIDs and hashes
    hold none: of their many digits some would pass by chance.
    """
    if _holds_card_number(text):
        mend = "Send the payment provider's token; card numbers are never kept here."
        problem = "looks like a card number"
        raise CardNumberTold(
            f"{field} {problem}. {mend}", fields=[FieldProblem(field, problem, mend)]
        )


def _holds_card_number(text: str) -> bool:
    plain = "".join(
        str(unicodedata.decimal(character, character))
        for character in unicodedata.normalize("NFKC", text)
    )
    for tokens in (_UUID, _HEX):
        plain = tokens.sub("x", plain)
    return any(
        _ISSUERS.fullmatch(digits) is not None and _passes_luhn(digits)
        for found in _DIGITS.findall(plain)
        for digits in _spans(re.findall(r"[0-9]+", found))
    )


def _spans(groups: list[str]) -> list[str]:
    """Join neighbouring groups of digits to whatever is as long as a card number."""
    return [
        joined
        for first in range(len(groups))
        for joined in accumulate(groups[first:])
        if _SHORTEST <= len(joined) <= _LONGEST
    ]


def _passes_luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - _NINE if value > _NINE else value
    return total % 10 == 0
