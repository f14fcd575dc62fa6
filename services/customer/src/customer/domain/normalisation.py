"""Reading a claim: everything usable into normal form, everything else flagged, nothing lost."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, TypeVar

from chassis.errors import FieldProblem
from customer.domain.birth_dates import is_filler
from customer.domain.cards import read_card
from customer.domain.claims import Address, Claim, Gender, Normalised, Reading, Usable
from customer.domain.emails import read_email
from customer.domain.identifiers import Identifier, IdentifierKind, Unusable
from customer.domain.names import Names
from customer.domain.phones import read_phone
from customer.domain.text import fold, tidy

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
    reader = _Reader(claim.country)
    emails = reader.read_all("emails", IdentifierKind.EMAIL, claim.emails, _email)
    phones = reader.read_all("phones", IdentifierKind.PHONE, claim.phones, reader.phone)
    cards = reader.read_all("cards", IdentifierKind.CARD, claim.cards, _card)
    normalised = Normalised(
        names=_names(claim.names),
        birth_date=reader.birth_date(claim.birth_date),
        gender=reader.gender(claim.gender),
        birth_place=tidy(claim.birth_place),
        occupation=tidy(claim.occupation),
        country=claim.country,
        language=claim.language,
        emails=emails,
        phones=phones,
        cards=cards,
        addresses=_unique([_address(address) for address in claim.addresses]),
    )
    observed_at = reader.observed_at(claim.observed_at, claim.received_at)
    return Reading(normalised, tuple(reader.usable), observed_at, tuple(reader.flags))


class _Reader:
    """Gathers what one claim gives besides its values."""

    def __init__(self, country: str) -> None:
        self._country = country
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

    def phone(self, text: str) -> tuple[str, str]:
        """Read a phone number as dialled in the claim's country."""
        number = read_phone(text, self._country)
        return number, number

    def birth_date(self, told: date | None) -> date | None:
        """Leave out a date that systems write when they know none."""
        if told is None or not is_filler(told):
            return told
        self._flag("birth_date", "is a filler and nobody's birth date", "leave it out")
        return None

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
    )


def _address(told: Address) -> Address:
    return Address(
        lines=tuple(filter(None, map(tidy, told.lines))),
        city=tidy(told.city),
        region=tidy(told.region),
        postcode=tidy(told.postcode),
        country=told.country,
        kind=told.kind,
    )


def _unique(values: list[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))
