"""Weighing one record against many: strangers are told apart before all of them is compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from customer.domain.linkage.comparing import FIELDS, LEVEL_OF, compare_name_fields
from customer.domain.linkage.traits import PACKED_FIRST, Traits, unpack, unpack_list

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from customer.domain.linkage.model import LinkageModel

    _Field = tuple[int, Any, Callable[[Any, Any], int], tuple[float, ...], float]

_TELLING = (
    *("birth", "phone", "card", "id", "street", "email", "postcode", "city", "place"),
    *("occupation", "gender"),
)
"""The fields but names, those first that tell strangers apart most cheaply."""
_ROUNDING = 1e-9
_SAME = 0
_NAME_TEXTS = Traits._fields.index("native") + 1
_PACKED_MIDDLE = PACKED_FIRST + Traits._fields.index("middle")


class Weigher:
    """A record's traits, prepared to be held against others by a model.

    Most records that share a blocking key are strangers. So a bound is kept on what could still
    be said for one person, field by field from the most telling; a record that cannot reach the
    least weight any more is left. Who could is weighed as the model weighs: the bound decides
    how much is compared, never what comes of it. Restraints only take back.
    """

    __slots__ = ("_fields", "_model", "_most", "_most_of_names", "_packed_fields", "_traits")

    def __init__(self, model: LinkageModel, traits: Traits) -> None:
        """Prepare what is the same for every other record."""
        self._model = model
        self._traits = traits
        self._most_of_names = sum(_most_of_names(model, traits))
        self._fields = list(_fields(model, traits))
        self._packed_fields = [_packed(field) for field in self._fields]
        self._most = self._most_of_names + sum(field[-1] for field in self._fields) + _ROUNDING

    def weigh(self, other: Traits, *, least: float) -> float | None:
        """Give the weight when it is at least so much, and else, sooner, None."""
        bound = self._bound(self._fields, other, least)
        if bound < least or not self._may_reach(other, bound, least):
            return None
        weight = self._model.weigh(self._traits, other)
        return weight if weight >= least else None

    def weigh_packed(self, packed: str, *, least: float) -> tuple[float, Traits] | None:
        """Do so for packed traits, which are unpacked only when they may reach the least."""
        values = packed.split("\t")
        if len(values) != PACKED_FIRST + len(Traits._fields):
            return None
        bound = self._bound(self._packed_fields, values, least)
        if bound < least:
            return None
        given, family, solo, native = values[PACKED_FIRST : PACKED_FIRST + _NAME_TEXTS]
        names = Traits(given, family, solo, native, middle=unpack_list(values[_PACKED_MIDDLE]))
        if not self._may_reach(names, bound, least):
            return None
        other = unpack(packed)
        weight = self._model.weigh(self._traits, other)
        return (weight, other) if weight >= least else None

    def _bound(self, fields: Sequence[_Field], other: Sequence[Any], least: float) -> float:
        """Give the most that all but names, and names at their best, can come to."""
        bound = self._most
        for place, mine, level_of, bits, most in fields:
            theirs = other[place]
            bound += bits[level_of(mine, theirs)] - most if theirs else -most
            if bound < least:
                break
        return bound

    def _may_reach(self, names: Traits, bound: float, least: float) -> bool:
        """Tell whether the names leave as much as that; of other traits nothing is looked at."""
        levels = compare_name_fields(self._traits, names)
        spoken = sum(self._model.bits_of_levels(levels, self._traits, names))
        return bound - self._most_of_names + spoken >= least


def _fields(model: LinkageModel, traits: Traits) -> Iterator[_Field]:
    """Give of each field told its place in traits, its value, comparator, bits, and the most."""
    for name in _TELLING:
        attribute, level_of = LEVEL_OF[name]
        place, position = Traits._fields.index(attribute), FIELDS.index(name)
        mine = traits[place]
        if not mine:
            continue
        bits = model.bits[position]
        if isinstance(mine, str) and level_of(mine, mine) == _SAME:
            bits = (model.bits_of_value(position, mine), *bits[1:])
        yield place, mine, level_of, bits, max(bits)


def _packed(field: _Field) -> _Field:
    """Have a field found and compared in packed traits as they were split."""
    place, mine, level_of, bits, most = field
    if isinstance(mine, str):
        return PACKED_FIRST + place, mine, level_of, bits, most
    return (
        PACKED_FIRST + place,
        mine,
        lambda mine, theirs: level_of(mine, unpack_list(theirs)),
        bits,
        most,
    )


def _most_of_names(model: LinkageModel, traits: Traits) -> Iterator[float]:
    """Give the most that each of `NAMES` can speak for one person; a lone name may be either."""
    words = (
        (traits.given, traits.solo),
        (traits.family, traits.solo),
        traits.middle,
        (traits.native,),
    )
    for position, told in enumerate(words):
        own = [model.bits_of_value(position, word) for word in told if word]
        if own:
            yield max(*own, *model.bits[position])
