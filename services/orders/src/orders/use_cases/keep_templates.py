"""Templates of messages: read, edited version by version, tried before anybody is written to."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from chassis.database import snapshot, unit_of_work
from orders.adapters.messages.sample import (
    BARE_ORDER,
    SAMPLE_CONTACT,
    SAMPLE_ORDER,
    all_facts_of,
    facts_of,
)
from orders.domain.messages import LANGUAGES, MessageKind, Template, TemplateUnknown, languages_for
from orders.store.contacts import contact_of
from orders.store.message_templates import (
    append_template,
    edited_template,
    versions_of_template,
)
from orders.store.messages import messages_of
from orders.store.orders import load_order

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from chassis.database import Database
    from orders.adapters.messages.composing import Composer
    from orders.domain.messages import Message, Written


async def list_templates(database: Database, composer: Composer) -> list[Template]:
    """Give what is in use of each kind in each of the house's languages, for all brands."""
    async with snapshot(database) as connection:
        return [
            composer.template_for(
                kind,
                [language],
                edited=await edited_template(connection, kind, [language], brand=""),
            )
            for kind in MessageKind
            for language in LANGUAGES
        ]


async def read_versions(
    database: Database,
    composer: Composer,
    kind: MessageKind,
    language: str,
    *,
    brand: str,
    before: int | None,
    limit: int,
) -> tuple[list[Template], bool]:
    """Give versions of a template, the latest first, ours (0) last; and if more follow.

    Raises `TemplateUnknown`.
    """
    async with snapshot(database) as connection:
        found = await versions_of_template(
            connection, kind, language, brand=brand, before=before, limit=limit + 1
        )
    built_in = composer.built_in(kind, language)
    if built_in is not None and not brand:
        found.append(built_in)
    if not found:
        raise TemplateUnknown
    return found[:limit], len(found) > limit


async def edit_template(
    database: Database, composer: Composer, new: Template, *, client_id: str, now: datetime
) -> Template:
    """Store the next version of a template; raises `TemplateInvalid` if it cannot be filled."""
    for facts in all_facts_of(new.kind):
        composer.write(new, SAMPLE_ORDER, SAMPLE_CONTACT, facts)
        composer.write(new, BARE_ORDER, {}, facts)
    async with unit_of_work(database) as tx:
        return await append_template(tx, new, client_id=client_id, at=now)


async def preview_template(
    database: Database,
    composer: Composer,
    kind: MessageKind,
    language: str,
    *,
    brand: str,
    changes: dict[str, str],
    order_id: UUID | None,
) -> Written:
    """Fill a template, changed as told, with an order or with the sample; nothing is stored.

    Raises `TemplateInvalid`, `TemplateUnknown`, `OrderNotFound`.
    """
    async with snapshot(database) as connection:
        languages = languages_for(language, default=language)
        edited = await edited_template(connection, kind, languages, brand=brand)
        found = composer.template_for(kind, languages, edited=edited)
        template = replace(found, language=language, **changes)
        if order_id is None:
            return composer.write(template, SAMPLE_ORDER, SAMPLE_CONTACT, facts_of(kind))
        order = await load_order(connection, order_id)
        contact = await contact_of(connection, order_id)
    facts: dict[str, Any] = facts_of(kind)
    if order.parcels:
        facts |= {
            "parcel_id": str(order.parcels[-1].id),
            "shipment_id": str(order.parcels[-1].shipment_id),
        }
    return composer.write(template, order, contact or {}, facts)


async def read_messages(
    database: Database, order_id: UUID, *, after: tuple[datetime, UUID] | None, limit: int
) -> tuple[list[Message], bool]:
    """Give what an order's customer was told or will be, the first one first; and if more follow.

    Raises `OrderNotFound`.
    """
    async with snapshot(database) as connection:
        await load_order(connection, order_id)
        found = await messages_of(connection, order_id, after=after, limit=limit + 1)
    return found[:limit], len(found) > limit
