"""Hangul in Latin letters: the revised romanisation, and surnames as their bearers spell them."""

from __future__ import annotations

_FIRST = 0xAC00
_VOWELS = 21
_FINALS = 28
_INITIALS = "g kk n d tt r m b pp s ss  j jj ch k t p h"
_INITIAL = _INITIALS.split(" ")
_VOWEL_SOUNDS = "a ae ya yae eo e yeo ye o wa wae oe yo u wo we wi yu eu ui i"
_VOWEL = _VOWEL_SOUNDS.split(" ")
_FINAL_SOUNDS = " k k k n n n t l k m l l l l l m p p t t ng t t k t p h"
_FINAL = _FINAL_SOUNDS.split(" ")
_SILENT = 11
_BEFORE_A_VOWEL = {
    1: "g",
    2: "kk",
    4: "n",
    7: "d",
    8: "r",
    16: "m",
    17: "b",
    19: "s",
    20: "ss",
    22: "j",
    23: "ch",
    24: "k",
    25: "t",
    26: "p",
    27: "h",
}
_PASSPORTS = (
    "김=kim 이=lee 박=park 최=choi 정=jung 강=kang 조=cho 윤=yun 장=jang 임=lim 오=oh 신=shin "
    "권=kwon 황=hwang 안=ahn 류=ryu 유=yu 전=jeon 고=ko 문=moon 배=bae 백=baek 허=hur 심=shim "
    "노=roh 곽=kwak 성=sung 우=woo 구=koo 나=na 엄=um 변=byun 추=choo 공=kong 현=hyun 함=ham "
    "염=yum 선=sun 명=myung 금=keum 국=kook 길=gil 여=yeo 리=lee"
)
_SURNAMES: dict[str, str] = {pair[0]: pair[2:] for pair in _PASSPORTS.split()}


def read_hangul(word: str) -> str:
    """Read syllables one by one, a final consonant moving on to a vowel that follows it.

    A word of one syllable is a surname and is spelt as passports spell it: 김 is Kim, not Gim.
    """
    if word in _SURNAMES:
        return _SURNAMES[word]
    syllables = [_parts(letter) for letter in word]
    read: list[str] = []
    for place, (initial, vowel, final) in enumerate(syllables):
        next_is_vowel = place + 1 < len(syllables) and syllables[place + 1][0] == _SILENT
        ending = _BEFORE_A_VOWEL.get(final, _FINAL[final]) if next_is_vowel else _FINAL[final]
        read.append(_INITIAL[initial] + _VOWEL[vowel] + ending)
    return "".join(read)


def _parts(letter: str) -> tuple[int, int, int]:
    """Take a syllable apart, as Unicode composes it (chapter 3.12)."""
    code = ord(letter) - _FIRST
    return code // (_VOWELS * _FINALS), code // _FINALS % _VOWELS, code % _FINALS
