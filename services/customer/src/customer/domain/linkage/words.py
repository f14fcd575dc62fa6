"""The words of a name that are compared, without titles and particles, and how they sound."""

from __future__ import annotations

import re
from functools import lru_cache

from customer.domain.text import fold

GUESS = "|"
"""Stands before each reading that is guessed from the writing."""
_CACHED = 65_536

_PARTICLES = frozenset(
    """af al av bin d da dal das de degli dei del della den der des di do dos du e el het ibn la
    las le los of op t te ten ter the to van vom von y zu zum zur""".split()  # noqa: SIM905 - a text is read more easily
)
_TITLES = frozenset(
    """mr mrs ms miss master mister madam dr prof professor doctor sir dame lord lady hon rt rev
    reverend fr capt captain col colonel maj major gen general lt sgt baronet baroness baron bt
    bart earl count countess viscount viscountess marquess marquis duke duchess prince princess
    esq esquire jr junior sr senior ii iii iv kbe obe mbe cbe kcb kcmg phd mba msc bsc llb llm
    herr frau hr m mme mlle monsieur madame mademoiselle sig sra srta senor senora don dona
    dott ing sama さま さん 様 殿 氏""".split()  # noqa: SIM905 - as above
)
_ORDINAL = re.compile(r"^\d+(st|nd|rd|th|er|e)?$")
_MOST_WORDS = 8

_SOUNDS = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"^[kgp]n", "n"),
        (r"^wr", "r"),
        (r"^ps", "s"),
        (r"^mc", "mac"),
        (r"^x", "s"),
        (r"tsch|sch|tch|sh|ch|cz", "x"),
        (r"ph|pf", "f"),
        (r"gh(?=[^aeiouy]|$)", ""),
        (r"c(?=[eiy])", "s"),
        (r"ck|[cqg]", "k"),
        (r"d", "t"),
        (r"b", "p"),
        (r"[vw]", "f"),
        (r"z", "s"),
        (r"m", "n"),
    )
)
_SILENT = re.compile(r"(?<!^)[aeiouyh]")
_DOUBLE = re.compile(r"(.)\1+")


@lru_cache(maxsize=_CACHED)
def name_words(name: str) -> tuple[str, ...]:
    """Give the folded words of a name, without titles, ordinals and particles.

    When nothing would be left, only that is a name: all words stay.
    """
    return (telling_words(name) or tuple(fold(name).split()))[:_MOST_WORDS]


def telling_words(name: str) -> tuple[str, ...]:
    """Give the folded words of a name that are neither titles, ordinals nor particles."""
    return tuple(
        word
        for word in fold(name).split()
        if word not in _TITLES and word not in _PARTICLES and not _ORDINAL.match(word)
    )


def is_particle(word: str) -> bool:
    """Tell whether a word only leads to a family name, as `van` and `de` do."""
    return fold(word) in _PARTICLES


def is_title(word: str) -> bool:
    """Tell whether a word is a title, an honorific or an ordinal, and no name."""
    folded = fold(word)
    return folded in _TITLES or bool(_ORDINAL.match(folded))


@lru_cache(maxsize=_CACHED)
def sound_of(word: str) -> str:
    """Give a coarse key of how a Latin word sounds: its consonants in classes, doubles once.

    Other scripts are left as they are: their letters already are sounds, or have none.
    """
    if not word.isascii():
        return word
    sound = word
    for pattern, replacement in _SOUNDS:
        sound = pattern.sub(replacement, sound)
    return _DOUBLE.sub(r"\1", _SILENT.sub("", _DOUBLE.sub(r"\1", sound)))


def readings_of(word: str) -> tuple[str, ...]:
    """Give the readings of a word of a name: itself, or those that are guessed."""
    return tuple(word.split(GUESS)[1:]) if word.startswith(GUESS) else (word,)
