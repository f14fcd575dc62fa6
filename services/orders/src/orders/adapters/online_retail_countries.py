"""The country names of the Online Retail II file as ISO 3166-1 codes, and which are assumptions."""

from __future__ import annotations

from dataclasses import dataclass

_SHOP = "GB"


@dataclass(frozen=True, slots=True)
class Country:
    """A code; `is_assumed` where the name is no country, so that the code is our choice."""

    code: str
    is_assumed: bool = False


_NAMED = {
    "Australia": "AU",
    "Austria": "AT",
    "Bahrain": "BH",
    "Belgium": "BE",
    "Bermuda": "BM",
    "Brazil": "BR",
    "Canada": "CA",
    "Cyprus": "CY",
    "Czech Republic": "CZ",
    "Denmark": "DK",
    "EIRE": "IE",
    "Finland": "FI",
    "France": "FR",
    "Germany": "DE",
    "Greece": "GR",
    "Hong Kong": "HK",
    "Iceland": "IS",
    "Israel": "IL",
    "Italy": "IT",
    "Japan": "JP",
    "Korea": "KR",
    "Lebanon": "LB",
    "Lithuania": "LT",
    "Malta": "MT",
    "Netherlands": "NL",
    "Nigeria": "NG",
    "Norway": "NO",
    "Poland": "PL",
    "Portugal": "PT",
    "RSA": "ZA",
    "Saudi Arabia": "SA",
    "Singapore": "SG",
    "Spain": "ES",
    "Sweden": "SE",
    "Switzerland": "CH",
    "Thailand": "TH",
    "USA": "US",
    "United Arab Emirates": "AE",
    "United Kingdom": "GB",
}
_ASSUMED = {
    "Channel Islands": "JE",  # Jersey or Guernsey: the larger
    "European Community": _SHOP,  # the shop's own country, as for all that follow
    "Unspecified": _SHOP,
    "West Indies": _SHOP,
}

COUNTRIES: dict[str, Country] = {
    **{name: Country(code) for name, code in _NAMED.items()},
    **{name: Country(code, is_assumed=True) for name, code in _ASSUMED.items()},
}
