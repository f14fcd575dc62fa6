"""The attributes of a golden record, and where a source record tells each of them."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from enum import StrEnum
from operator import attrgetter

from customer.domain.claims import Normalised


class GoldenAttribute(StrEnum):
    """What a golden record may say of a customer, and a person may fix by hand."""

    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    FULL_NAME = "full_name"
    GIVEN_NAME_KANA = "given_name_kana"
    FAMILY_NAME_KANA = "family_name_kana"
    GIVEN_NAME_LATIN = "given_name_latin"
    FAMILY_NAME_LATIN = "family_name_latin"
    BIRTH_PLACE = "birth_place"
    OCCUPATION = "occupation"
    COMPANY_NAME = "company_name"
    BIRTH_DATE = "birth_date"
    GENDER = "gender"
    COUNTRY = "country"
    LANGUAGE = "language"
    VAT_NUMBER = "vat_number"
    COMPANY_REGISTRATION_ID = "company_registration_id"
    EMAILS = "emails"
    PHONES = "phones"
    CARDS = "cards"
    ACCOUNTS = "accounts"
    ADDRESSES = "addresses"
    PREFERRED_CHANNEL = "preferred_channel"


Read = Callable[[Normalised], Hashable]

TEXTS: Mapping[str, Read] = {
    GoldenAttribute.GIVEN_NAME: attrgetter("names.given"),
    GoldenAttribute.FAMILY_NAME: attrgetter("names.family"),
    GoldenAttribute.FULL_NAME: attrgetter("names.full"),
    GoldenAttribute.GIVEN_NAME_KANA: attrgetter("names.given_kana"),
    GoldenAttribute.FAMILY_NAME_KANA: attrgetter("names.family_kana"),
    GoldenAttribute.GIVEN_NAME_LATIN: attrgetter("names.given_latin"),
    GoldenAttribute.FAMILY_NAME_LATIN: attrgetter("names.family_latin"),
    GoldenAttribute.BIRTH_PLACE: attrgetter("birth_place"),
    GoldenAttribute.OCCUPATION: attrgetter("occupation"),
    GoldenAttribute.COMPANY_NAME: attrgetter("company_name"),
}
"""Attributes of one value that has a length."""

SINGLE: Mapping[str, Read] = {
    **TEXTS,
    GoldenAttribute.BIRTH_DATE: attrgetter("birth_date"),
    GoldenAttribute.GENDER: attrgetter("gender"),
    GoldenAttribute.COUNTRY: attrgetter("country"),
    GoldenAttribute.LANGUAGE: attrgetter("language"),
    GoldenAttribute.VAT_NUMBER: attrgetter("vat_number"),
    GoldenAttribute.COMPANY_REGISTRATION_ID: attrgetter("company_registration_id"),
}
"""Attributes of which one value survives."""

LISTS: Mapping[str, Callable[[Normalised], Sequence[Hashable]]] = {
    GoldenAttribute.EMAILS: attrgetter("emails"),
    GoldenAttribute.PHONES: attrgetter("phones"),
    GoldenAttribute.CARDS: attrgetter("cards"),
    GoldenAttribute.ACCOUNTS: attrgetter("accounts"),
    GoldenAttribute.ADDRESSES: attrgetter("addresses"),
}
"""Attributes of which every value survives, the best first."""
