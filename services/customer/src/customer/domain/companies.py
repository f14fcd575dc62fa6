"""Companies: VAT numbers and registration ids, in the form in which registers write them."""

from __future__ import annotations

import re
import unicodedata

from customer.domain.identifiers import Unusable

_FORMS = {
    "AT": r"U\d{8}",
    "BE": r"[01]\d{9}",
    "BG": r"\d{9,10}",
    "CH": r"E\d{9}(?:MWST|TVA|IVA)?",
    "CY": r"\d{8}[A-Z]",
    "CZ": r"\d{8,10}",
    "DE": r"\d{9}",
    "DK": r"\d{8}",
    "EE": r"\d{9}",
    "EL": r"\d{9}",
    "ES": r"[A-Z0-9]\d{7}[A-Z0-9]",
    "FI": r"\d{8}",
    "FR": r"[A-HJ-NP-Z0-9]{2}\d{9}",
    "GB": r"(?:\d{9}|\d{12}|GD\d{3}|HA\d{3})",
    "HR": r"\d{11}",
    "HU": r"\d{8}",
    "IE": r"(?:\d{7}[A-W][A-I]?|\d[A-Z+*]\d{5}[A-W])",
    "IT": r"\d{11}",
    "LT": r"(?:\d{9}|\d{12})",
    "LU": r"\d{8}",
    "LV": r"\d{11}",
    "MT": r"\d{8}",
    "NL": r"\d{9}B\d{2}",
    "NO": r"\d{9}(?:MVA)?",
    "PL": r"\d{10}",
    "PT": r"\d{9}",
    "RO": r"\d{2,10}",
    "SE": r"\d{10}01",
    "SI": r"\d{8}",
    "SK": r"\d{10}",
    "XI": r"(?:\d{9}|\d{12})",
}
_COMPILED = {prefix: re.compile(form) for prefix, form in _FORMS.items()}
_PREFIX_OF = {"GR": "EL"}
_ELSEWHERE = re.compile(r"[A-Z0-9]{5,20}")
_SHORTEST = 4
_MEND = "Send it with its country, such as FR12345678901, or leave it out."


def read_vat_number(text: str, country: str | None) -> str:
    """Read a VAT number of the record's country, or of the one that it begins with.

    Raises `Unusable` when the form is not that country's. Check digits are not checked: whether a
    number is in force only the tax authority knows.
    """
    compact = _compact(text)
    prefix = compact[:2]
    own = _PREFIX_OF.get(country or "", country or "")
    if _PREFIX_OF.get(prefix, prefix) in _COMPILED and _fits(prefix, compact[2:]):
        return _PREFIX_OF.get(prefix, prefix) + compact[2:]
    if own in _COMPILED and _fits(own, compact):
        return own + compact
    if own and own not in _COMPILED and _ELSEWHERE.fullmatch(compact):
        return compact if compact.startswith(own) else own + compact
    problem = "is not in the form of a VAT number"
    raise Unusable(problem, _MEND)


def read_company_id(text: str) -> str:
    """Read a company's id in its register: in capitals, without spaces. Raises `Unusable`."""
    compact = _compact(text)
    if len(compact) < _SHORTEST or len(set(compact)) == 1:
        problem = "is too short or a filler"
        raise Unusable(problem, "Send the id as the register has it, or leave it out.")
    return compact


def _fits(prefix: str, rest: str) -> bool:
    return _COMPILED[_PREFIX_OF.get(prefix, prefix)].fullmatch(rest) is not None


def _compact(text: str) -> str:
    upper = unicodedata.normalize("NFKC", text).upper()
    return "".join(letter for letter in upper if letter.isalnum() or letter in "+*")
