"""Whether records of a base are of households: people who share a family name and an address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from customer.domain.linkage.comparing import FIELDS, LEVELS, NOT_TOLD

if TYPE_CHECKING:
    from collections.abc import Mapping

_GIVEN, _FAMILY, _BIRTH, _POSTCODE, _STREET, _PHONE = map(
    FIELDS.index, ("given", "family", "birth", "postcode", "street", "phone")
)
_ALIKE_FAMILY = LEVELS["family"].index("slip")
_CLOSE_STREET = LEVELS["street"].index("close")
_OTHER_GIVEN = LEVELS["given"].index("different")
_OTHER_BIRTH = LEVELS["birth"].index("two-slips")
_FEWEST_PAIRS = 100
_EXCESS = 0.02


def has_households(blocked: Mapping[tuple[int, ...], int]) -> bool:
    """Tell whether given names and birth dates differ together more often than by accident.

    Among pairs with one family name at one address, errors of one person strike given name and
    birth date independently; another member of the household has both different. With too few
    such pairs nobody can tell, and there may be households.
    """
    pairs = other_given = other_birth = other_both = 0
    for levels, count in blocked.items():
        if not _share_address(levels) or NOT_TOLD in (levels[_GIVEN], levels[_BIRTH]):
            continue
        given = levels[_GIVEN] == _OTHER_GIVEN
        birth = levels[_BIRTH] >= _OTHER_BIRTH
        pairs += count
        other_given += count * given
        other_birth += count * birth
        other_both += count * (given and birth)
    if pairs < _FEWEST_PAIRS:
        return True
    by_accident = other_given / pairs * other_birth / pairs
    return other_both / pairs - by_accident > _EXCESS


def _share_address(levels: tuple[int, ...]) -> bool:
    if not NOT_TOLD < levels[_FAMILY] <= _ALIKE_FAMILY:
        return False
    if levels[_STREET] == NOT_TOLD:
        return levels[_POSTCODE] == 0 or levels[_PHONE] == 0
    return levels[_STREET] <= _CLOSE_STREET
