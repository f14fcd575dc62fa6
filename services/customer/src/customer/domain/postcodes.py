"""Postcodes in the form in which they are compared, by country."""

from __future__ import annotations

import re
import unicodedata

_DIGITS = {
    "AT": 4,
    "AU": 4,
    "BE": 4,
    "CH": 4,
    "DE": 5,
    "DK": 4,
    "ES": 5,
    "FI": 5,
    "FR": 5,
    "IT": 5,
    "JP": 7,
    "KR": 5,
    "LU": 4,
    "MC": 5,
    "NO": 4,
    "SE": 5,
    "US": 5,
}
_PREFIXED = re.compile(r"(?:[A-Z]{1,2}-|〒)\s*(?=\d)")
_ZIP_PLUS = re.compile(r"(\d{5})-?\d{4}")
_OLD_PORTUGUESE = re.compile(r"(\d{4})-?(\d{3})?")


def postcode_form(text: str, country: str | None) -> str:
    """Give capitals and figures without spaces; what spreadsheets took from the front comes back.

    `F-1000` in France is 01000, `150-0041` in Japan 1500041, `94103-1234` in the US 94103.
    """
    upper = unicodedata.normalize("NFKC", text).upper().strip()
    upper = _PREFIXED.sub("", upper, count=1)
    if country == "US" and (found := _ZIP_PLUS.fullmatch(upper)):
        return found.group(1)
    compact = "".join(filter(str.isalnum, upper))
    digits = _DIGITS.get(country or "")
    if digits is not None and compact.isdigit() and len(compact) == digits - 1:
        return compact.zfill(digits)
    return compact
