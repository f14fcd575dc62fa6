"""Search keys: the folded beginnings by which a name is found, whichever word is typed first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from customer.domain.text import fold, scripts

if TYPE_CHECKING:
    from customer.domain.names import Names

_WORDS = 6
_KEY_LENGTH = 80
_LETTERS = 8
_WRITTEN_WITHOUT_SPACES = frozenset({"CJK", "HIRAGANA", "HANGUL"})


def name_keys(names: Names) -> frozenset[str]:
    """Give every key of a person's names.

    A name of several words is found from each of its words on (`marie louise dupont`,
    `louise dupont marie`, …) and by given and family name in both orders. A name written
    without spaces is found from each of its letters on.
    """
    wholes = [
        _join(names.given, names.family),
        _join(names.family, names.given),
        _join(names.full),
        _join(names.given_kana, names.family_kana),
        _join(names.family_kana, names.given_kana),
    ]
    keys = {key for whole in wholes for key in (*_turns(whole), *_tails(whole))}
    return frozenset(key[:_KEY_LENGTH] for key in keys)


def search_text(typed: str) -> str:
    """Fold what a person typed as the keys are folded."""
    folded = fold(typed)
    return folded.replace(" ", "") if _is_unspaced(folded) else folded


def _join(*parts: str | None) -> str:
    return " ".join(fold(part) for part in parts if part)


def _turns(whole: str) -> list[str]:
    words = whole.split()[:_WORDS]
    return [" ".join((*words[turn:], *words[:turn])) for turn in range(len(words))]


def _tails(whole: str) -> list[str]:
    letters = whole.replace(" ", "")
    if not _is_unspaced(whole):
        return []
    return [letters[start:] for start in range(min(len(letters), _LETTERS))]


def _is_unspaced(folded: str) -> bool:
    found = scripts(folded)
    return bool(found) and found <= _WRITTEN_WITHOUT_SPACES
