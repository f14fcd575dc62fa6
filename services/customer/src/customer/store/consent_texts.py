"""Consent texts: the words that were shown, by purpose, version and language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, exists, insert, select

from customer.domain.consent_texts import ConsentText
from customer.store.tables.consents import consent_texts, consents

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from chassis.database import Transaction

Place = tuple[str, str]
"""Where a page ended: purpose, version."""


async def find_text(
    connection: AsyncConnection, purpose: str, version: str, *, hold: bool = False
) -> ConsentText | None:
    """Find a text in all its languages."""
    query = (
        select(consent_texts.c.language, consent_texts.c.words, consent_texts.c.written_at)
        .where(consent_texts.c.purpose == purpose, consent_texts.c.version == version)
        .order_by(consent_texts.c.language)
    )
    rows = (await connection.execute(query.with_for_update() if hold else query)).all()
    if not rows:
        return None
    words = {row.language: row.words for row in rows}
    is_used = await connection.scalar(
        select(exists().where(consents.c.purpose == purpose, consents.c.text_version == version))
    )
    written_at = max(row.written_at for row in rows)
    return ConsentText(purpose, version, words, written_at, is_used=bool(is_used))


async def list_versions(
    connection: AsyncConnection, *, after: Place | None, limit: int
) -> list[Place]:
    """List which versions there are of which purposes, by name."""
    purpose, version = after or ("", "")
    columns = consent_texts.c
    query = (
        select(columns.purpose, columns.version)
        .distinct()
        .where(
            (columns.purpose > purpose)
            | ((columns.purpose == purpose) & (columns.version > version))
        )
        .order_by(columns.purpose, columns.version)
        .limit(limit)
    )
    return [(row.purpose, row.version) for row in await connection.execute(query)]


async def write_text(tx: Transaction, written: ConsentText, *, now: datetime) -> None:
    """Put the words of every language in the place of those before."""
    await tx.execute(
        delete(consent_texts).where(
            consent_texts.c.purpose == written.purpose, consent_texts.c.version == written.version
        )
    )
    rows = [
        {
            "purpose": written.purpose,
            "version": written.version,
            "language": language,
            "words": words,
            "written_at": now,
        }
        for language, words in written.words.items()
    ]
    await tx.execute(insert(consent_texts), rows)
