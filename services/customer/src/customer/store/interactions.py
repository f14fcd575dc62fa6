"""Interactions as they are kept: each reference of a source once, read by whose they are now."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, Select, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from customer.domain.interactions import BegunBy, Interaction, InteractionChannel, Touch
from customer.domain.owners import ToldOf
from customer.store.owners import is_owned_by, present_owner
from customer.store.tables.interactions import interactions

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction

_COLUMNS = interactions.c
_OWNER = present_owner(_COLUMNS.told_customer_id, _COLUMNS.source_record_id)

Reference = tuple[str, str]
"""A source, and its own reference of an interaction."""


async def insert_interactions(tx: Transaction, new: Sequence[Interaction]) -> set[UUID]:
    """Keep those whose reference is not taken; gives the ids of those that were kept.

    Of one reference told twice the first is kept. They are written in the order of their
    references, so that two batches that overlap wait for each other and cannot deadlock.
    """
    ordered = sorted(new, key=lambda one: (one.source, one.external_reference or ""))
    statement = insert(interactions).on_conflict_do_nothing().returning(_COLUMNS.id)
    return set((await tx.scalars(statement, [_row(one) for one in ordered])).all())


async def known_interactions(
    connection: AsyncConnection, references: Collection[Reference]
) -> dict[Reference, Interaction]:
    """Give the interactions that sources named so before."""
    named = tuple_(_COLUMNS.source, _COLUMNS.external_reference)
    rows = await connection.execute(_select().where(named.in_(list(references))))
    known = [_interaction(row) for row in rows]
    return {(one.source, one.external_reference or ""): one for one in known}


async def find_interaction(
    connection: AsyncConnection, interaction_id: UUID, *, hold: bool = False
) -> Interaction | None:
    """Find an interaction by its id; held, until the transaction ends."""
    query = _select().where(_COLUMNS.id == interaction_id)
    if hold:
        query = query.with_for_update(of=interactions)
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else _interaction(row)


async def list_interactions(
    connection: AsyncConnection,
    customer_id: str,
    *,
    channel: InteractionChannel | None,
    before: tuple[datetime, UUID] | None,
    limit: int,
) -> list[Interaction]:
    """List a customer's interactions, the newest first."""
    query = (
        _select()
        .where(is_owned_by(customer_id, _COLUMNS.told_customer_id, _COLUMNS.source_record_id))
        .order_by(_COLUMNS.at.desc(), _COLUMNS.id.desc())
        .limit(limit)
    )
    if channel is not None:
        query = query.where(_COLUMNS.channel == channel)
    if before is not None:
        query = query.where(tuple_(_COLUMNS.at, _COLUMNS.id) < tuple_(*before))
    return [_interaction(row) for row in await connection.execute(query)]


async def update_answer(tx: Transaction, interaction: Interaction) -> None:
    """Write how a held interaction was answered."""
    touch = interaction.touch
    await tx.execute(
        update(interactions)
        .where(_COLUMNS.id == interaction.id)
        .values(
            version=interaction.version,
            answered_at=touch.answered_at,
            agent=touch.agent,
            duration_seconds=touch.duration_seconds,
            outcome=touch.outcome,
        )
    )


def _select() -> Select[Any]:
    return select(interactions, _OWNER.label("customer_id"))


def _row(one: Interaction) -> dict[str, Any]:
    return {
        "id": one.id,
        "told_customer_id": one.told.customer_id,
        "source_record_id": one.told.source_record_id,
        "source": one.source,
        "external_reference": one.external_reference,
        "content_hash": one.content_hash,
        **asdict(one.touch),
        "client_id": one.client_id,
        "actor": one.actor,
        "version": one.version,
        "received_at": one.received_at,
    }


def _interaction(row: Row[Any]) -> Interaction:
    return Interaction(
        id=row.id,
        told=ToldOf(row.told_customer_id, row.source_record_id),
        customer_id=row.customer_id,
        source=row.source,
        external_reference=row.external_reference,
        touch=Touch(
            channel=InteractionChannel(row.channel),
            begun_by=BegunBy(row.begun_by),
            at=row.at,
            zone=row.zone,
            answered_at=row.answered_at,
            store=row.store,
            agent=row.agent,
            subject=row.subject,
            order_reference=row.order_reference,
            complaint_reference=row.complaint_reference,
            duration_seconds=row.duration_seconds,
            outcome=row.outcome,
        ),
        content_hash=row.content_hash,
        client_id=row.client_id,
        actor=row.actor,
        version=row.version,
        received_at=row.received_at,
    )
