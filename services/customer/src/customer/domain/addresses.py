"""Addresses in the form in which they are compared: abbreviations written out, numbers in front.

Made when needed and never stored: what is shown is the address as told. Each country has its own
rules; where none is known, the words are folded and the first number is the house's.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from customer.domain.postcodes import postcode_form
from customer.domain.street_words import BEFORE_FOLDING, GLUED_ENDINGS, WRITTEN_OUT
from customer.domain.text import fold

if TYPE_CHECKING:
    from customer.domain.claims import Address

_CACHED = 16_384
_NUMBER = re.compile(r"\d+[a-z]?(?:[-/]\d+[a-z]?)*")
_NUMBER_LAST = frozenset({"AT", "BE", "CH", "DE", "DK", "ES", "FI", "IT", "NL", "NO", "PL", "SE"})
_AFTER_A_NUMBER = {"bis": "b", "ter": "t", "quater": "q"}
_WITHIN_A_HOUSE = frozenset(
    {
        *("apartment", "appartement", "appt", "apt", "batiment", "bp", "building", "door"),
        *("entrance", "escalera", "escalier", "etage", "flat", "floor", "int", "interno", "piso"),
        *("porte", "postfach", "puerta", "room", "scala", "suite", "unit", "wohnung", "zimmer"),
    }
)
_JAPANESE_NUMBERS = re.compile(r"(?<=\d)\s*(?:丁目|番地|番|号室|号|の|-|/|・)\s*(?=\d|$)")
_JAPANESE_KANJI_NUMBER = re.compile(r"[〇一二三四五六七八九十]+(?=丁目|番地|番|号)")
_KANJI_FIGURES = str.maketrans("〇一二三四五六七八九", "0123456789")
_DASHES = re.compile(r"(?<=[\d一二三四五六七八九十])[-\u2010-\u2015\u2212\u30fc\uff0d\uff70](?=\d)")
_PREFECTURE = re.compile(r"^(?:東京都|北海道|京都府|大阪府|\w{2,3}県)")
_DELIVERY = re.compile(r"\bcedex\b.*$")


@dataclass(frozen=True, slots=True)
class AddressForm:
    """What of an address is compared; an empty text is not known.

    `street` is the house's number and the street's name, then what other lines say; floors and
    doors are left out.
    """

    street: str = ""
    postcode: str = ""
    city: str = ""


def address_form(address: Address, country: str | None = None) -> AddressForm:
    """Give the compared form of an address; `country` is the record's, for one without its own."""
    where = address.country or country or ""
    return _form(address.lines, address.city or "", address.postcode or "", where)


@lru_cache(maxsize=_CACHED)
def _form(lines: tuple[str, ...], city: str, postcode: str, country: str) -> AddressForm:
    if country == "JP":
        told = [_japanese(line, city) for line in lines]
    else:
        told = [_western(line, country) for line in lines]
    return AddressForm(
        street=" ".join(filter(None, told)),
        postcode=postcode_form(postcode, country),
        city=_DELIVERY.sub("", _written_out(city, country)).strip(),
    )


def _western(line: str, country: str) -> str:
    words = _written_out(line, country).split()
    if words and words[0] in _WITHIN_A_HOUSE:
        words = words[2:]
    for place, word in enumerate(words):
        if word in _WITHIN_A_HOUSE:
            words = words[:place]
            break
    places = [place for place, word in enumerate(words) if _NUMBER.fullmatch(word)]
    if not places:
        return " ".join(words)
    at = places[-1] if country in _NUMBER_LAST and places[-1] > 0 else places[0]
    number, rest = words[at], words[at + 1 :]
    if rest and (rest[0] in _AFTER_A_NUMBER or (len(rest[0]) == 1 and rest[0].isalpha())):
        number += _AFTER_A_NUMBER.get(rest[0], rest[0])
        rest = rest[1:]
    return " ".join((number, *words[:at], *rest))


def _written_out(text: str, country: str) -> str:
    """Fold and write abbreviations out, so that `12, Bd. St-Michel` is `12 boulevard saint …`."""
    plain = text.casefold()
    for pattern, whole in BEFORE_FOLDING:
        plain = pattern.sub(whole, plain)
    plain = _DASHES.sub("/", unicodedata.normalize("NFKC", plain))
    numbers_kept = re.sub(r"(?<=\d)\s*/\s*(?=\d)", "-", plain)
    parts = re.split(r"(\d+[a-z]?(?:-\d+[a-z]?)+)", numbers_kept)
    words = " ".join(part if place % 2 else fold(part) for place, part in enumerate(parts)).split()
    table = WRITTEN_OUT.get(country, WRITTEN_OUT[""])
    if table is WRITTEN_OUT[""]:
        words = _saints_and_streets(words)
    return " ".join(_unglued(table.get(word, word), country) for word in words)


def _saints_and_streets(words: list[str]) -> list[str]:
    """Tell the English abbreviations apart: St Mary's Road, Mary's St."""
    last = len(words) - 1
    return [
        ("street" if 0 < place == last or place > 1 else "saint") if word == "st" else word
        for place, word in enumerate(words)
    ]


def _unglued(word: str, country: str) -> str:
    for short, long in GLUED_ENDINGS.get(country, ()):
        if word.endswith(short) and len(word) > len(short) and not word.endswith(long):
            return word[: -len(short)] + long
    return word


def _japanese(line: str, city: str) -> str:
    """Take town and block numbers: 神南一丁目2番3号, 神南1-2-3 and 神南1の2の3 are one.

    Prefecture and city are left out, for half of the sources write them in this line too.
    """
    text = _PREFECTURE.sub("", "".join(unicodedata.normalize("NFKC", line).split()))
    text = text.removeprefix(_PREFECTURE.sub("", unicodedata.normalize("NFKC", city)))
    text = _JAPANESE_KANJI_NUMBER.sub(lambda found: _figures(found.group()), text)
    text = _DASHES.sub("-", text)
    text = _JAPANESE_NUMBERS.sub("-", text)
    found = re.search(r"\d+(?:-\d+)*", text)
    if found is None:
        return fold(text).replace(" ", "")
    return f"{found.group()} {fold(text[: found.start()])}".replace(" ", "")


def _figures(kanji: str) -> str:
    tens, mark, ones = kanji.partition("十")
    if not mark:
        return kanji.translate(_KANJI_FIGURES)
    return f"{tens or '一'}{ones or '〇'}".translate(_KANJI_FIGURES)  # noqa: RUF001 - the kanji
