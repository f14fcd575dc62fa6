"""Folding of text, so that what people write differently compares equal.

Done here and not in the database, whose collations differ between machines: width and
compatibility forms (Unicode NFKC), case, Latin accents, katakana to hiragana, and the old or
variant forms of kanji that people keep in their names (髙橋 is 高橋). Otherwise kanji are left
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
_VARIANTS = (
    "高=髙 崎=﨑嵜 辺=邊邉 斎=齋齊斉 沢=澤 浜=濱濵 広=廣 国=國 桜=櫻 竜=龍 真=眞 恵=惠 寿=壽 条=條 "
    "島=嶋嶌 徳=德 学=學 蔵=藏 瀬=瀨 柳=栁 曽=曾 館=舘 亜=亞 円=圓 栄=榮 応=應 秋=穐 弥=彌 冨=富 "
    "渕=淵 塩=鹽 鉄=鐵 関=關 宝=寶 実=實 来=來 礼=禮 万=萬 与=與 芦=蘆 滝=瀧 黒=黑 穂=穗 豊=豐 "
    "児=兒 晃=晄 清=淸 増=增 横=橫 吉=𠮷 桑=桒 峰=峯 杉=杦 巌=巖 彦=彥 静=靜 郷=鄕 暁=曉 蛍=螢 "
    "遥=遙 薫=薰 緑=綠 涼=凉 渉=涉 聡=聰 慎=愼 巻=卷 団=團 糸=絲 稲=稻 県=縣"
)
_KANJI_VARIANTS = {
    ord(variant): pair[0] for pair in _VARIANTS.split() for variant in pair.partition("=")[2]
}
_APOSTROPHES = frozenset("'`\u00b4\u2018\u2019\u02bc\uff07")
_BY_COMMON_FORM = {**_KATAKANA_TO_HIRAGANA, **_KANJI_VARIANTS}
_ASCII_WORDS = {
    code: None if chr(code) in _APOSTROPHES else " "
    for code in range(128)
    if not chr(code).isalnum()
}
_CACHED = 65_536


def tidy(text: str | None) -> str | None:
    """Give text in one width and spacing, as it may be shown; None when nothing is left."""
    if text is None:
        return None
    if text.isascii():
        return " ".join(text.split()) or None
    return " ".join(unicodedata.normalize("NFKC", text).split()) or None


@lru_cache(maxsize=_CACHED)
def fold(text: str) -> str:
    """Give the form in which text is compared: words in small plain letters, one space between.

    Folding twice is folding once. Apostrophes vanish (`O'Brien` is `obrien`); other punctuation
    parts words (`Jean-Pierre` is `jean pierre`).
    """
    if text.isascii():
        return " ".join(text.lower().translate(_ASCII_WORDS).split())
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
        for character in whole.translate(_BY_COMMON_FORM)
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
