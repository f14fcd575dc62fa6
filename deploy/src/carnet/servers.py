"""The PostgreSQL behind the suite: the embedded one, or one that was given by its URL.

What takes long is done by helpers, beside what this process does meanwhile.
"""

import asyncio
import time
from collections.abc import Callable, Generator, Mapping
from pathlib import Path
from typing import Protocol, TypeAlias

from carnet.data_directory import EMBEDDED
from carnet.databases import place_of, provide
from carnet.errors import CannotRun
from carnet.forking import Helper
from carnet.postgres import EmbeddedPostgres

_PAUSE_SECONDS = 1.0

Beside: TypeAlias = "Callable[[str, Callable[[], None]], Helper]"


class Server(Protocol):
    """A PostgreSQL server with a database for each part."""

    def prepared(self) -> Generator[None, None, str]:
        """Make it ready; yields where it would wait, and gives an administrator's URL."""
        ...

    def tend(self) -> None:
        """Start it again if it is ours and has died."""
        ...

    def stop(self) -> None:
        """Stop it if it is ours."""
        ...


class EmbeddedServer:
    """The one in the data directory, which starts and stops with the suite."""

    def __init__(
        self, directory: Path, passwords: Mapping[str, str], *, beside: Beside, log: Path
    ) -> None:
        self._postgres = EmbeddedPostgres(directory)
        self._passwords = passwords
        self._beside = beside
        self._log = log
        self._start_again_at = 0.0

    def prepared(self) -> Generator[None, None, str]:
        if self._postgres.is_new:
            yield from self._beside("initdb", self._postgres.make_cluster).awaited()
        self._postgres.launch()
        while not self._postgres.is_accepting():
            yield
        url = self._postgres.superuser_url()
        yield from _provided(url, self._passwords, self._beside)
        return url

    def tend(self) -> None:
        if self._postgres.is_running or time.monotonic() < self._start_again_at:
            return
        self._start_again_at = time.monotonic() + _PAUSE_SECONDS
        try:
            self._postgres.launch()
        except CannotRun as refused:
            with self._log.open("a") as log:
                log.write(f"PostgreSQL has ended and does not start again: {refused}\n")

    def stop(self) -> None:
        self._postgres.stop()


class GivenServer:
    """One that others run, at the URL of a user who may make roles and databases."""

    def __init__(self, url: str, passwords: Mapping[str, str], *, beside: Beside) -> None:
        self._url = url
        self._passwords = passwords
        self._beside = beside

    def prepared(self) -> Generator[None, None, str]:
        yield from _provided(self._url, self._passwords, self._beside)
        return self._url

    def tend(self) -> None:
        """Whoever runs it starts it again."""

    def stop(self) -> None:
        """Whoever runs it stops it."""


def server_place(database: str | None) -> str:
    """What a data directory remembers of the server that `--database` names, or of its own."""
    return EMBEDDED if database is None else place_of(database)


def _provided(url: str, passwords: Mapping[str, str], beside: Beside) -> Generator[None]:
    return beside("databases", lambda: asyncio.run(provide(url, passwords))).awaited()
