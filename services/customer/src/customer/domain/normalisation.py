"""Reading a claim: everything usable into normal form, everything else flagged, nothing lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from chassis.errors import FieldProblem
from customer.domain.accounts import read_account, read_device
from customer.domain.cards import read_card
from customer.domain.claims import (
    UNKNOWN_COUNTRY,
    UNKNOWN_LANGUAGE,
    Address,
    Claim,
    Gender,
    Normalised,
    Reading,
    Usable,
)
from customer.domain.companies import read_company_id, read_vat_number
from customer.domain.emails import read_email
from customer.domain.identifiers import Identifier, IdentifierKind, Unusable
from customer.domain.names import Names
from customer.domain.official_ids import OfficialId, WithheldId
from customer.domain.phones import read_phone
from customer.domain.text import fold, tidy
from customer.domain.told_births import read_birth
from customer.domain.told_consents import read_told_consents

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_CLOCK_SKEW = timedelta(minutes=5)
_GENDERS = {
    Gender.FEMALE: (
        "f",
        "female",
        "w",
        "woman",
        "femme",
        "feminin",
        "mujer",
        "donna",
        "女",
        "女性",
    ),
    Gender.MALE: ("m", "male", "man", "homme", "masculin", "hombre", "uomo", "男", "男性"),
    Gender.OTHER: ("o", "x", "other", "d", "divers", "diverse", "non binary", "autre", "その他"),
}
_GENDER_BY_WORD = {fold(word): gender for gender, words in _GENDERS.items() for word in words}


def read_claim(claim: Claim) -> Reading:
    """Read a claim; a value that cannot be used is flagged and never an error."""
    reader = _Reader()
    country = reader.country(claim.country, "country")
    language = reader.language(claim.language)
    account, phone = partial(_account, claim.key.source), partial(_phone, country)
    emails = reader.read_all("emails", IdentifierKind.EMAIL, claim.emails, _email)
    phones = reader.read_all("phones", IdentifierKind.PHONE, claim.phones, phone)
    cards = reader.read_all("cards", IdentifierKind.CARD, claim.cards, _card)
    accounts = reader.read_all("accounts", IdentifierKind.ACCOUNT, claim.accounts, account)
    devices = reader.read_all("devices", IdentifierKind.DEVICE, claim.devices, _device)
    birth = read_birth(claim, country)
    reader.flags += birth.flags
    vat_number = partial(read_vat_number, country=country)
    normalised = Normalised(
        names=_names(claim.names),
        birth_date=birth.on,
        birth_parts=birth.parts,
        gender=reader.gender(claim.gender),
        birth_place=tidy(claim.birth_place),
        occupation=tidy(claim.occupation),
        country=country,
        language=language,
        emails=emails,
        phones=phones,
        cards=cards,
        addresses=_unique([reader.address(*numbered) for numbered in enumerate(claim.addresses)]),
        accounts=accounts,
        devices=devices,
        company_name=tidy(claim.company_name),
        vat_number=reader.read("vat_number", claim.vat_number, vat_number),
        company_registration_id=reader.read(
            "company_registration_id", claim.company_registration_id, read_company_id
        ),
        official_ids=reader.official_ids(claim.official_ids),
        referred_by=tidy(claim.referred_by),
    )
    reader.withheld_extra(claim.withheld_extra)
    reader.flags += claim.struck
    consents, wrong_consents = read_told_consents(claim.consents, claim.received_at)
    reader.flags += wrong_consents
    observed_at = reader.observed_at(claim.observed_at, claim.received_at)
    flags = tuple(reader.flags)
    return Reading(normalised, tuple(reader.usable), observed_at, flags, consents)


class _Reader:
    """Gathers what one claim gives besides its values."""

    def __init__(self) -> None:
        self.usable: list[Usable] = []
        self.flags: list[FieldProblem] = []

    def read_all(
        self,
        field: str,
        kind: IdentifierKind,
        texts: tuple[str, ...],
        read: Callable[[str], tuple[str, str]],
    ) -> tuple[str, ...]:
        """Read the values of a list; `read` gives the shown and the compared form."""
        shown: list[str] = []
        for position, text in enumerate(texts):
            if tidy(text) is None:
                continue
            path = f"{field}.{position}"
            try:
                value, compared = read(text)
            except Unusable as unusable:
                self.flags.append(FieldProblem(path, unusable.problem, unusable.mend))
                continue
            shown.append(value)
            self._use(Identifier(kind, compared), path)
        return _unique(shown)

    def read(self, field: str, text: str | None, read: Callable[[str], str]) -> str | None:
        """Read a single value that finds nobody."""
        if text is None or tidy(text) is None:
            return None
        try:
            return read(text)
        except Unusable as unusable:
            self.flags.append(FieldProblem(field, unusable.problem, unusable.mend))
            return None

    def country(self, told: str | None, field: str) -> str | None:
        """Leave out what is no country; phones and dates are then read without one."""
        if told != UNKNOWN_COUNTRY:
            return told
        self._flag(field, "is no country", "send its ISO 3166-1 code, such as FR or JP")
        return None

    def language(self, told: str | None) -> str | None:
        """Leave out what is no language."""
        if told != UNKNOWN_LANGUAGE:
            return told
        self._flag("language", "is no language", "send its BCP 47 tag, such as fr or pt-BR")
        return None

    def address(self, position: int, told: Address) -> Address:
        """Read an address; it is shown as told, without a country that is none."""
        return Address(
            lines=tuple(filter(None, map(tidy, told.lines))),
            city=tidy(told.city),
            region=tidy(told.region),
            postcode=tidy(told.postcode),
            country=self.country(told.country, f"addresses.{position}.country"),
            kind=told.kind,
        )

    def official_ids(self, told: tuple[OfficialId | WithheldId, ...]) -> tuple[OfficialId, ...]:
        """Take the sealed ids; those that were withheld are flagged."""
        kept: list[OfficialId] = []
        for position, official_id in enumerate(told):
            path = f"official_ids.{position}"
            if isinstance(official_id, WithheldId):
                self._flag(path, official_id.problem, official_id.mend)
                continue
            kept.append(official_id)
            self._use(Identifier(IdentifierKind.OFFICIAL_ID, official_id.hash), path)
        return _unique(kept)

    def withheld_extra(self, names: tuple[str, ...]) -> None:
        """Say which of the free texts were not kept, because they name an official id."""
        for name in names:
            problem = "names an official id, and was not kept"
            self._flag(f"extra.{name}", problem, "send it in `official_ids`, if it may be kept")

    def gender(self, told: str | None) -> Gender | None:
        """Read the word in the languages the house meets."""
        if tidy(told) is None or told is None:
            return None
        gender = _GENDER_BY_WORD.get(fold(told))
        if gender is None:
            self._flag("gender", "is not a gender the house knows", "send female, male or other")
        return gender

    def observed_at(self, told: datetime | None, received_at: datetime) -> datetime:
        """Take the source's own time; a clock that runs ahead is flagged, never refused."""
        if told is None:
            return received_at
        if told <= received_at + _CLOCK_SKEW:
            return told
        self._flag("observed_at", "is in the future", "set the source's clock")
        return received_at

    def _flag(self, field: str, problem: str, mend: str) -> None:
        self.flags.append(FieldProblem(field, problem, f"{mend[0].upper()}{mend[1:]}."))

    def _use(self, identifier: Identifier, path: str) -> None:
        if all(used.identifier != identifier for used in self.usable):
            self.usable.append(Usable(identifier, path))


def _phone(country: str | None, text: str) -> tuple[str, str]:
    number = read_phone(text, country)
    return number, number


def _account(source: str, text: str) -> tuple[str, str]:
    account = read_account(text, source)
    return account.shown, account.compared


def _device(text: str) -> tuple[str, str]:
    device = read_device(text)
    return device.shown, device.compared


def _email(text: str) -> tuple[str, str]:
    email = read_email(text)
    return email.shown, email.compared


def _card(text: str) -> tuple[str, str]:
    card = read_card(text)
    return card.shown, card.compared


def _names(told: Names) -> Names:
    return Names(
        given=tidy(told.given),
        family=tidy(told.family),
        full=tidy(told.full),
        given_kana=tidy(told.given_kana),
        family_kana=tidy(told.family_kana),
        given_latin=tidy(told.given_latin),
        family_latin=tidy(told.family_latin),
    )


def _unique(values: list[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))
