"""Romanisation: one plain Latin form of a name in any script, to compare it with another.

Kana are read by Hepburn, Hangul by the revised romanisation with the customary spellings of
surnames, Greek with its usual digraphs, every other alphabet letter by letter. Kanji are read by
nobody here: their reading is not in the writing, and reading them as Chinese would be wrong.
`customer.domain.kanji` gives readings from a dictionary, and a source's furigana outweigh both.
"""

from __future__ import annotations

import re
from functools import lru_cache

from anyascii import anyascii

from customer.domain.hangul import read_hangul
from customer.domain.kana import fold_long_vowels, read_kana
from customer.domain.text import fold

_CACHED = 65_536
_WORD_PARTS = re.compile(
    r"(?P<plain>[a-z0-9]+)|(?P<kana>[\u3041-\u309f\u30a1-\u30ff]+)|(?P<hangul>[\uac00-\ud7a3]+)"
    r"|(?P<greek>[\u0370-\u03ff]+)|(?P<cyrillic>[\u0400-\u04ff]+)|(?P<other>.)"
)
_HAN = re.compile(
    r"[\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3038-\u303b\u3400-\u4dbf\u4e00-\u9fff"
    r"\uf900-\ufaff\U00020000-\U0003ffff]"
)
_GREEK_DIGRAPHS = (
    ("\u03bf\u03c5", "ou"),
    ("\u03b1\u03c5", "av"),
    ("\u03b5\u03c5", "ev"),
    ("\u03b3\u03b3", "ng"),
    ("\u03b3\u03ba", "gk"),
    ("\u03bc\u03c0", "b"),
    ("\u03b7", "i"),
    ("\u03c7", "ch"),
)
_CYRILLIC_II = "\u0438\u0438"  # what folding leaves of the ending that passports write as y or i


@lru_cache(maxsize=_CACHED)
def romanised(text: str, *, language: str | None = None) -> str:
    """Give small plain Latin words, one space between; doing it twice is doing it once.

    `language` is the BCP 47 tag of the text, if known. A word with a kanji gives nothing, unless
    the language is Chinese. Long vowels are folded (`ou`, `oo`, `oh` to `o`, `uu` to `u`) in words
    that could be Japanese, in all words when the language is.
    """
    primary = (language or "").partition("-")[0].lower()
    words = fold(text).split()
    if not all(word.isascii() for word in words):
        read = [_read(word, chinese=primary == "zh") for word in words]
        words = fold(" ".join(read)).split()
    return " ".join(fold_long_vowels(word, japanese=primary == "ja") for word in words)


def has_kanji(text: str) -> bool:
    """Tell whether a text has ideographs, whose reading the text itself does not give."""
    return _HAN.search(text) is not None


def _read(word: str, *, chinese: bool) -> str:
    if word.isascii():
        return word
    if not chinese and has_kanji(word):
        return ""
    return "".join(_read_part(part) for part in _WORD_PARTS.finditer(word))


def _read_part(part: re.Match[str]) -> str:
    letters = part.group()
    if part.lastgroup == "plain":
        return letters
    if part.lastgroup == "kana":
        return fold_long_vowels(read_kana(letters), japanese=True)
    if part.lastgroup == "hangul":
        return read_hangul(letters)
    if part.lastgroup == "greek":
        for digraph, latin in _GREEK_DIGRAPHS:
            letters = letters.replace(digraph, latin)
    return anyascii(letters.replace(_CYRILLIC_II, _CYRILLIC_II[0]))
