"""Slips of the pen: which known words somebody may have meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rapidfuzz.distance import OSA

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONG = 9


def ends_to_search(word: str) -> tuple[str, str]:
    """Give a beginning and an ending of which any one slip leaves at least one as it is.

    A slip is a letter too many, missing or wrong, or two neighbours swapped: between the two
    parts one letter is left out, so that a swap cannot touch both.
    """
    half = (len(word) - 1) // 2
    return word[:half], word[half + 1 :]


def nearest(word: str, known: Iterable[str], *, most: int) -> list[str]:
    """Give the known words nearest to a word, at most one slip away, of long words two.

    What was typed may be only the beginning of a word.
    """
    allowed = 2 if len(word) >= _LONG else 1
    distances = {other: _distance(word, other, allowed) for other in known}
    near = [(distance, other) for other, distance in distances.items() if distance <= allowed]
    return [other for _, other in sorted(near)[:most]]


def _distance(word: str, other: str, allowed: int) -> int:
    lengths = range(len(word) - allowed, len(word) + allowed + 1)
    beginnings = {other[:length] for length in lengths}
    return min(OSA.distance(word, begun, score_cutoff=allowed) for begun in beginnings)
