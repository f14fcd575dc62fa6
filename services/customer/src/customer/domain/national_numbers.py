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

from customer.domain.number_checks import (
    is_bsn,
    is_my_number,
    is_nir,
    is_nir_with_key,
    is_register_number,
    is_resident_number,
)
from customer.domain.text import fold

if TYPE_CHECKING:
    from collections.abc import Callable

NAMES = {
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
_BY_NAME = {fold(name): called for called, names in NAMES.items() for name in names.split(",")}
_BY_LAW_OF = {
    ("FR", "social security number"): "NIR",
    ("FR", "social security"): "NIR",
    ("FR", "ssn"): "NIR",
    ("DE", "tax id"): "tax id",
    ("BE", "national number"): "national register number",
}
_NOT_BY_FORM = frozenset({"passport", "driving licence", "residence permit"})
_AHV = re.compile(r"756\d{10}")
_NRIC = re.compile(r"[STFGM]\d{7}[A-Z]")


def national_number(kind: str, country: str, value: str) -> str | None:
    """Name the national number that an official id is, when it may not be kept.

    `value` is in capitals without spaces and punctuation. A number is known by its kind, or by its
    form where a teller may have called it a mere `national-id`.
    """
    called = fold(kind)
    named = _BY_NAME.get(called) or _BY_LAW_OF.get((country, called))
    if named is not None:
        return named
    if is_nir_with_key(value):
        return "NIR"
    if called in _NOT_BY_FORM:
        return None
    called_by_form, has_form = _BY_FORM.get(country, ("", None))
    return called_by_form if has_form is not None and has_form(value) else None


def names_national_number(word: str) -> bool:
    """Tell whether a field's name promises such a number."""
    return fold(word) in _BY_NAME


_BY_FORM: dict[str, tuple[str, Callable[[str], object]]] = {
    "JP": ("my number", is_my_number),
    "FR": ("NIR", is_nir),
    "KR": ("resident registration number", is_resident_number),
    "NL": ("BSN", is_bsn),
    "BE": ("national register number", is_register_number),
    "CH": ("AHV number", _AHV.fullmatch),
    "SG": ("NRIC", _NRIC.fullmatch),
}
