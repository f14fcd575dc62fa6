"""Who is near a claim: records that share a blocking key with it, and how alike they are."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from customer.domain.emails import read_email
from customer.domain.identifiers import Identifier, IdentifierKind
from customer.domain.linkage.blocking import BLOCK_CAP, blocking_keys
from customer.domain.linkage.model import LinkageModel, Thresholds
from customer.domain.linkage.traits import Traits, traits_of
from customer.domain.linkage.weighing import Weigher

if TYPE_CHECKING:
    from customer.domain.claims import Normalised

NEAREST = 30
"""How many records resemble a claim enough to be looked into, the most alike."""


@dataclass(frozen=True, slots=True)
class Recogniser:
    """The model in force, and its thresholds for the size that the base has now."""

    model: LinkageModel
    thresholds: Thresholds

    @property
    def beyond_doubt(self) -> float:
        """Give the bits that outweigh a contradiction: the grey zone more than is needed."""
        return 2 * self.thresholds.link - self.thresholds.review


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """What is compared of one record, and the keys under which records like it are found."""

    traits: Traits
    keys: tuple[int, ...]


def portrait_of(normalised: Normalised) -> Portrait:
    """Draw the portrait of what a source told."""
    traits = traits_of(normalised)
    return Portrait(traits, blocking_keys(traits))


@dataclass(frozen=True, slots=True)
class Near:
    """A record that resembles another, with the weight of the evidence in bits."""

    record_id: UUID
    weight: float
    traits: Traits


def without(traits: Traits, crowded: Collection[Identifier]) -> Traits:
    """Leave out identifiers that too many share: what everybody says tells nobody apart."""
    if not crowded:
        return traits
    return traits._replace(
        phones=tuple(
            phone
            for phone in traits.phones
            if Identifier(IdentifierKind.PHONE, phone) not in crowded
        ),
        emails=tuple(
            email
            for email in traits.emails
            if Identifier(IdentifierKind.EMAIL, read_email(email).compared) not in crowded
        ),
        cards=tuple(
            card for card in traits.cards if Identifier(IdentifierKind.CARD, card) not in crowded
        ),
    )


def nearest(
    recogniser: Recogniser, portrayed: Traits, others: Iterable[tuple[UUID, Traits]]
) -> list[Near]:
    """Give those who resemble what a record tells at least so much that a person may decide."""
    weigh, least = Weigher(recogniser.model, portrayed).weigh, recogniser.thresholds.review
    return _nearest(
        Near(record_id, weight, traits)
        for record_id, traits in others
        if (weight := weigh(traits, least=least)) is not None
    )


def nearest_packed(
    recogniser: Recogniser, portrayed: Traits, others: Iterable[tuple[UUID, str]]
) -> list[Near]:
    """Do so for traits as they are stored."""
    weigh, least = Weigher(recogniser.model, portrayed).weigh_packed, recogniser.thresholds.review
    return _nearest(
        Near(record_id, *found)
        for record_id, packed in others
        if (found := weigh(packed, least=least)) is not None
    )


def _nearest(found: Iterable[Near]) -> list[Near]:
    return sorted(found, key=lambda near: (-near.weight, near.record_id))[:NEAREST]


def leave_out(
    recogniser: Recogniser,
    near: Mapping[Portrait, Sequence[Near]],
    crowded: Collection[Identifier],
) -> dict[Portrait, Sequence[Near]]:
    """Keep those who are still near when what is crowded says nothing."""
    kept: dict[Portrait, Sequence[Near]] = {}
    for portrait, found in near.items():
        traits = without(portrait.traits, crowded)
        told = ((one.record_id, one.traits) for one in found)
        kept[portrait] = found if traits == portrait.traits else nearest(recogniser, traits, told)
    return kept


class Neighbourhood:
    """Who resembles the claims of one unit of work: those stored before, and those just entered."""

    def __init__(
        self, recogniser: Recogniser, stored: Mapping[Portrait, Sequence[Near]] | None = None
    ) -> None:
        """Begin with the stored records that were found near each portrait."""
        self.recogniser = recogniser
        self._stored = stored or {}
        self._entered: dict[UUID, Portrait] = {}
        self._blocks: dict[int, dict[UUID, None]] = {}

    def around(self, record_id: UUID, portrait: Portrait, traits: Traits) -> list[Near]:
        """Give the records near a portrait, the most alike first, without the record itself.

        `traits` are those of the portrait, or what is left of them when some are crowded.
        """
        stored = [
            near
            for near in self._stored.get(portrait, ())
            if near.record_id not in self._entered and near.record_id != record_id
        ]
        if traits is not portrait.traits:
            told = ((near.record_id, near.traits) for near in stored)
            stored = nearest(self.recogniser, traits, told)
        met = {
            other: self._entered[other].traits
            for key in portrait.keys
            if len(block := self._blocks.get(key, {})) <= BLOCK_CAP
            for other in block
            if other != record_id
        }
        return _nearest([*stored, *nearest(self.recogniser, traits, met.items())])

    def enter(self, record_id: UUID, portrait: Portrait) -> None:
        """Have a record found by the claims after it, by what it says now."""
        before = self._entered.get(record_id)
        for key in before.keys if before is not None else ():
            self._blocks[key].pop(record_id, None)
        self._entered[record_id] = portrait
        for key in portrait.keys:
            self._blocks.setdefault(key, {})[record_id] = None
