"""Check digits of the numbers that states give to people: whether a number can be one of them.

All take a number in capitals without spaces and punctuation.
"""

from __future__ import annotations

import re
from datetime import date

_NIR = re.compile(r"[1-478]\d{2}(?:0[1-9]|1[0-2]|[2-9]\d)(?:\d{2}|2[AB])\d{6}(\d{2})?", re.ASCII)
_NIR_BASE = 97
_CORSICA = {"2A": "19", "2B": "18"}
_RRN = re.compile(r"(\d{6})([1-8])\d{6}", re.ASCII)
_CODICE = re.compile(
    r"[A-Z]{6}[0-9L-NP-V]{2}[A-EHLMPR-T][0-9L-NP-V]{2}[A-Z][0-9L-NP-V]{3}[A-Z]", re.ASCII
)
_ODD_PLACES = tuple(
    map(int, "1 0 5 7 9 13 15 17 19 21 2 4 18 20 11 3 6 8 12 14 16 10 22 25 24 23".split())  # noqa: SIM905 - a table is read more easily
)
_NRIC = re.compile(r"([STFGM])(\d{7})([A-Z])", re.ASCII)
_NRIC_WEIGHTS = (2, 7, 6, 5, 4, 3, 2)
_NRIC_OFFSETS = {"S": 0, "T": 4, "F": 0, "G": 4, "M": 3}
_NRIC_LETTERS = {"S": "JZIHGFEDCBA", "F": "XWUTRQPNMLK", "M": "XWUTRQPNJLK"}
_SSN = re.compile(r"(?!000|666|9)\d{3}(?!00)\d{2}(?!0000)\d{4}", re.ASCII)
_DIHEDRAL = 5


def is_my_number(value: str) -> bool:
    """Check the twelfth digit (Ministry ordinance 85 of 2014, article 5)."""
    if not _has_digits(value, 12):
        return False
    weighed = sum(
        int(digit) * (place + 1 if place <= 6 else place - 5)  # noqa: PLR2004 - by its definition
        for place, digit in enumerate(reversed(value[:-1]), start=1)
    )
    remainder = weighed % 11
    return int(value[-1]) == (0 if remainder <= 1 else 11 - remainder)


def is_nir(value: str) -> bool:
    """Tell whether it has the form of a NIR, with its key or without."""
    return _NIR.fullmatch(value) is not None


def is_nir_with_key(value: str) -> bool:
    """Check the key, a complement to 97; Corsican departments count as 19 and 18."""
    found = _NIR.fullmatch(value)
    if found is None or found.group(1) is None:
        return False
    number = value[:-2]
    for department, digits in _CORSICA.items():
        number = number.replace(department, digits)
    return _NIR_BASE - int(number) % _NIR_BASE == int(value[-2:])


def is_bsn(value: str) -> bool:
    """Check by the rule of eleven."""
    if not _has_digits(value, 9):
        return False
    weighed = sum(
        weight * int(digit) for weight, digit in zip(range(9, 1, -1), value, strict=False)
    )
    return (weighed - int(value[-1])) % 11 == 0


def is_register_number(value: str) -> bool:
    """Check Belgium's by 97, for births before and after 2000."""
    if not _has_digits(value, 11):
        return False
    number, key = value[:9], int(value[9:])
    return key in {_NIR_BASE - int(begin + number) % _NIR_BASE for begin in ("", "2")}


def is_resident_number(value: str) -> bool:
    """Tell whether it begins with a day, as Korea's does; since 2020 it has no check digit."""
    found = _RRN.fullmatch(value)
    return found is not None and _is_day(found.group(1))


def is_ahv_number(value: str) -> bool:
    """Check Switzerland's, which is numbered as goods are (EAN-13)."""
    if not _has_digits(value, 13) or not value.startswith("756"):
        return False
    return sum(int(digit) * (1, 3)[place % 2] for place, digit in enumerate(value)) % 10 == 0


def is_nric(value: str) -> bool:
    """Check the letter of Singapore's."""
    found = _NRIC.fullmatch(value)
    if found is None:
        return False
    begin, digits, letter = found.groups()
    weighed = sum(weight * int(digit) for weight, digit in zip(_NRIC_WEIGHTS, digits, strict=True))
    letters = _NRIC_LETTERS[{"T": "S", "G": "F"}.get(begin, begin)]
    return letters[(weighed + _NRIC_OFFSETS[begin]) % 11] == letter


def is_aadhaar(value: str) -> bool:
    """Check India's by Verhoeff's scheme, over the symmetries of a pentagon."""
    if not _has_digits(value, 12) or value[0] in "01":
        return False
    check = 0
    for place, digit in enumerate(reversed(value)):
        check = _turned(check, _permuted(int(digit), place % 8))
    return check == 0


def is_codice_fiscale(value: str) -> bool:
    """Check the last letter of Italy's (decree of 23 December 1976)."""
    if _CODICE.fullmatch(value) is None:
        return False
    total = 0
    for place, sign in enumerate(value[:-1], start=1):
        worth = int(sign) if sign.isdigit() else ord(sign) - ord("A")
        total += _ODD_PLACES[worth] if place % 2 else worth
    return chr(ord("A") + total % 26) == value[-1]


def is_ssn(value: str) -> bool:
    """Tell whether the United States could have given it; it has no check digit."""
    return _SSN.fullmatch(value) is not None


def is_nhs_number(value: str) -> bool:
    """Check the tenth digit of England's by eleven."""
    if not _has_digits(value, 10):
        return False
    weighed = sum(
        weight * int(digit) for weight, digit in zip(range(10, 1, -1), value, strict=False)
    )
    return (weighed + int(value[-1])) % 11 == 0


def _has_digits(value: str, count: int) -> bool:
    return len(value) == count and value.isascii() and value.isdigit()


def _is_day(value: str) -> bool:
    """Take any day that some year of the century has: YYMMDD."""
    month, day = int(value[2:4]), int(value[4:])
    try:
        date(2000, month, day)
    except ValueError:
        return False
    return True


def _turned(one: int, other: int) -> int:
    """Multiply in the dihedral group of order ten."""
    if one < _DIHEDRAL:
        turn = (one + other) % _DIHEDRAL
        return turn if other < _DIHEDRAL else turn + _DIHEDRAL
    turn = (one - other) % _DIHEDRAL
    return turn + _DIHEDRAL if other < _DIHEDRAL else turn


def _permuted(digit: int, times: int) -> int:
    for _ in range(times):
        digit = (1, 5, 7, 6, 2, 8, 3, 0, 9, 4)[digit]
    return digit
