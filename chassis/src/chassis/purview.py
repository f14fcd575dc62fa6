"""How far a client sees: of which home regions it may read which kind of facts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chassis.errors import Forbidden

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping


RegionsDocument = dict[str, list[str]]
"""Home regions as JSON: `{"only": [...]}`, or `{"all_but": [...]}`."""

_ONLY = "only"
_ALL_BUT = "all_but"


class HomeRegionClosed(Forbidden):
    """A fact's home region may not be read from the client's."""

    slug = "home-region-closed"
    title = "This may not be read from the client's region"


@dataclass(frozen=True, slots=True)
class Regions:
    """Home regions: those that are named, or all but those."""

    named: frozenset[str] = frozenset()
    all_but: bool = True

    def __contains__(self, home_region: object) -> bool:
        """Tell whether a home region is among them."""
        return (home_region in self.named) is not self.all_but

    def and_also(self, regions: Iterable[str]) -> Regions:
        """Give these and some more."""
        more = frozenset(regions)
        return Regions(self.named - more if self.all_but else self.named | more, self.all_but)

    @property
    def are_all(self) -> bool:
        """Tell whether no home region is left out."""
        return self.all_but and not self.named


ALL_REGIONS = Regions()


@dataclass(frozen=True, slots=True)
class Purview:
    """The home regions whose facts a client may read, by kind; of a kind not named, all.

    The customer service's reading policy decides it, the gateway signs it into the principal, and
    whoever keeps facts holds it against the home region of each. Kinds are the words of the field
    policies: `purchases`, `complaints`, `indicators`.
    """

    by_kind: frozenset[tuple[str, Regions]] = frozenset()

    def of(self, kind: str) -> Regions:
        """Give the home regions of which a kind may be read."""
        return next((regions for name, regions in self.by_kind if name == kind), ALL_REGIONS)

    def with_regions(self, kind: str, home_regions: Collection[str]) -> Purview:
        """Give one that also reads a kind of these home regions."""
        others = {(name, regions) for name, regions in self.by_kind if name != kind}
        more = self.of(kind).and_also(home_regions)
        return Purview(frozenset(others if more.are_all else {*others, (kind, more)}))

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing is kept from the client."""
        return not self.by_kind

    def refuse_closed(self, kind: str, home_region: str) -> None:
        """Refuse a fact at home where the client may not read; raises `HomeRegionClosed`."""
        if home_region not in self.of(kind):
            message = (
                f"No transfer basis lets this client read {kind} of the home region {home_region}. "
                "Ask the privacy officer to name one."
            )
            raise HomeRegionClosed(message)

    def refuse_unless_all(self, kind: str) -> None:
        """Refuse what is not told apart by home region; raises `HomeRegionClosed`."""
        if not self.of(kind).are_all:
            message = (
                f"{kind.capitalize()} of many are not told apart by home region, and not all of "
                "them are open to this client. View one customer at a time."
            )
            raise HomeRegionClosed(message)

    def document(self) -> dict[str, RegionsDocument]:
        """Give it as JSON, the same for equal ones."""
        return {
            kind: {_ALL_BUT if regions.all_but else _ONLY: sorted(regions.named)}
            for kind, regions in sorted(self.by_kind, key=lambda one: one[0])
        }

    @classmethod
    def of_document(cls, document: Mapping[str, RegionsDocument]) -> Purview:
        """Read what `document` gave; what it does not know closes all of a kind."""
        told = {
            (kind, Regions(frozenset(regions[_ALL_BUT])))
            if _ALL_BUT in regions
            else (kind, Regions(frozenset(regions.get(_ONLY, ())), all_but=False))
            for kind, regions in document.items()
        }
        return cls(frozenset(one for one in told if not one[1].are_all))


WHOLE_HOUSE = Purview()
"""What a client of no region sees."""
