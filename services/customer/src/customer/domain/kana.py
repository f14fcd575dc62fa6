"""Kana in Latin letters by Hepburn, and the folding of long vowels, spelt in so many ways."""

from __future__ import annotations

import re

_HEPBURN = """
あ a い i う u え e お o か ka き ki く ku け ke こ ko が ga ぎ gi ぐ gu げ ge ご go
さ sa し shi す su せ se そ so ざ za じ ji ず zu ぜ ze ぞ zo た ta ち chi つ tsu て te と to
だ da ぢ ji づ zu で de ど do な na に ni ぬ nu ね ne の no は ha ひ hi ふ fu へ he ほ ho
ば ba び bi ぶ bu べ be ぼ bo ぱ pa ぴ pi ぷ pu ぺ pe ぽ po ま ma み mi む mu め me も mo
や ya ゆ yu よ yo ら ra り ri る ru れ re ろ ro わ wa ゐ i ゑ e を o ん n ゔ vu
ぁ a ぃ i ぅ u ぇ e ぉ o ゃ ya ゅ yu ょ yo ゎ wa ゕ ka ゖ ke
ふぁ fa ふぃ fi ふぇ fe ふぉ fo ふゅ fyu うぃ wi うぇ we うぉ wo ゔぁ va ゔぃ vi ゔぇ ve ゔぉ vo
てぃ ti でぃ di とぅ tu どぅ du てゅ tyu でゅ dyu つぁ tsa つぃ tsi つぇ tse つぉ tso いぇ ye
しぇ she じぇ je ちぇ che くぁ kwa くぃ kwi くぇ kwe くぉ kwo ぐぁ gwa
"""
_ROWS: list[str] = list(_HEPBURN.split())
_PLAIN: dict[str, str] = dict(zip(_ROWS[::2], _ROWS[1::2], strict=True))
_GLIDES = {"ゃ": "a", "ゅ": "u", "ょ": "o"}
_GLIDING = {
    **{kana: _PLAIN[kana][:-1] + "y" for kana in "きぎにひびぴみり"},
    **{kana: _PLAIN[kana][:-1] for kana in "しじちぢ"},
}
_SYLLABLES = _PLAIN | {
    kana + small: sound + vowel
    for kana, sound in _GLIDING.items()
    for small, vowel in _GLIDES.items()
}
_SMALL_TSU = "っ"
_HIRAGANA_FROM = {code: code - 0x60 for code in range(0x30A1, 0x30F7)}
_LONG_O = re.compile(r"o(?:[ou]+|h(?=[bcdfghjkmprstwyz]|n[aeiouy]|$))")
_LONG_U = re.compile(r"uu+")
_COULD_BE_JAPANESE = re.compile(
    r"(?!.*(?:eau|[bcdfgkmnprst]oo[bcdfgkmnprst]e)$)"  # Rousseau and Moore could not
    r"(?:(?:[kstpcgdbzjfm](?=[kstpcgdbzjfm]))?"  # the first of a doubled consonant, or m before b
    r"(?:[kgnhbpmr]y|sh|ch|ts|[kgsztdnhbpmyrwjf])?[aiueo]"
    r"|(?<=o)h(?=[bcdfghjkmprstwyz]|n[aeiou]|$)|n(?![aiueoy]))+"
)


def read_kana(letters: str) -> str:
    """Read hiragana and katakana; marks that only lengthen a vowel are left out."""
    hiragana = letters.translate(_HIRAGANA_FROM)
    read: list[str] = []
    place, doubled = 0, False
    while place < len(hiragana):
        pair, single = hiragana[place : place + 2], hiragana[place]
        if pair != single and pair in _SYLLABLES:
            sound, place = _SYLLABLES[pair], place + len(pair)
        else:
            sound, place = _SYLLABLES.get(single, ""), place + 1
        if doubled and sound and sound[0] not in "aiueon":
            read.append("t" if sound.startswith("ch") else sound[0])
        doubled = single == _SMALL_TSU
        read.append(sound)
    return "".join(read)


def fold_long_vowels(word: str, *, japanese: bool = False) -> str:
    """Fold long vowels of a Latin word that is Japanese, or could be; others stay as they are.

    Ootani, Ohtani, Ōtani and Outani are one name; Ohno is Ono, but John stays John.
    """
    if not (japanese or _COULD_BE_JAPANESE.fullmatch(word)):
        return word
    folded = _LONG_U.sub("u", _LONG_O.sub("o", word))
    while folded != word:
        word, folded = folded, _LONG_U.sub("u", _LONG_O.sub("o", folded))
    return folded
