"""Edited templates in the database: every version is kept, the latest counts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Row, func, insert, select, text

from orders.domain.messages import MessageKind, Template
from orders.store.message_tables import message_templates

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction

_LOCK = text("SELECT pg_advisory_xact_lock(hashtext(:name))")


async def append_template(
    tx: Transaction, new: Template, *, client_id: str, at: datetime
) -> Template:
    """Store the next version of a template; gives it with its number."""
    name = f"message template {new.kind} {new.language} {new.brand}"
    await tx.execute(_LOCK, {"name": name})
    columns = message_templates.c
    last = await tx.scalar(
        select(func.max(columns.version)).where(
            columns.kind == new.kind, columns.language == new.language, columns.brand == new.brand
        )
    )
    values = {
        "kind": new.kind.value,
        "language": new.language,
        "brand": new.brand,
        "version": (last or 0) + 1,
        "subject": new.subject,
        "text": new.text,
        "html": new.html,
        "client_id": client_id,
        "created_at": at,
    }
    row = (await tx.execute(insert(message_templates).values(values).returning(*columns))).one()
    return _template(row)


async def edited_template(
    connection: AsyncConnection, kind: MessageKind, languages: Sequence[str], *, brand: str
) -> Template | None:
    """Give the latest template of a brand, else of all brands, in the first of these languages.

    A language counts more than a brand: nobody is written to in a language that is not theirs.
    """
    columns = message_templates.c
    statement = (
        select(message_templates)
        .where(
            columns.kind == kind,
            columns.language.in_(languages),
            columns.brand.in_(["", brand]),
        )
        .order_by(
            func.array_position(list(languages), columns.language),
            (columns.brand == brand).desc(),
            columns.version.desc(),
        )
        .limit(1)
    )
    row = (await connection.execute(statement)).one_or_none()
    return None if row is None else _template(row)


async def versions_of_template(
    connection: AsyncConnection,
    kind: MessageKind,
    language: str,
    *,
    brand: str,
    before: int | None,
    limit: int,
) -> list[Template]:
    """Give edited versions of a template, the latest first, from a version down."""
    columns = message_templates.c
    statement = (
        select(message_templates)
        .where(columns.kind == kind, columns.language == language, columns.brand == brand)
        .order_by(columns.version.desc())
        .limit(limit)
    )
    if before is not None:
        statement = statement.where(columns.version < before)
    return [_template(row) for row in await connection.execute(statement)]


def _template(row: Row[Any]) -> Template:
    return Template(
        kind=MessageKind(row.kind),
        language=row.language,
        brand=row.brand,
        version=row.version,
        subject=row.subject,
        text=row.text,
        html=row.html,
        created_at=row.created_at,
    )
