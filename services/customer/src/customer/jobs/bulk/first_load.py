"""The first load: read by several processes, linked as a whole, copied in as one transaction."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chassis.database import driver, snapshot, unit_of_work
from customer.adapters.person_files import PersonFile, Remark
from customer.domain.neighbourhood import Recogniser
from customer.domain.said import Said
from customer.jobs.bulk.assembling import assemble
from customer.jobs.bulk.reading import COLUMNS, Task, Understand, read_share
from customer.jobs.linking.laid_out import Files, LaidOutBase
from customer.jobs.linking.shares import share_out
from customer.jobs.relink import put_base_together
from customer.store.first_load import copy_in, is_empty
from customer.store.laying_out import fetch_blocked
from customer.store.tombstones import erased_keys
from customer.use_cases.follow_model import load_recogniser

if TYPE_CHECKING:
    from collections.abc import Callable

    from chassis.database import Database
    from customer.adapters.file_layouts import Layout


class BookNotEmpty(Exception):
    """Records came before; they are to be recognised, and so a first load is too late."""


@dataclass(slots=True)
class FirstLoad:
    """What became of a file; a line that repeats an earlier one's key replaces it."""

    read: int = 0
    stored: int = 0
    customers: int = 0
    replaced: int = 0
    refused: list[Remark] = field(default_factory=list[Remark])
    flagged: Counter[str] = field(default_factory=Counter[str])
    seconds: dict[str, float] = field(default_factory=dict[str, float])

    def as_json(self) -> dict[str, Any]:
        """Give plain values; how long each step took is in seconds."""
        return asdict(self)


async def load_first(
    database: Database,
    file: Path,
    layout: Layout,
    *,
    source: str,
    understand: Understand,
    sealing_key: str,
    processes: int,
    tell: Callable[[str], None],
) -> FirstLoad:
    """Load a file into a house that knows nobody yet; raises `BookNotEmpty`.

    All lines are read, put together with the model in force as a relink would, and stored with
    the judgements that joined them; each customer is announced once.
    """
    recogniser = await load_recogniser(database)
    thresholds = recogniser.model.thresholds(1 << PersonFile(file).count().bit_length())
    recogniser = Recogniser(recogniser.model, thresholds)
    async with snapshot(database) as connection:
        if not await is_empty(connection):
            raise BookNotEmpty
        erased = await erased_keys(connection)
        blocked = await fetch_blocked(await driver(connection))
    done, steps = FirstLoad(), _Steps(tell)
    with tempfile.TemporaryDirectory(prefix="carnet-first-load-") as name:
        base = LaidOutBase(Path(name))
        task = Task(
            file, layout, source, base.folder, understand, sealing_key, datetime.now(UTC), erased
        )
        steps.begin("reading")
        _read(task, processes, done)
        steps.begin("laying out")
        base.take_in(**{kind: _files(base, kind, processes) for kind in _LAID_OUT})
        steps.begin("linking")
        put_base_together(base, recogniser, Said(), blocked=blocked, processes=processes, tell=tell)
        steps.begin("assembling")
        files = assemble(base, _paths(base, "search_keys", processes), at=task.at)
        steps.begin("copying")
        async with unit_of_work(database) as tx:
            if not await copy_in(tx, files):
                raise BookNotEmpty
        steps.begin("")
        with base.open() as laid_out:
            [(done.stored, done.customers)] = laid_out.execute(
                "SELECT count(*), count(DISTINCT first) FROM belongs"
            ).fetchall()
    done.replaced = done.read - len({one.line for one in done.refused}) - done.stored
    done.seconds = steps.seconds
    return done


_LAID_OUT = ("records", "keys", "identifiers")


def _read(task: Task, processes: int, done: FirstLoad) -> None:
    read = share_out(read_share, task, processes=processes)
    done.read = sum(share.read for share in read)
    done.refused = sorted((one for share in read for one in share.refused), key=attrgetter("line"))
    done.flagged = sum((share.flagged for share in read), Counter[str]())


def _files(base: LaidOutBase, kind: str, processes: int) -> Files:
    return Files([str(path) for path in _paths(base, kind, processes)], COLUMNS[kind])


def _paths(base: LaidOutBase, kind: str, processes: int) -> list[Path]:
    return [base.folder / f"{kind}-{share}.csv" for share in range(processes)]


class _Steps:
    """Tells what is done now, and remembers how long each step took."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell
        self._name = ""
        self._began = 0.0
        self.seconds: dict[str, float] = {}

    def begin(self, name: str) -> None:
        now = time.monotonic()
        if self._name:
            self.seconds[self._name] = round(now - self._began, 3)
        self._name, self._began = name, now
        if name:
            self._tell(name.capitalize())
