"""Codes are checked at the edge and kept in one form."""

import pytest
from pydantic import BaseModel, ValidationError

from chassis.iso import Country, Currency, LanguageTag, instant_in_words, minor_digits


class Coded(BaseModel):
    country: Country = "FR"
    currency: Currency = "EUR"
    language: LanguageTag = "fr"


@pytest.mark.parametrize(
    ("currency", "digits"), [("JPY", 0), ("EUR", 2), ("KWD", 3), ("ISK", 0), ("CLF", 4)]
)
def test_minor_digits_are_those_of_iso_4217(currency: str, digits: int) -> None:
    assert minor_digits(currency) == digits


def test_codes_are_kept_in_their_usual_form() -> None:
    coded = Coded(country="jp", currency="jpy", language="PT-br")
    assert coded == Coded(country="JP", currency="JPY", language="pt-BR")


@pytest.mark.parametrize(
    "wrong",
    [
        {"country": "EIRE"},
        {"country": "XX"},
        {"country": "AC"},
        {"country": "\ufb01"},
        {"country": "ß"},
        {"currency": "ZZZ"},
        {"currency": "XAU"},
        {"currency": ""},
        {"language": "french"},
        {"language": "fr_FR"},
        {"language": "fr\n"},
    ],
)
def test_unknown_codes_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Coded.model_validate(wrong)


@pytest.mark.parametrize("seconds", [1772358900, 1772358900.5, "1772358900", "", None])
def test_seconds_since_1970_are_no_instant(seconds: object) -> None:
    with pytest.raises(ValueError, match="must be a text such as"):
        instant_in_words(seconds)


def test_an_instant_in_words_is_left_as_it_is() -> None:
    assert instant_in_words("2026-03-01T10:15:00+09:00") == "2026-03-01T10:15:00+09:00"
