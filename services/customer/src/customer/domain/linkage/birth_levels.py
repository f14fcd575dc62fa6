"""How alike two birth dates (YYYYMMDD) are: slips, swaps, and dates that tell a year only."""

from __future__ import annotations

from rapidfuzz.distance import DamerauLevenshtein

BIRTH_LEVELS = ("same", "same-new-year", "slip", "swapped", "two-slips", "same-year", "different")
_SAME, _NEW_YEAR, _SLIP, _SWAPPED, _TWO_SLIPS, _YEAR, _DIFFERENT = range(7)
_NOT_TOLD = -1
_FIRST_DAY = "0101"
_MOST_SLIPS = 2


def compare_births(left: str, right: str) -> int:
    """Give the level; 1 January is what many systems write when they know the year only."""
    if not left or not right:
        return _NOT_TOLD
    if left == right:
        return _NEW_YEAR if left[4:] == _FIRST_DAY else _SAME
    slips = DamerauLevenshtein.distance(left, right, score_cutoff=_MOST_SLIPS)
    if slips == 1:
        return _SLIP
    same_year = left[:4] == right[:4]
    if same_year and left[4:6] == right[6:] and left[6:] == right[4:6]:
        return _SWAPPED
    if slips == _MOST_SLIPS:
        return _TWO_SLIPS
    return _YEAR if same_year else _DIFFERENT
