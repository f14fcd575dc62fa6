"""Phone numbers, read in the country where they were told, held as E.164."""

from __future__ import annotations

import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, ValidationResult

from customer.domain.identifiers import Unusable

_SAME_DIGITS = 7
_RUNS = ("1234567890", "0123456789", "9876543210")


def read_phone(text: str, country: str | None) -> str:
    """Read a number as written in the country (ISO 3166-1) and give E.164; raises `Unusable`.

    Without a country the number must begin with its country code.

    A number of possible length is taken although its range is not in use: ranges open faster
    than tables are renewed. A number behind a switchboard keeps its extension (`;ext=`).
    """
    dialled = f"as dialled in {country}" if country else "with the country where it is dialled"
    mend = f"Send it with its country code, such as +33 6 12 34 56 78, or {dialled}."
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException as error:
        problem = "is not a phone number"
        raise Unusable(problem, mend) from error
    if phonenumbers.is_possible_number_with_reason(number) != ValidationResult.IS_POSSIBLE:
        problem = "is not a possible phone number"
        raise Unusable(problem, mend)
    if _is_filler(number):
        problem = "is a filler and nobody's number"
        raise Unusable(problem, "Send the customer's own number, or leave it out.")
    e164 = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return f"{e164};ext={number.extension}" if number.extension else e164


def _is_filler(number: PhoneNumber) -> bool:
    digits = phonenumbers.national_significant_number(number)
    if len(set(digits[-_SAME_DIGITS:])) == 1:
        return True
    return digits in _RUNS and not phonenumbers.is_valid_number(number)
