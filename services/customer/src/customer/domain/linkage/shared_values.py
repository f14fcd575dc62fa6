"""The value that two records share where a field is the same: how common is it?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from customer.domain.linkage.comparing import FIELDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from customer.domain.linkage.traits import Traits


def _shared_word(left_word: str, left_solo: str, right_words: tuple[str, str]) -> str:
    return left_word if left_word and left_word in right_words else left_solo


SHARED_VALUES: Mapping[int, Callable[[Traits, Traits], str]] = {
    FIELDS.index("given"): lambda left, right: _shared_word(
        left.given, left.solo, (right.given, right.solo)
    ),
    FIELDS.index("family"): lambda left, right: _shared_word(
        left.family, left.solo, (right.family, right.solo)
    ),
    FIELDS.index("birth"): lambda left, _: left.birth,
    FIELDS.index("place"): lambda left, _: left.place,
    FIELDS.index("occupation"): lambda left, _: left.occupation,
    FIELDS.index("postcode"): lambda left, _: left.postcode,
    FIELDS.index("city"): lambda left, _: left.city,
    FIELDS.index("street"): lambda left, _: left.street,
}
"""By the place of a field in `FIELDS`: how to tell the value that two records share there."""
