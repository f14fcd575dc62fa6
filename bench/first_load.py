"""How long a first load of a million records takes, and how much memory, linked as a whole."""

import asyncio
import csv
import random
import tempfile
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from bench.figures import Figure, report
from bench.people import Invented, people
from carnet.postgres import EmbeddedPostgres
from chassis.database import Database
from chassis.migrations import upgrade
from customer.adapters.file_layouts import adapt, choose_layout
from customer.adapters.person_files import PersonFile
from customer.api.source_record_in import read_item
from customer.jobs.bulk.first_load import FirstLoad, load_first
from customer.settings import MIGRATIONS

RECORDS = 1_000_000
SEED = "first-load"
_KEY = "A" * 43
_COLUMNS = (
    *("external_id", "given_name", "family_name", "given_name_kana", "family_name_kana"),
    *("birth_date", "gender", "country", "language", "email", "phone", "card"),
    *("street", "city", "postcode"),
)
_OPTIONAL = ("birth_date", "gender", "email", "phone", "card", "street", "city", "postcode")


def main(records: int = RECORDS) -> None:
    """Write the file, load it into a new database with fsync on, and tell."""
    with tempfile.TemporaryDirectory(prefix="carnet-bench-") as folder:
        file = Path(folder) / "people.csv"
        truth = write_people(file, records)
        with EmbeddedPostgres(Path(folder) / "postgres") as server, Memory() as memory:
            url = server.superuser_url()
            asyncio.run(upgrade(MIGRATIONS, url))
            began = time.perf_counter()
            done = asyncio.run(_load(url, file))
            took = time.perf_counter() - began
    steps = [Figure(f"of which {name}", value, "s") for name, value in done.seconds.items()]
    report(
        "first_load",
        [
            Figure(
                f"load and link of {records:,} records",
                took,
                "s",
                600 if records >= RECORDS else None,
                at_most=True,
            ),
            *steps,
            Figure(
                "peak memory of all processes, PSS",
                memory.peak_gb,
                "GB",
                4 if records >= RECORDS else None,
                at_most=True,
            ),
            Figure("customers found", done.customers, "customers"),
            Figure("people in the file", truth, "people"),
        ],
    )


async def _load(url: str, file: Path) -> FirstLoad:
    database = Database.connect(url)
    columns = PersonFile(file).columns
    layout = adapt(
        choose_layout(columns, file_name="people"),
        columns,
        mapped=[],
        constants=[("channel", "shop")],
    )
    try:
        return await load_first(
            database,
            file,
            layout,
            source="crm",
            understand=read_item,
            sealing_key=_KEY,
            processes=2,
            tell=print,
        )
    finally:
        await database.close()


def write_people(file: Path, records: int) -> int:
    """Write people with one to four records each, some values missing, some with slips."""
    rng = random.Random(SEED)
    written = 0
    with file.open("w", newline="") as out:
        writer = csv.DictWriter(out, _COLUMNS)
        writer.writeheader()
        for number, person in enumerate(people(SEED, records), start=1):
            told = _told(person)
            for copy in range(rng.choice((1, 1, 1, 2, 2, 3, 4))):
                writer.writerow({"external_id": f"{number}-{copy}", **_as_told(rng, told, copy)})
                written += 1
                if written == records:
                    return number
    return records


def _as_told(rng: random.Random, told: dict[str, str], copy: int) -> dict[str, str]:
    if copy == 0:
        return told
    row = {name: text for name, text in told.items() if name not in _OPTIONAL or rng.random() < 0.8}
    family = row["family_name"]
    if rng.random() < 0.15 and len(family) > 3:
        place = rng.randrange(1, len(family) - 1)
        row["family_name"] = family[:place] + family[place + 1 :]
    return row


def _told(person: Invented) -> dict[str, str]:
    told = person.normalised
    row = {
        "given_name": told.names.given,
        "family_name": told.names.family,
        "given_name_kana": told.names.given_kana,
        "family_name_kana": told.names.family_kana,
        "birth_date": told.birth_date.isoformat() if told.birth_date else None,
        "gender": told.gender,
        "country": person.country,
        "language": told.language,
        "email": next(iter(told.emails), None),
        "phone": next(iter(told.phones), None),
        "card": next(iter(told.cards), None),
    }
    for address in told.addresses[:1]:
        row |= {
            "street": " ".join(address.lines),
            "city": address.city,
            "postcode": address.postcode,
        }
    return {name: str(value) for name, value in row.items() if value}


class Memory:
    """Watches this process and all below it; `peak_gb` is the most they had at once."""

    def __init__(self) -> None:
        self.peak_gb = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        me = psutil.Process()
        while not self._stop.wait(1.0):
            total = 0
            for process in [me, *me.children(recursive=True)]:
                try:
                    total += process.memory_full_info().pss
                except psutil.Error:
                    continue
            self.peak_gb = max(self.peak_gb, total / 1e9)
