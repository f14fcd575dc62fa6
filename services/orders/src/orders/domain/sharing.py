"""Sharing an amount among parts to the minor unit, so that the shares add up to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def share(amount_minor: int, weights: Sequence[int]) -> list[int]:
    """Share an amount by weights; units that are left go to the largest remainders, first come.

    The method of Hamilton. Without any weight the shares are as equal as can be.
    """
    if not weights:
        return []
    parts = list(weights) if any(weights) else [1] * len(weights)
    whole = sum(parts)
    shares = [amount_minor * part // whole for part in parts]
    left = amount_minor - sum(shares)
    by_remainder = sorted(
        range(len(parts)), key=lambda place: (-(amount_minor * parts[place] % whole), place)
    )
    for place in by_remainder[:left]:
        shares[place] += 1
    return shares
