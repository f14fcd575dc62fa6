"""Writing down the words that are shown when somebody is asked, and reading them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import lock, snapshot, unit_of_work
from customer.domain.consent_texts import ConsentText, NoSuchConsentText, refuse_changed_words
from customer.store.consent_texts import Place, find_text, list_versions, write_text

if TYPE_CHECKING:
    from datetime import datetime

    from chassis.database import Database


async def put_consent_text(database: Database, text: ConsentText, *, now: datetime) -> ConsentText:
    """Write a version down, or change one that nobody decided on; raises `ConsentTextInUse`."""
    async with unit_of_work(database) as tx:
        await lock(tx, f"consent-text:{text.purpose}:{text.version}")
        kept = await find_text(tx, text.purpose, text.version, hold=True)
        if kept is not None:
            if kept.words == text.words:
                return kept
            refuse_changed_words(kept, text.words)
        await write_text(tx, text, now=now)
        return ConsentText(
            text.purpose,
            text.version,
            text.words,
            now,
            is_used=kept is not None and kept.is_used,
        )


async def read_consent_text(database: Database, purpose: str, version: str) -> ConsentText:
    """Read a version's words; raises `NoSuchConsentText`."""
    async with snapshot(database) as connection:
        text = await find_text(connection, purpose, version)
    if text is None:
        message = "Put the text first, or correct the purpose and version."
        raise NoSuchConsentText(message)
    return text


async def list_consent_texts(database: Database, *, after: Place | None, limit: int) -> list[Place]:
    """List which versions there are of which purposes."""
    async with snapshot(database) as connection:
        return await list_versions(connection, after=after, limit=limit)
