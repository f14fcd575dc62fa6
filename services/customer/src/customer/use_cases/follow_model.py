"""Following the model in force, so that a newly trained one is used without a restart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chassis.database import is_transient, snapshot
from chassis.logs import get_logger
from chassis.waiting import wait_for_any
from customer.domain.linkage.model import DEFAULT_MODEL
from customer.domain.neighbourhood import Recogniser
from customer.store.models import active_model, active_version, base_size

if TYPE_CHECKING:
    import asyncio

    from chassis.database import Database
    from customer.domain.linkage.model import LinkageModel

_EVERY_SECONDS = 15.0
_BEYOND_ANY_BASE = 1 << 60

log = get_logger()


async def load_recogniser(database: Database, before: Recogniser | None = None) -> Recogniser:
    """Give the model in force with the thresholds for the base as large as it is now."""
    async with snapshot(database) as connection:
        version = await active_version(connection)
        size = await base_size(connection)
        if before is not None and before.model.version == (version or DEFAULT_MODEL.version):
            model = before.model
        else:
            model = await active_model(connection)
    return recogniser_for(model, size)


def recogniser_for(model: LinkageModel, base_size: int) -> Recogniser:
    """Give a model with its thresholds for a base of so many records.

    The size is taken as a power of two, so that thresholds change seldom and not with each record.
    """
    return Recogniser(model, model.thresholds(1 << base_size.bit_length()))


class RecogniserInForce:
    """Holds the recogniser of this process; `current` is never older than a quarter of a minute."""

    def __init__(self, database: Database) -> None:
        """Join nobody by likeness, as in a base beyond measure, until the base was looked at."""
        self._database = database
        self.current = Recogniser(DEFAULT_MODEL, DEFAULT_MODEL.thresholds(_BEYOND_ANY_BASE))

    async def refresh(self) -> None:
        """Take the model in force now."""
        before = self.current
        self.current = await load_recogniser(self._database, before)
        if self.current.model.version != before.model.version:
            log.info("model.followed", version=self.current.model.version)

    async def follow(self, stop: asyncio.Event) -> None:
        """Refresh until told to stop; a database out of reach leaves the last one in force."""
        await wait_for_any(stop, timeout_seconds=_EVERY_SECONDS)
        while not stop.is_set():
            await self.look()
            await wait_for_any(stop, timeout_seconds=_EVERY_SECONDS)

    async def look(self) -> None:
        """Refresh if the database is within reach; the first look comes before any record."""
        try:
            await self.refresh()
        except Exception as error:
            if not is_transient(error):
                raise
            log.warning("model.waiting", cause=type(error).__name__)
