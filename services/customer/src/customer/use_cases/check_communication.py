"""Checking whether the house may write to customers about something, one or a whole campaign."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from chassis.database import snapshot
from customer.domain.communication import (
    ADDRESS_OF,
    Address,
    AddressKind,
    Reached,
    Reason,
    reasons_against,
)
from customer.domain.consent_state import ConsentState, state_of
from customer.domain.consents import ConsentChannel
from customer.domain.owners import Whom
from customer.domain.suppressed_addresses import compared_address, compared_addresses
from customer.store.consents import consents_of
from customer.store.customers import list_customers
from customer.store.golden_records import CustomerView, view_customers
from customer.store.owners import find_owner, find_owners
from customer.store.suppressions import suppressed_for

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from chassis.database import Database, Transaction
    from customer.domain.communication import SuppressionReason
    from customer.domain.official_ids import Sealer
    from customer.domain.owners import Found
    from customer.store.seeing import Eyes

_RECORDS_EACH = 50


@dataclass(frozen=True, slots=True)
class Question:
    """May one write about a purpose by a channel, to the one address if one is named?"""

    purpose: str
    channel: ConsentChannel
    brand: str
    address: str | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer for one customer: allowed when there is no reason against it."""

    asked_id: str
    customer_id: str | None
    reasons: list[Reason]
    state: ConsentState | None


class CommunicationCheck:
    """Answers questions by one policy and under one secret."""

    def __init__(self, database: Database, sealer: Sealer, eyes: Eyes) -> None:
        """Take what the answers are made from, and with whose eyes."""
        self._database = database
        self._sealer = sealer
        self._eyes = eyes

    async def of_one(self, asked_id: str, question: Question, *, now: datetime) -> Verdict:
        """Answer for a customer; raises `CustomerUnknown`, `UnusableAddress`."""
        asked_address = _asked_address(question)
        async with snapshot(self._database) as connection:
            present_id = (await find_owner(connection, Whom(asked_id))).customer_id
            [verdict] = await self._verdicts(connection, [present_id], question, asked_address, now)
        return Verdict(asked_id, present_id, verdict.reasons, verdict.state)

    async def of_many(
        self, asked_ids: Sequence[str], question: Question, *, now: datetime
    ) -> list[Verdict]:
        """Answer for each of a campaign's ids in order; one of nobody is told so."""
        async with snapshot(self._database) as connection:
            found = await find_owners(connection, [Whom(asked_id) for asked_id in asked_ids])
            ids = sorted({one.customer_id for one in found if one.customer_id is not None})
            verdicts = await self._verdicts(connection, ids, question, None, now)
        by_id = {verdict.asked_id: verdict for verdict in verdicts}
        return [
            _nobody(asked_id, one)
            if one.customer_id is None
            else replace(by_id[one.customer_id], asked_id=asked_id)
            for asked_id, one in zip(asked_ids, found, strict=True)
        ]

    async def _verdicts(
        self,
        connection: Transaction,
        ids: Sequence[str],
        question: Question,
        asked_address: str | None,
        now: datetime,
    ) -> list[Verdict]:
        customers = await list_customers(connection, ids)
        views = await view_customers(connection, customers, records_each=_RECORDS_EACH)
        homes = {view.customer.id: view.telling.homes for view in views}
        sights = await self._eyes.sights(connection, homes)
        held = await consents_of(connection, ids)
        theirs = [view.told_openly(sights[view.customer.id]) for view in views]
        addresses = await self._addresses(connection, theirs, ADDRESS_OF.get(question.channel))
        verdicts: list[Verdict] = []
        for view, open_ in zip(views, theirs, strict=True):
            if sights[view.customer.id].are_closed:
                verdicts.append(_closed(view.customer.id))
                continue
            own = held[view.customer.id]
            state = state_of(
                own.consents, own.merges, question.purpose, question.channel, question.brand
            )
            reached = Reached(
                state=state,
                birth_date=_birth_date(view),  # a minor is kept safe whoever told the age
                has_postal_address="addresses" in open_.golden,
                addresses=addresses.get(view.customer.id, ()),
            )
            reasons = reasons_against(
                reached, question.purpose, question.channel, asked_address=asked_address, now=now
            )
            verdicts.append(Verdict(view.customer.id, view.customer.id, reasons, state))
        return verdicts

    async def _addresses(
        self, connection: Transaction, views: Sequence[CustomerView], kind: AddressKind | None
    ) -> dict[str, tuple[Address, ...]]:
        if kind is None:
            return {}
        attribute = "emails" if kind is AddressKind.EMAIL else "phones"
        compared = {
            view.customer.id: compared_addresses(
                kind, [told.value for told in view.golden.get(attribute, [])]
            )
            for view in views
        }
        hashed = {
            address: self._sealer.seal_address(kind, address)
            for addresses in compared.values()
            for address in addresses
        }
        listed = await suppressed_for(connection, kind, list(hashed.values()))
        nothing: frozenset[tuple[str, SuppressionReason]] = frozenset()
        return {
            customer_id: tuple(
                Address(address, listed.get(hashed[address], nothing)) for address in addresses
            )
            for customer_id, addresses in compared.items()
        }


def _asked_address(question: Question) -> str | None:
    kind = ADDRESS_OF.get(question.channel)
    if question.address is None or kind is None:
        return None
    return compared_address(kind, question.address)


def _birth_date(view: CustomerView) -> date | None:
    told = view.golden.get("birth_date")
    return told[0].value if told and isinstance(told[0].value, date) else None


def _closed(customer_id: str) -> Verdict:
    """Answer for whom the caller may not read: nothing else is told of it."""
    return Verdict(customer_id, customer_id, [Reason.TRANSFER_NOT_ALLOWED], None)


def _nobody(asked_id: str, found: Found) -> Verdict:
    reason = Reason.CUSTOMER_UNKNOWN if found.erased_at is None else Reason.CUSTOMER_ERASED
    return Verdict(asked_id, None, [reason], None)
