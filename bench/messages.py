"""Messages to customers: how many a second leave, and what is left of them when the worker is shot.

The worker as it is run sends confirmations of three lines, in three languages, to a mail server in
a process of its own; PostgreSQL has fsync on, and all share the machine. Then as many leave again
while the worker is killed with SIGKILL and started anew, time after time. The leases of who was
killed are ended by hand, as the three minutes of each would end them.
"""

import base64
import os
import random
import secrets
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import orjson
import uvloop

from bench.figures import Figure, report
from carnet.ports import LOOPBACK, free_ports
from carnet.postgres import EmbeddedPostgres
from chassis.ids import new_uuid
from chassis.migrations import upgrade
from chassis.principal import new_key_pair
from orders.events import ORDER
from orders.settings import MIGRATIONS

MESSAGES = 10_000
KILLS = 12
SENDERS = 4
LANGUAGES = ("en", "fr", "ja")
PATIENCE_SECONDS = 600.0
_DOMAIN = "house.example"
_ORDERS = (
    *("id", "source", "external_ref", "client_id", "channel", "country", "brand", "legal_entity"),
    *("home_region", "currency", "shipping_minor", "prices_include_tax", "total_minor"),
    *("placed_at", "time_zone", "placed_on", "received_at", "taken_away", "commercial", "version"),
)
_LINES = (
    *("order_id", "line_no", "placed_at", "sku", "description", "quantity", "unit_price_minor"),
    *("discount_minor", "tax_minor", "total_minor", "is_gift"),
)
_MESSAGES = (
    *("id", "kind", "about_id", "order_id", "happened_at", "facts", "state", "tries"),
    "next_try_at",
)


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that the mail server took."""

    at: float
    recipient: str
    message_id: str
    words: str


class Office:
    """A database with messages that wait, and the mail server's notes."""

    def __init__(self, postgres: EmbeddedPostgres, notes: Path) -> None:
        """Read notes that begin with the server's port."""
        self._postgres = postgres
        self._notes = notes
        self._seen = 0

    def taken(self) -> list[Taken]:
        """Give what was taken since `begin_anew`."""
        found: list[Taken] = []
        for line in self._lines()[self._seen :]:
            at, recipient, message_id, words = line.split()
            found.append(Taken(float(at), recipient, message_id, words))
        return found

    def begin_anew(self) -> None:
        """Leave what was taken so far out."""
        self._seen = len(self._lines())

    def wait_for(self, count: int) -> None:
        """Return when so many different messages were taken; raises `TimeoutError`."""
        until = time.monotonic() + PATIENCE_SECONDS
        while len({one.message_id for one in self.taken()}) < count:
            if time.monotonic() > until:
                raise TimeoutError
            time.sleep(0.1)

    @contextmanager
    def worker(self) -> Generator[subprocess.Popen[bytes]]:
        """Run the orders worker; it is killed where it did not end before."""
        unused, health = free_ports(2)
        told = {
            "DATABASE_URL": self._postgres.superuser_url("orders"),
            "BUS_URL": self._postgres.superuser_url("bus"),
            "PRINCIPAL_PUBLIC_KEY": new_key_pair()[1],
            "PORT": str(unused),
            "WORKER_PORT": str(health),
            "LOG_LEVEL": "ERROR",
            "CLAIM_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "SMTP_HOST": LOOPBACK,
            "SMTP_PORT": self._notes.read_text().splitlines()[0],
            "SMTP_SECURITY": "none",
            "MAIL_SENDER": f"Maison <orders@{_DOMAIN}>",
            "PUBLIC_URL": "https://shop.example",
        }
        settings = {f"CARNET_ORDERS_{name}": value for name, value in told.items()}
        program = "from orders.worker import run; run()"
        process = subprocess.Popen([sys.executable, "-c", program], env=os.environ | settings)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    async def fill(self, count: int) -> set[str]:
        """Have so many messages wait; gives their Message-IDs."""
        now = datetime.now(UTC)
        ids = [ORDER.new() for _ in range(count)]
        message_ids = [new_uuid() for _ in range(count)]
        connection = await asyncpg.connect(self._postgres.superuser_url("orders"))
        tables = {
            "orders": (_ORDERS, [_order(order_id, now) for order_id in ids]),
            "order_lines": (_LINES, [_line(each, no, now) for each in ids for no in (1, 2, 3)]),
            "order_contacts": (
                ("order_id", "placed_at", "contact"),
                [(each, now, _contact(number, each)) for number, each in enumerate(ids)],
            ),
            "messages": (
                _MESSAGES,
                [
                    (message_id, "confirmed", order_id, order_id, now, "{}", "waiting", 0, now)
                    for message_id, order_id in zip(message_ids, ids, strict=True)
                ],
            ),
        }
        for table, (columns, rows) in tables.items():
            await connection.copy_records_to_table(table, columns=columns, records=rows)
        await connection.execute("ANALYZE")
        await connection.close()
        return {f"{message_id}@{_DOMAIN}" for message_id in message_ids}

    async def end_leases(self) -> None:
        """Let what was leased be sent at once."""
        await self._execute("UPDATE messages SET next_try_at = now() WHERE state = 'waiting'")

    async def waiting(self) -> int:
        """Count the messages that have not ended."""
        connection = await asyncpg.connect(self._postgres.superuser_url("orders"))
        count = await connection.fetchval("SELECT count(*) FROM messages WHERE state <> 'sent'")
        await connection.close()
        return count

    async def make(self) -> None:
        """Make and migrate the databases."""
        administrator = await asyncpg.connect(self._postgres.superuser_url())
        for name in ("orders", "bus"):
            await administrator.execute(f"CREATE DATABASE {name}")
        await administrator.close()
        await upgrade(MIGRATIONS, self._postgres.superuser_url("orders"))

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(self._postgres.superuser_url("orders"))
        await connection.execute(statement)
        await connection.close()

    def _lines(self) -> list[str]:
        return self._notes.read_text().splitlines()[1:]


def rate(office: Office) -> float:
    """Send all that waits; gives messages a second, from the first to the last."""
    with office.worker():
        office.wait_for(MESSAGES)
    times = [one.at for one in office.taken()]
    return (len(times) - 1) / (max(times) - min(times))


def shoot(office: Office, count: int) -> None:
    """Send all that waits, and kill the worker at moments that nobody chose."""
    for kill in range(1, KILLS + 1):
        with office.worker() as process:
            office.wait_for(kill * count // (KILLS + 1))
            time.sleep(random.uniform(0, 0.05))
            process.kill()
            process.wait()
        uvloop.run(office.end_leases())
    with office.worker():
        office.wait_for(count)
        until = time.monotonic() + PATIENCE_SECONDS
        while uvloop.run(office.waiting()) and time.monotonic() < until:
            time.sleep(0.1)


@contextmanager
def sink(notes: Path) -> Generator[None]:
    """Run a mail server until the benchmark ends."""
    process = subprocess.Popen([sys.executable, "-m", "bench.mail_sink", str(notes)])
    until = time.monotonic() + PATIENCE_SECONDS
    while not notes.exists() or not notes.read_text().endswith("\n"):
        if time.monotonic() > until:
            raise TimeoutError
        time.sleep(0.05)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def main() -> None:
    """Send undisturbed, then under fire."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="carnet-bench-")))
        postgres = stack.enter_context(EmbeddedPostgres(folder / "postgres"))
        notes = folder / "notes"
        stack.enter_context(sink(notes))
        office = Office(postgres, notes)
        uvloop.run(office.make())
        uvloop.run(office.fill(MESSAGES))
        undisturbed = rate(office)
        office.begin_anew()
        awaited = uvloop.run(office.fill(MESSAGES))
        shoot(office, MESSAGES)
        taken = office.taken()
        unsettled = uvloop.run(office.waiting())
    report("messages", _figures(undisturbed, awaited, taken, unsettled))


def _figures(
    undisturbed: float, awaited: set[str], taken: list[Taken], unsettled: int
) -> list[Figure]:
    times = Counter(one.message_id for one in taken)
    lost = len(awaited - times.keys()) + unsettled
    doubled = sum(count - 1 for count in times.values())
    words = Counter(message_id for message_id, _ in {(one.message_id, one.words) for one in taken})
    named = Counter(
        recipient for recipient, _ in {(one.recipient, one.message_id) for one in taken}
    )
    strange = sum(count > 1 for count in (*words.values(), *named.values()))
    under_fire = f"of {MESSAGES:,}, the worker killed {KILLS} times"
    most = SENDERS * KILLS
    return [
        Figure(f"confirmations sent, {MESSAGES:,} that wait", undisturbed, "messages/s"),
        Figure(f"lost {under_fire}", lost, "messages", target=0, at_most=True),
        Figure(f"doubled {under_fire}", doubled, "messages", target=most, at_most=True),
        Figure(
            "doubled under another Message-ID, or with other words",
            strange,
            "messages",
            target=0,
            at_most=True,
        ),
    ]


def _order(order_id: object, now: datetime) -> tuple[object, ...]:
    whose = ("web", f"W-{order_id}", "bench", "web", "FR", "house", "house", "EU", "EUR")
    when = (now, "Europe/Paris", now.date(), now)
    return (order_id, *whose, 600, True, 30_600, *when, False, "confirmed", 1)


def _line(order_id: object, line_no: int, now: datetime) -> tuple[object, ...]:
    return (order_id, line_no, now, f"SCARF-{line_no}", "Carré", 1, 10_000, 0, 0, 10_000, False)


def _contact(number: int, order_id: object) -> str:
    contact = {"name": "Anna Nowak", "email": f"{order_id}@example.com"}
    return orjson.dumps(contact | {"language": LANGUAGES[number % 3]}).decode()


if __name__ == "__main__":
    main()
