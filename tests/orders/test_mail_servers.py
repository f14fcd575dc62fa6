"""Mail servers as there are: encrypted, asking who sends, slow, torn, greylisting, refusing."""

import asyncio
import base64
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import pytest

from carnet.ports import free_ports
from chassis.database import Database
from tests.conftest import MakeUrl
from tests.orders.certificates import certify
from tests.orders.conftest import Body, Place
from tests.orders.test_message_sending import make_due
from tests.orders.test_messages import Office, contact, sell, serving, told

PASSWORD = "correct horse"
ADDRESS = "anna.nowak@example.com"
PATIENCE_SECONDS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted:
    """A mail server's folder and options, and how the worker is told to speak to it."""

    folder: Path
    options: tuple[str, ...]
    told: dict[str, str]


Working = Callable[[Posted], AbstractContextManager[Path]]


@pytest.fixture
async def working(
    database: Database, database_url: MakeUrl, principal_keys: tuple[str, str]
) -> Working:
    """Give what runs the worker beside a mail server; it gives the file of the worker's log."""
    return partial(at_work, database, await database_url("empty"), principal_keys[1])


@contextmanager
def at_work(database: Database, bus_url: str, public_key: str, posted: Posted) -> Generator[Path]:
    """Run the worker as a process of its own."""
    unused, health = free_ports(2)
    log = posted.folder / "worker.log"
    with serving(posted.folder, *posted.options):
        url = database.engine.url.set(drivername="postgresql")
        told = {
            "DATABASE_URL": url.render_as_string(hide_password=False),
            "BUS_URL": bus_url,
            "PRINCIPAL_PUBLIC_KEY": public_key,
            "PORT": str(unused),
            "WORKER_PORT": str(health),
            "LOG_LEVEL": "DEBUG",
            "CLAIM_KEY": base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": (posted.folder / "port.json").read_text(),
            "MAIL_SENDER": "Maison <orders@house.example>",
            **posted.told,
        }
        settings = {
            name if name.startswith("SSL_") else f"CARNET_ORDERS_{name}": value
            for name, value in told.items()
        }
        program = "from orders.worker import run; run()"
        with log.open("w") as sink:
            process = subprocess.Popen(
                [sys.executable, "-c", program], env=os.environ | settings, stderr=sink
            )
            try:
                yield log
            finally:
                process.kill()
                process.wait()


async def message_of(client: httpx.AsyncClient, order: Body) -> Body:
    """Give the order's one message as soon as somebody tried to send it."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        answer = await client.get(f"/v1/orders/{order['order_id']}/messages")
        [message] = answer.json()["items"]
        if message["state"] != "waiting" or message["problem"] or time.monotonic() > until:
            return message
        await asyncio.sleep(0.1)


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_a_message_leaves_encrypted_by_who_knows_the_password(
    client: httpx.AsyncClient,
    place: Place,
    working: Working,
    tmp_path: Path,
    security: str,
) -> None:
    told = {
        "SMTP_SECURITY": security,
        "SMTP_USER": "carnet",
        "SMTP_PASSWORD": PASSWORD,
        "SSL_CERT_FILE": str(certify(tmp_path)),
    }
    posted = Posted(folder=tmp_path, options=(security, "auth"), told=told)
    order = await sell(place, contact=contact(email=ADDRESS))
    with working(posted) as log:
        message = await message_of(client, order)
    assert (message["state"], message["problem"], message["tries"]) == ("sent", None, 1)
    assert len(mails_in(tmp_path)) == 1
    assert_nobody_is_named(log)


@pytest.mark.parametrize(
    ("options", "host", "changes", "problem"),
    [
        (
            ("starttls", "auth"),
            "127.0.0.1",
            {"SMTP_PASSWORD": "wrong horse"},
            "the server refuses the user or the password (535)",
        ),
        (
            ("tls", "auth"),
            "127.0.0.1",
            {"SMTP_SECURITY": "tls", "SSL_CERT_FILE": "/dev/null"},
            "no trusted connection: see the server's certificate and the port",
        ),
        (
            ("starttls", "auth"),
            "127.0.0.2",
            {},
            "no trusted connection: see the server's certificate and the port",
        ),
        (
            (),
            "127.0.0.1",
            {"SMTP_SECURITY": "tls"},
            "no trusted connection: see the server's certificate and the port",
        ),
        (("auth",), "127.0.0.1", {}, "the server offers no STARTTLS"),
    ],
    ids=["password", "authority", "other-host", "no-tls-there", "no-starttls-there"],
)
async def test_a_message_waits_for_a_server_that_is_not_to_be_trusted(
    client: httpx.AsyncClient,
    place: Place,
    working: Working,
    tmp_path: Path,
    options: tuple[str, ...],
    host: str,
    changes: dict[str, str],
    problem: str,
) -> None:
    told = {
        "SMTP_USER": "carnet",
        "SMTP_PASSWORD": PASSWORD,
        "SSL_CERT_FILE": str(certify(tmp_path, host=host)),
    }
    posted = Posted(folder=tmp_path, options=options, told=told | changes)
    order = await sell(place, contact=contact(email=ADDRESS))
    with working(posted) as log:
        message = await message_of(client, order)
    assert (message["state"], message["problem"]) == ("waiting", problem)
    assert mails_in(tmp_path) == []
    assert_nobody_is_named(log)
    assert problem in log.read_text()


def mails_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.eml"))


def assert_nobody_is_named(log: Path) -> None:
    written = log.read_text()
    coded = base64.b64encode(PASSWORD.encode()).decode()
    for secret in (PASSWORD, "wrong horse", coded, ADDRESS, "Nowak"):
        assert secret not in written


@pytest.fixture(params=["plain"])
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Generator[Path]:
    with serving(tmp_path, request.param):
        yield tmp_path


@pytest.fixture
async def office(folder: Path, database: Database) -> Office:
    return Office(folder, int((folder / "port.json").read_text()), database)


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("grey@example.com", "the recipient was refused (451)"),
        ("cut@example.com", "the server could not be used"),
        ("torn@example.com", "the server could not be used"),
    ],
)
async def test_what_was_not_taken_is_brought_again_and_once(
    client: httpx.AsyncClient, place: Place, office: Office, address: str, problem: str
) -> None:
    order = await sell(place, contact=contact(email=address))
    await office.send()
    first = await message_of(client, order)
    assert (first["state"], first["problem"], first["tries"]) == ("waiting", problem, 1)
    await make_due(office.database)
    await office.send()
    again = await message_of(client, order)
    assert (again["state"], again["problem"], again["tries"]) == ("sent", None, 2)
    assert len(office.mails()) == 1


async def test_one_refused_recipient_keeps_nobody_else_waiting(
    client: httpx.AsyncClient, place: Place, office: Office
) -> None:
    addresses = ["refused@example.com", "anna@example.com", "busy@example.com", "bo@example.com"]
    orders = [
        await sell(place, external_ref=address, contact=contact(email=address))
        for address in addresses
    ]
    await office.send()
    states = [(await told(client, order))[0][1] for order in orders]
    assert states == ["refused", "sent", "waiting", "sent"]
    assert [str(mail["To"]) for mail in office.mails()] == ["anna@example.com", "bo@example.com"]


@pytest.mark.parametrize("folder", ["one"], indirect=True)
async def test_a_server_that_takes_one_message_a_connection_gets_all_of_them(
    client: httpx.AsyncClient, place: Place, office: Office
) -> None:
    orders = [await sell(place, external_ref=f"N-{number}") for number in range(4)]
    await office.send()
    messages = [await message_of(client, order) for order in orders]
    assert [(one["state"], one["tries"]) for one in messages] == [("sent", 1)] * 4
    assert len(office.mails()) == 4


async def test_a_slow_server_is_waited_for_and_nobody_else_sends_it(
    client: httpx.AsyncClient,
    place: Place,
    office: Office,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("orders.mail.smtp._TIMEOUT_SECONDS", 1.0)
    monkeypatch.setattr("orders.use_cases.send_messages._LEASE_SECONDS", 2)
    monkeypatch.setattr("orders.use_cases.send_messages._RENEW_SECONDS", 0.5)
    (office.folder / "slow").write_text("5")
    order = await sell(place, contact=contact(email="slow@example.com"))
    sending = asyncio.create_task(office.send())
    while not office.mails():  # noqa: ASYNC110 - another process writes them
        await asyncio.sleep(0.05)
    other = Office(office.folder, office.server.port, office.database)
    while not sending.done():
        assert await other.send() == 0
        await asyncio.sleep(0.2)
    assert len(office.mails()) == 1
    message = await message_of(client, order)
    assert (message["state"], message["tries"]) == ("sent", 1)
