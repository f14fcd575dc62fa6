"""Honorifics that are written in one word with the name: 田中様, 김민준님.

Those that stand apart (Mr, Mme, Dr, さん) are words, and `name_words` leaves them out.
"""

from __future__ import annotations

import re
from functools import lru_cache

from customer.domain.text import fold

_CACHED = 65_536
_AFTER_KANJI = re.compile(r"(?<=[\u3400-\u9fff])(?:様|さま|さん|ちゃん|殿|先生)(?=\s|$)")
_AFTER_HANGUL = re.compile(r"(?<=[\uac00-\ud7a3]{2})(?:씨|님)(?=\s|$)")


@lru_cache(maxsize=_CACHED)
def without_honorific(name: str) -> str:
    """Fold a name and take such an honorific off; for comparison only, the name stays as told.

    After kana nothing is taken off: ハッサン is a name.
    """
    return _AFTER_HANGUL.sub("", _AFTER_KANJI.sub("", fold(name)))
