"""Seeing customers with a reader's eyes: the one place that decides who sees what of whom."""

from __future__ import annotations

from dataclasses import dataclass
from operator import attrgetter
from typing import TYPE_CHECKING, TypeVar

from customer.domain.consent_state import state_of
from customer.domain.reading_policies import (
    EXTERNAL_ID,
    TRANSFER_PURPOSE,
    Access,
    ReadingPolicies,
    Sight,
)
from customer.domain.sights import EVERYTHING, Home, Sights
from customer.store.consents import consents_of
from customer.store.homes import (
    Dwelling,
    homes_by_identifiers,
    homes_of,
    homes_of_ids,
    homes_of_records,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from customer.domain.identifiers import Identifier, IdentifierKind
    from customer.domain.owners import ToldOf
    from customer.domain.reading_policies import TransferNotAllowed
    from customer.store.consents import HeldConsents

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Eyes:
    """What one client sees, by the policy and by what each customer consented to."""

    policies: ReadingPolicies
    client_id: str
    now: datetime

    @property
    def see_everything(self) -> bool:
        """Tell whether nothing is kept from the client, so that nothing need be asked."""
        return self.policies.lets_see_everything(self.client_id)

    def sight(self, home_region: str, *, has_consented: bool = False) -> Sight:
        """Give what is seen of what is at home in a region."""
        return self.policies.sight(
            home_region, self.client_id, today=self.now.date(), has_consented=has_consented
        )

    def shows_source_id(self, home_region: str) -> bool:
        """Tell whether the sources' own ids are shown there without the customer's consent."""
        return self.sight(home_region).of(EXTERNAL_ID) is Access.SHOWN

    def refusal(self, homes: Collection[Home]) -> TransferNotAllowed:
        """Say that nothing may be read that is at home there."""
        return self.policies.refusal([home.region for home in homes], self.client_id)

    async def sights(
        self, connection: AsyncConnection, homes: Mapping[str, Collection[Home]]
    ) -> dict[str, Sights]:
        """Give what is seen of each customer, by where what is told of it is at home."""
        if self.see_everything:
            return dict.fromkeys(homes, EVERYTHING)
        asked = [one for one in homes if any(self._needs_consent(home) for home in homes[one])]
        held = await consents_of(connection, asked) if asked else {}
        return {
            customer_id: Sights({home: self._of(home, held.get(customer_id)) for home in its_homes})
            for customer_id, its_homes in homes.items()
        }

    async def sights_of(
        self, connection: AsyncConnection, customer_ids: Collection[str]
    ) -> dict[str, Sights]:
        """Give what is seen of customers, by where their source records are at home."""
        if self.see_everything:
            return dict.fromkeys(customer_ids, EVERYTHING)
        return await self.sights(connection, await homes_of(connection, customer_ids))

    async def told(
        self,
        connection: AsyncConnection,
        what: str,
        found: Sequence[T],
        of: Callable[[T], ToldOf] = attrgetter("told"),
    ) -> list[T]:
        """Give those of things that hang on customers which are seen, by what told each."""
        if self.see_everything or not found:
            return list(found)
        dwellings = await _dwellings(connection, [of(one) for one in found])
        sights = await self.sights(connection, _by_customer(dwellings.values()))
        return [
            one
            for one in found
            if (at := dwellings.get(of(one))) is not None
            and sights[at.customer_id].of(at.home).of(what) is Access.SHOWN
        ]

    async def identified(
        self,
        connection: AsyncConnection,
        identifiers: Collection[Identifier],
        customer_ids: Collection[str],
    ) -> dict[str, set[IdentifierKind]]:
        """Give those of customers of whom a record that is not closed has an identifier, and which.

        Who sees everything is not asked about.
        """
        if self.see_everything:
            return {customer_id: set() for customer_id in customer_ids}
        found = await homes_by_identifiers(connection, identifiers, customer_ids)
        homes = {one: {home for _, home in held} for one, held in found.items()}
        sights = await self.sights(connection, homes)
        open_ = {
            one: {kind for kind, home in held if not sights[one].of(home).is_closed}
            for one, held in found.items()
        }
        return {customer_id: kinds for customer_id, kinds in open_.items() if kinds}

    async def closed_ids(
        self, connection: AsyncConnection, ids: Collection[str]
    ) -> dict[str, set[Home]]:
        """Give those of customers' ids that are kept from the client, and what is closed to it.

        That is every id of a customer of whom it may read nothing, and a retired one that was at
        home where it may not read, to whomever it leads now; an id of nobody too.
        """
        if self.see_everything or not ids:
            return {}
        dwellings = await homes_of_ids(connection, ids)
        homes = await homes_of(connection, {one.customer_id for one in dwellings.values()})
        present = await self.sights(connection, homes)
        own = await self.sights(connection, _by_customer(dwellings.values()))
        closed: dict[str, set[Home]] = {}
        for one in ids:
            dwelling = dwellings.get(one)
            if dwelling is None or present[dwelling.customer_id].are_closed:
                closed[one] = set() if dwelling is None else homes[dwelling.customer_id]
            elif (
                one != dwelling.customer_id
                and own[dwelling.customer_id].of(dwelling.home).is_closed
            ):
                closed[one] = {dwelling.home}
        return closed

    async def open_records(
        self, connection: AsyncConnection, record_ids: Collection[UUID]
    ) -> set[UUID]:
        """Give those of source records of which the client may see anything."""
        return set(await self.record_sights(connection, record_ids))

    async def record_sights(
        self, connection: AsyncConnection, record_ids: Collection[UUID]
    ) -> dict[UUID, Sight]:
        """Give what is seen of source records, without those of which nothing is."""
        dwellings = await homes_of_records(connection, record_ids)
        sights = await self.sights(connection, _by_customer(dwellings.values()))
        return {
            record_id: sight
            for record_id, (customer_id, home) in dwellings.items()
            if not (sight := sights[customer_id].of(home)).is_closed
        }

    def _needs_consent(self, home: Home) -> bool:
        return self.policies.needs_consent(home.region, self.client_id)

    def _of(self, home: Home, held: HeldConsents | None) -> Sight:
        if held is None or not self._needs_consent(home):
            return self.sight(home.region)
        consent = state_of(held.consents, held.merges, TRANSFER_PURPOSE, None, home.brand)
        has_consented = consent is not None and consent.is_in_force(self.now)
        return self.sight(home.region, has_consented=has_consented)


def _by_customer(dwellings: Iterable[Dwelling]) -> dict[str, set[Home]]:
    homes: dict[str, set[Home]] = {}
    for customer_id, home in dwellings:
        homes.setdefault(customer_id, set()).add(home)
    return homes


async def _dwellings(connection: AsyncConnection, told: Sequence[ToldOf]) -> dict[ToldOf, Dwelling]:
    records = {one.source_record_id for one in told if one.source_record_id is not None}
    ids = {one.customer_id for one in told if one.customer_id is not None}
    by_record = await homes_of_records(connection, records)
    by_id = await homes_of_ids(connection, ids)
    found = {
        one: by_id.get(one.customer_id or "")
        if one.source_record_id is None
        else by_record.get(one.source_record_id)
        for one in told
    }
    return {one: dwelling for one, dwelling in found.items() if dwelling is not None}
