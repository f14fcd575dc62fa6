"""`carnet migrate`: databases brought to this version without starting the suite."""

import asyncio
import os
from collections.abc import Generator, Sequence
from pathlib import Path

from carnet.data_directory import DataDirectory
from carnet.databases import provide
from carnet.errors import CannotRun
from carnet.keyring import open_keyring
from carnet.migration import migrate
from carnet.postgres import EmbeddedPostgres
from carnet.servers import server_place
from carnet.suite import MIGRATED, database_urls


def migrate_parts(parts: Sequence[str], *, data_dir: Path, database: str | None) -> Generator[str]:
    """Migrate, and tell each that is done; raises `CannotRun`.

    Parts whose database the environment names are migrated there and nowhere else: that is how
    a deployment does it. Without any, they are those of the data directory.
    """
    unknown = sorted(set(parts) - set(MIGRATED))
    if unknown:
        raise CannotRun(
            f"{', '.join(unknown)} has no database", mend=f"Choose from {', '.join(MIGRATED)}"
        )
    chosen = [part for part in MIGRATED if part in parts or not parts]
    named = {
        part: os.environ[variable]
        for part in chosen
        if (variable := f"CARNET_{part.upper()}_DATABASE_URL") in os.environ
    }
    if named:
        yield from _migrate(named)
    else:
        yield from _migrate_own(chosen, DataDirectory(data_dir), database)


def _migrate_own(
    chosen: Sequence[str], directory: DataDirectory, database: str | None
) -> Generator[str]:
    place = server_place(database)
    if database is None and not directory.holds_suite:
        raise CannotRun(
            f"There is no suite in {directory.root}",
            mend="Start one with `carnet up`, or name its --data-dir",
        )
    with directory.claim():
        keyring = open_keyring(directory)
        directory.refuse_other_server(place)
        postgres = EmbeddedPostgres(directory.postgres)
        try:
            if database is None:
                postgres.start()
            server = database or postgres.superuser_url()
            asyncio.run(provide(server, keyring.passwords))
            directory.keep_to_server(place)
            urls = database_urls(server, keyring.passwords)
            yield from _migrate({part: urls[part] for part in chosen})
        finally:
            postgres.stop()


def _migrate(urls: dict[str, str]) -> Generator[str]:
    for part, url in urls.items():
        migrate(part, url)
        yield f"{part} is at the newest version."
