"""Finding a word in a text regardless of case, accents, width and script."""

from __future__ import annotations

import re
import unicodedata

_ACCENTS = re.compile("[\u0300-\u036f]")  # of Latin, Greek, Cyrillic; Japanese marks are letters
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")  # kana and Han: no spaces


def fold(text: str) -> str:
    """Give the text without case, accents, full-width forms and runs of white space."""
    without_accents = _ACCENTS.sub("", unicodedata.normalize("NFKD", text.casefold()))
    return " ".join(unicodedata.normalize("NFKC", without_accents).split())


def contains(folded_text: str, word: str) -> bool:
    """Tell whether the word or phrase stands in the text as whole words.

    Scripts written without spaces have no word boundaries, so there any occurrence counts.
    """
    folded_word = fold(word)
    if _UNSPACED.search(folded_word):
        return folded_word in folded_text
    return re.search(rf"(?<!\w){re.escape(folded_word)}(?!\w)", folded_text) is not None
