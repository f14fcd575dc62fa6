"""National numbers that a shop may not keep, told by what they are called or by their form.

Laws reserve these numbers to the state's own uses; keeping one, even hashed, would break them:
Japan's My Number (Act 27 of 2013), France's NIR (Code de la sécurité sociale, R115-1), Korea's
resident registration number (PIPA, 24-2), the Dutch BSN (Wabb), Germany's tax id (AO, 139b),
Belgium's register number (law of 8 August 1983), Switzerland's AHV number (AHVG, 153c), and
Singapore's NRIC and India's Aadhaar, which may be held in few cases only.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from customer.domain.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable

_NAMES = {
    "my number": "my number,mynumber,individual number,kojin bango,マイナンバー,個人番号",
    "NIR": "nir,insee,numero insee,numero de securite sociale,numero secu,carte vitale,"
    "numero d inscription au repertoire",
    "resident registration number": "resident registration number,rrn,jumin,주민등록번호",
    "BSN": "bsn,burgerservicenummer,sofinummer",
    "tax id": "steuer id,steuerid,steueridentifikationsnummer,idnr",
    "national register number": "rijksregisternummer,numero de registre national,niss,insz,"
    "numero national",
    "AHV number": "ahv,ahv nummer,ahvn13,avs,numero avs",
    "NRIC": "nric,nric number",
    "Aadhaar": "aadhaar,aadhar,aadhaar number",
}
_BY_NAME = {fold(name): called for called, names in _NAMES.items() for name in names.split(",")}
_BY_LAW_OF = {
    ("FR", "social security number"): "NIR",
    ("FR", "social security"): "NIR",
    ("FR", "ssn"): "NIR",
    ("DE", "tax id"): "tax id",
    ("BE", "national number"): "national register number",
}
_NOT_BY_FORM = frozenset({"passport", "driving licence", "residence permit"})
_NIR = re.compile(r"[1-478]\d{2}(?:0[1-9]|1[0-2]|[2-9]\d)(?:\d{2}|2[AB])\d{6}(\d{2})?")
_RRN = re.compile(r"\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[1-8]\d{6}")
_AHV = re.compile(r"756\d{10}")
_NRIC = re.compile(r"[STFGM]\d{7}[A-Z]")
_NIR_BASE = 97
_CORSICA = {"2A": "19", "2B": "18"}


def national_number(kind: str, country: str, value: str) -> str | None:
    """Name the national number that an official id is, when it may not be kept.

    `value` is in capitals without spaces and punctuation. A number is known by its kind, or by its
    form where a teller may have called it a mere `national-id`.
    """
    called = fold(kind)
    named = _BY_NAME.get(called) or _BY_LAW_OF.get((country, called))
    if named is not None:
        return named
    if _is_nir_with_key(value):
        return "NIR"
    if called in _NOT_BY_FORM:
        return None
    called_by_form, has_form = _BY_FORM.get(country, ("", None))
    return called_by_form if has_form is not None and has_form(value) else None


def names_national_number(word: str) -> bool:
    """Tell whether a field's name promises such a number."""
    return fold(word) in _BY_NAME


def _is_my_number(value: str) -> bool:
    """Check the twelfth digit (Ministry ordinance 85 of 2014, article 5)."""
    if len(value) != 12 or not _is_digits(value):  # noqa: PLR2004 - by its definition
        return False
    weighed = sum(
        int(digit) * (place + 1 if place <= 6 else place - 5)  # noqa: PLR2004 - by its definition
        for place, digit in enumerate(reversed(value[:-1]), start=1)
    )
    remainder = weighed % 11
    return int(value[-1]) == (0 if remainder <= 1 else 11 - remainder)


def _is_nir_with_key(value: str) -> bool:
    found = _NIR.fullmatch(value)
    if found is None or found.group(1) is None:
        return False
    number = value[:-2]
    for department, digits in _CORSICA.items():
        number = number.replace(department, digits)
    return _NIR_BASE - int(number) % _NIR_BASE == int(value[-2:])


def _is_bsn(value: str) -> bool:
    """Check by the rule of eleven."""
    if len(value) != 9 or not _is_digits(value):  # noqa: PLR2004 - by its definition
        return False
    weighed = sum(
        weight * int(digit) for weight, digit in zip(range(9, 1, -1), value, strict=False)
    )
    return (weighed - int(value[-1])) % 11 == 0


def _is_register_number(value: str) -> bool:
    """Check by 97, for births before and after 2000."""
    if len(value) != 11 or not _is_digits(value):  # noqa: PLR2004 - by its definition
        return False
    number, key = value[:9], int(value[9:])
    return key in {_NIR_BASE - int(begin + number) % _NIR_BASE for begin in ("", "2")}


def _is_digits(value: str) -> bool:
    return value.isascii() and value.isdigit()


_BY_FORM: dict[str, tuple[str, Callable[[str], object]]] = {
    "JP": ("my number", _is_my_number),
    "FR": ("NIR", _NIR.fullmatch),
    "KR": ("resident registration number", _RRN.fullmatch),
    "NL": ("BSN", _is_bsn),
    "BE": ("national register number", _is_register_number),
    "CH": ("AHV number", _AHV.fullmatch),
    "SG": ("NRIC", _NRIC.fullmatch),
}
