"""Folding of text, so that what people write differently compares equal.

Done here and not in the database, whose collations differ between machines: width and
compatibility forms (Unicode NFKC), case, Latin accents, and katakana to hiragana. Kanji are left
alone: their reading is not in the writing.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

_COMBINING_ACCENTS = dict.fromkeys(range(0x0300, 0x0370))
_WHOLE_LETTERS = str.maketrans(
    {
        "ø": "o",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "ħ": "h",
        "\u0131": "i",  # Turkish dotless i
    }
)
_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_APOSTROPHES = frozenset("'`\u00b4\u2018\u2019\u02bc\uff07")
_CACHED = 65_536


def tidy(text: str | None) -> str | None:
    """Give text in one width and spacing, as it may be shown; None when nothing is left."""
    if text is None:
        return None
    return " ".join(unicodedata.normalize("NFKC", text).split()) or None


@lru_cache(maxsize=_CACHED)
def fold(text: str) -> str:
    """Give the form in which text is compared: words in small plain letters, one space between.

    Folding twice is folding once. Apostrophes vanish (`O'Brien` is `obrien`); other punctuation
    parts words (`Jean-Pierre` is `jean pierre`).
    """
    folded = _fold_once(text)
    while (again := _fold_once(folded)) != folded:
        folded = again
    return folded


def _fold_once(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold()
    bare = unicodedata.normalize("NFD", plain.translate(_WHOLE_LETTERS))
    whole = unicodedata.normalize("NFC", bare.translate(_COMBINING_ACCENTS))
    letters = [
        character if _is_part_of_word(character) else " "
        for character in whole.translate(_KATAKANA_TO_HIRAGANA)
        if character not in _APOSTROPHES
    ]
    return " ".join("".join(letters).split())


def _is_part_of_word(character: str) -> bool:
    return unicodedata.category(character)[0] in "LMN"


@lru_cache(maxsize=_CACHED)
def scripts(text: str) -> frozenset[str]:
    """Name the scripts of a folded text, such as LATIN, CJK, HIRAGANA, CYRILLIC."""
    return frozenset(
        unicodedata.name(character, "UNNAMED").split()[0].partition("-")[0]
        for character in text
        if unicodedata.category(character) in {"Lu", "Ll", "Lt", "Lo"}
    )
