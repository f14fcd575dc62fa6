"""Bringing each part's database to the newest version of its tables."""

import asyncio
import importlib

from alembic.util import CommandError
from sqlalchemy.exc import SQLAlchemyError

from carnet.databases import not_our_role, place_of
from carnet.errors import CannotRun
from chassis.migrations import upgrade

_NOT_LET_IN = "28"  # SQLSTATE class of invalid authorization


def migrate(part: str, url: str) -> None:
    """Upgrade one part's database; raises `CannotRun`."""
    directory = importlib.import_module(f"{part}.settings").MIGRATIONS
    place = place_of(url)
    try:
        asyncio.run(upgrade(directory, url))
    except CommandError as error:
        raise CannotRun(
            f"The database {part} on {place} does not fit this version of Carnet: {error}",
            mend="Update Carnet to the version that last used it, or choose another --data-dir",
        ) from error
    except (SQLAlchemyError, OSError) as error:
        cause = getattr(error, "orig", None) or error
        if str(getattr(cause, "sqlstate", "")).startswith(_NOT_LET_IN):
            raise not_our_role(part, url) from error
        raise CannotRun(
            f"The database {part} on {place} cannot be migrated: {cause}",
            mend="See whether that server runs and has room",
        ) from error
