"""Traits: what is compared of one source record, folded once so that weighing is fast."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from customer.domain.addresses import AddressForm, address_form
from customer.domain.honorifics import without_honorific
from customer.domain.kanji import family_readings, given_readings, parted
from customer.domain.linkage.words import GUESS, name_words
from customer.domain.romanisation import has_kanji, romanised
from customer.domain.text import fold, scripts
from customer.domain.whole_names import parts_as_written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from customer.domain.claims import Address, Normalised
    from customer.domain.names import Names

_VERSION = "2"
_READABLE = frozenset({"1", _VERSION})
"""Version 1 has the same fields, of which whole names were parted otherwise."""
_NATIVE = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL"})
_MOST_VALUES = 5
_LONGEST = 60


class Traits(NamedTuple):
    """What one record says that can be compared; an empty text says nothing.

    A tuple, for a look-up makes many of them: a dataclass takes five times as long to make.

    `given` and `family` are the one word each that counts most, in Latin letters where the
    reading is known; a lone name is in `solo`, for it may be either: many write the only name they
    know into the first field. Readings that a dictionary guesses follow a bar each: `|hiroko|yuko`.
    `native` is the name as written when it is written in no Latin letters. `birth` is YYYYMMDD.
    """

    given: str = ""
    family: str = ""
    solo: str = ""
    native: str = ""
    birth: str = ""
    gender: str = ""
    place: str = ""
    occupation: str = ""
    country: str = ""
    postcode: str = ""
    city: str = ""
    street: str = ""
    middle: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    cards: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()


_TEXTS = Traits._fields.index("middle")
PACKED_FIRST = 1
"""The place of the first trait in a packed text that was split; before it is the version."""
_VALUES = len(Traits._fields)
_LISTS = range(_TEXTS, _VALUES)


def traits_of(normalised: Normalised) -> Traits:
    """Take from a record's normal form what is compared; the same record gives the same traits."""
    given, family, solo, middle = _name(normalised.names, normalised.language)
    address = _address(normalised.addresses)
    form = address_form(address, normalised.country) if address else AddressForm()
    return Traits(
        given=given,
        family=family,
        solo=solo,
        native=_native(normalised.names),
        birth=_birth(normalised),
        gender=normalised.gender.value[0] if normalised.gender else "",
        place=_text(normalised.birth_place),
        occupation=_text(normalised.occupation),
        country=(address.country if address and address.country else normalised.country) or "",
        postcode=form.postcode.lower()[:_LONGEST],
        city=form.city[:_LONGEST].strip(),
        street=form.street[:_LONGEST].strip(),
        middle=middle,
        emails=_values(email.casefold() for email in normalised.emails),
        phones=_values(normalised.phones),
        cards=_values("".join(card.split()).upper() for card in normalised.cards),
        ids=_values(official_id.hash for official_id in normalised.official_ids),
    )


def pack(traits: Traits) -> str:
    """Write traits as text with its version, to be stored."""
    told = (one if isinstance(one, str) else "\n".join(one) for one in traits)
    return "\t".join((_VERSION, *told))


def unpack(text: str) -> Traits:
    """Read packed traits; those of a version with other fields say nothing until made anew."""
    version, *values = text.split("\t")
    if version not in _READABLE or len(values) != _VALUES:
        return Traits()
    told: list[Any] = values
    for place in _LISTS:
        told[place] = unpack_list(values[place])
    return Traits._make(told)


def unpack_list(text: str) -> tuple[str, ...]:
    """Read the packed values of a trait that may have several."""
    return tuple(text.split("\n")) if text else ()


def _name(names: Names, language: str | None) -> tuple[str, str, str, tuple[str, ...]]:
    """Give the word of the given name, of the family name, of a lone name; and words besides."""
    given = _words(names.given_kana or names.given_latin or names.given, language)
    family = _words(names.family_kana or names.family_latin or names.family, language)
    whole = _words(names.full, language)
    if names.full and not (given and family) and (told := parts_as_written(names.full)):
        given, family = (_words(part, language) for part in told)
    if not whole:
        first = "".join(given[:1]) or _guesses(names.given, given_readings)
        last = "".join(family[-1:]) or _guesses(names.family, family_readings)
        if not (first or last or names.full is None) and (parts := parted(names.full)):
            first, last = _guesses(parts[1], given_readings), _guesses(parts[0], family_readings)
        besides = tuple(sorted({*given, *family} - {first, last}))
        return (first, last, "", besides) if last else ("", "", first, besides)
    if len(whole) == 1:
        return "", "", whole[0], ()
    first = given[0] if given and given[0] in whole else whole[0]
    last = family[-1] if family and family[-1] in whole else whole[-1]
    if first == last:  # only one of the two is told apart, and stands where the other is sought
        first, last = (first, whole[0]) if first != whole[0] else (whole[-1], last)
    return first, last, "", tuple(sorted({*whole} - {first, last}))


def _words(name: str | None, language: str | None) -> tuple[str, ...]:
    return name_words(romanised(name, language=language)) if name else ()


def _guesses(name: str | None, read: Callable[[str], tuple[str, ...]]) -> str:
    """Give what a dictionary reads in kanji: a guess, marked as one even when it is the only."""
    readings = read(name) if name and has_kanji(name) else ()
    return GUESS.join(("", *readings)) if readings else ""


def _native(names: Names) -> str:
    written = "".join(filter(None, (names.family, names.given))) or names.full or ""
    folded = without_honorific(written).replace(" ", "")
    return folded[:_LONGEST] if scripts(folded) & _NATIVE else ""


def _birth(normalised: Normalised) -> str:
    """Write YYYYMMDD; a part that is not known is zeros."""
    known = normalised.birth_date or normalised.birth_parts
    if known is None:
        return ""
    return f"{known.year or 0:04}{known.month or 0:02}{known.day or 0:02}"


def _address(addresses: tuple[Address, ...]) -> Address | None:
    for address in addresses:
        if address.postcode or address.city or address.lines:
            return address
    return None


def _text(told: str | None) -> str:
    return fold(told)[:_LONGEST].strip() if told else ""


def _values(told: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({value for value in told if value})[:_MOST_VALUES])
