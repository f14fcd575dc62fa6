"""A throw-away database for a command that needs an empty one, gone when the command ends.

Commands of the parts cannot import the launcher: they find it as
`ctx.obj.scratch_databases` of their typer context.
"""

import asyncio
import contextlib
import secrets
import shutil
import signal
import sys
from collections.abc import Generator
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit, urlunsplit

from carnet.databases import administrator_of, create_empty_database, drop_database
from carnet.migration import migrate
from carnet.postgres import EmbeddedPostgres

_ROOM_BYTES = 4 * 1024**3


class ScratchDatabases:
    """Gives parts of the suite databases that nobody else sees."""

    @contextlib.contextmanager
    def open(self, part: str, *, server: str | None = None) -> Generator[str]:
        """Give the URL of an empty database with the part's newest tables; dropped at the end.

        It is made on `server`, as one who may make databases, or on an embedded PostgreSQL that
        is made for it and does not survive a power cut. Raises `CannotRun`.
        """
        with contextlib.ExitStack() as stack:
            stack.enter_context(_ending_in_order())
            at = server or stack.enter_context(_embedded()).superuser_url()
            name = f"carnet_scratch_{part}_{secrets.token_hex(6)}"
            asyncio.run(_create(at, name))
            stack.callback(lambda: asyncio.run(_drop(at, name)))
            url = urlunsplit(urlsplit(at)._replace(path=f"/{name}"))
            migrate(part, url)
            yield url


@contextlib.contextmanager
def _ending_in_order() -> Generator[None]:
    """Let a request to end unwind the command, so that nothing is left behind."""
    before = signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def _embedded() -> Generator[EmbeddedPostgres]:
    with (
        TemporaryDirectory(prefix="carnet-scratch-", dir=_memory()) as folder,
        EmbeddedPostgres(Path(folder) / "postgres", durable=False) as postgres,
    ):
        yield postgres


def _memory() -> Path | None:
    """Give the folder that Linux keeps in memory, if it has room."""
    memory = Path("/dev/shm")  # noqa: S108 - the folder made in it has an unguessable name
    if not memory.is_dir() or shutil.disk_usage(memory).free < _ROOM_BYTES:
        return None
    return memory


async def _create(server: str, name: str) -> None:
    async with administrator_of(server) as administrator:
        await create_empty_database(administrator, name)


async def _drop(server: str, name: str) -> None:
    async with administrator_of(server) as administrator:
        await drop_database(administrator, name)
