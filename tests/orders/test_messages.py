"""What customers are told: by a real mail server, once, in their language, and kept."""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import text, update

from chassis.database import Database, unit_of_work
from orders.adapters.messages.composing import Composer
from orders.mail.sending import Turn, send_next
from orders.mail.smtp import MailServer, Smtp
from orders.store import tables
from tests.identity_story import Story, shown
from tests.orders.conftest import Body, Place, Rows
from tests.orders.test_amending import amend, off
from tests.orders.test_changing import cancel, ship
from tests.orders.test_unmerging import follow

NOW = datetime.now(UTC)
TODAY = NOW.isoformat()


def _now() -> datetime:
    return datetime.now(UTC)


class Office:
    """A mail server's folder, and a hand that brings it what is due."""

    def __init__(self, folder: Path, port: int, database: Database) -> None:
        self.folder = folder
        self.server = MailServer(
            host="127.0.0.1",
            port=port,
            security="none",
            user=None,
            password=None,
            sender="Maison É <orders@house.example>",
        )
        self.database = database
        self.post = Smtp(self.server, clock=lambda: NOW)
        self.composer = Composer(public_url="https://shop.example/", house="Maison")

    async def send(self) -> int:
        count = 0
        while (
            await send_next(
                self.database, self.composer, self.post, default_language="en", clock=_now
            )
            is not Turn.IDLE
        ):
            count += 1
        return count

    def mails(self) -> list[EmailMessage]:
        files = sorted(self.folder.glob("*.eml"))
        return [message_from_bytes(file.read_bytes(), policy=policy.default) for file in files]

    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for mail in self.mails()]


@pytest.fixture
def folder(tmp_path: Path) -> Generator[Path]:
    with serving(tmp_path):
        yield tmp_path


@contextmanager
def serving(folder: Path, *options: str) -> Generator[None]:
    program = Path(__file__).with_name("mail_server.py")
    process = subprocess.Popen([sys.executable, str(program), str(folder), *options])
    until = time.monotonic() + 20
    port = folder / "port.json"
    while not (port.exists() and port.read_text()) and time.monotonic() < until:
        time.sleep(0.05)
    yield
    process.kill()
    process.wait()


@pytest.fixture
async def office(folder: Path, database: Database) -> AsyncGenerator[Office]:
    opened = Office(folder, json.loads((folder / "port.json").read_text()), database)
    yield opened
    await opened.post.close()


def contact(language: str = "fr", email: str = "anna@example.com", **more: Any) -> Body:
    return {"name": "Anna Nowak", "email": email, "language": language} | more


async def sell(place: Place, **changes: Any) -> Body:
    return await place(
        **{"placed_at": TODAY, "contact": contact(), "confirmed": True, "time_zone": None} | changes
    )


async def told(client: httpx.AsyncClient, order: Body) -> list[tuple[str, str]]:
    answer = await client.get(f"/v1/orders/{order['order_id']}/messages")
    return [(one["kind"], one["state"]) for one in answer.json()["items"]]


async def test_a_confirmation_says_what_was_bought_in_the_customers_language(
    client: httpx.AsyncClient, place: Place, office: Office
) -> None:
    order = await sell(
        place,
        delivery={"service": "express", "promised_until": TODAY, "terms": "30 jours"},
        prices_include_tax=True,
    )
    assert await office.send() == 1
    [mail] = office.mails()
    assert str(mail["To"]) == "anna@example.com"
    assert str(mail["From"]) == "Maison É <orders@house.example>"
    assert str(mail["Subject"]) == "Votre commande W-1001 est confirmée"
    plain, rich = mail.get_body(("plain",)), mail.get_body(("html",))
    assert plain is not None
    assert rich is not None
    for part in (plain.get_content(), rich.get_content()):
        for word in ("Bonjour Anna Nowak", "W-1001", "SCARF-01", "129,00", "268,00", "30 jours"):
            assert word in part.replace("\N{NO-BREAK SPACE}", " "), word
    [kept] = (await client.get(f"/v1/orders/{order['order_id']}/messages")).json()["items"]
    assert kept["state"] == "sent"
    assert kept["text"] == plain.get_content().replace("\r\n", "\n").strip()
    assert kept["recipient"] == "anna@example.com"
    assert mail["Message-ID"].endswith("@house.example>")


@pytest.mark.parametrize(
    ("language", "currency", "subject", "total"),
    [
        ("ja", "JPY", "ご注文を承りました（W-1001）", "27,000"),
        ("fr-CA", "CAD", "Votre commande W-1001 est confirmée", "270,00"),
        ("de", "KWD", "Your order W-1001 is confirmed", "27.000"),
        ("en-GB", "GBP", "Your order W-1001 is confirmed", "270.00"),
    ],
)
async def test_amounts_have_the_decimals_of_their_currency(
    place: Place, office: Office, language: str, currency: str, subject: str, total: str
) -> None:
    line = {"sku": "BAG", "quantity": 1, "unit_price_minor": 27_000}
    changes = {"contact": contact(language), "currency": currency, "shipping_minor": 0}
    await sell(place, lines=[line], **changes)
    await office.send()
    [mail] = office.mails()
    body = mail.get_body(("plain",))
    assert str(mail["Subject"]) == subject
    assert body is not None
    assert total in body.get_content().replace("\N{NO-BREAK SPACE}", " ")


async def test_each_step_is_told_once(
    client: httpx.AsyncClient, place: Place, office: Office
) -> None:
    order = await sell(place, contact=contact("en"), confirmed=None)
    shipped = await ship(client, order)
    [parcel] = shipped.json()["parcels"]
    url = f"/v1/parcels/{parcel['parcel_id']}/tracking-events"
    for minute, status in enumerate(["in_transit", "attempt_failed", "out_for_delivery"]):
        at = (NOW + timedelta(minutes=minute)).isoformat()
        for _ in range(2):
            await client.post(url, json={"status": status, "occurred_at": at})
        await office.send()
    at = (NOW + timedelta(minutes=9)).isoformat()
    await client.post(url, json={"status": "delivered", "occurred_at": at})
    pay = {"method": "card", "at": TODAY, "amount_minor": 100}
    for kind in ("captured", "refunded", "refunded"):
        payment = pay | {"kind": kind, "reference": f"tok-{kind}"}
        await client.post(f"/v1/orders/{order['order_id']}/payments", json=payment)
    await office.send()
    assert office.subjects() == [
        "Your order W-1001 is confirmed",
        "Your order W-1001 is on its way",
        "News of your parcel of order W-1001",
        "Your parcel arrives today",
        "Your parcel has arrived",
        "Your refund for order W-1001",
    ]
    page = f"https://shop.example/v1/tracking/{parcel['tracking_token']}"
    assert page in office.mails()[1].as_string().replace("=\n", "")
    refund = office.mails()[5].get_body(("plain",))
    assert refund is not None
    assert "€1.00" in refund.get_content()
    assert await office.send() == 0


async def test_what_is_called_off_is_told(
    client: httpx.AsyncClient, place: Place, office: Office
) -> None:
    order = await sell(place, contact=contact("en"))
    await amend(client, order, cancel_lines=off(1, 1))
    await office.send()
    await cancel(client, order)
    await office.send()
    assert office.subjects()[1:] == [
        "A part of your order W-1001 is cancelled",
        "Your order W-1001 is cancelled",
    ]


async def test_who_has_no_address_is_told_nothing_and_that_is_kept(
    client: httpx.AsyncClient, place: Place, office: Office
) -> None:
    order = await sell(place, contact={"name": "Anna"})
    await ship(client, order)
    assert await office.send() == 0
    assert await told(client, order) == [("confirmed", "no-address"), ("shipped", "no-address")]


async def test_old_news_is_not_sent(
    client: httpx.AsyncClient, place: Place, office: Office
) -> None:
    order = await sell(place, placed_at="2018-03-01T10:00:00Z")
    await office.send()
    assert await told(client, order) == [("confirmed", "expired")]
    assert office.mails() == []


async def test_a_parcel_that_went_on_is_not_said_to_be_on_its_way(
    client: httpx.AsyncClient, place: Place, office: Office
) -> None:
    order = await sell(place, confirmed=None)
    [parcel] = (await ship(client, order)).json()["parcels"]
    url = f"/v1/parcels/{parcel['parcel_id']}/tracking-events"
    for minute, status in enumerate(["out_for_delivery", "delivered"]):
        at = (NOW + timedelta(minutes=minute)).isoformat()
        await client.post(url, json={"status": status, "occurred_at": at})
    await office.send()
    assert ("out-for-delivery", "overtaken") in await told(client, order)
    assert office.subjects()[-1] == "Votre colis est arrivé"


@pytest.mark.parametrize(
    ("address", "state", "tries", "problem"),
    [
        ("refused@example.com", "refused", 1, "the recipient was refused (550)"),
        ("spam@example.com", "refused", 1, "the message was refused (554)"),
        ("busy@example.com", "waiting", 1, "the recipient was refused (451)"),
    ],
)
async def test_what_a_server_refuses_is_kept_without_its_words(
    client: httpx.AsyncClient,
    place: Place,
    office: Office,
    address: str,
    state: str,
    tries: int,
    problem: str,
) -> None:
    order = await sell(place, contact=contact(email=address))
    await office.send()
    [kept] = (await client.get(f"/v1/orders/{order['order_id']}/messages")).json()["items"]
    assert (kept["state"], kept["tries"], kept["problem"]) == (state, tries, problem)
    assert await office.send() == 0


async def test_a_message_waits_for_a_server_that_is_away(
    client: httpx.AsyncClient, place: Place, office: Office
) -> None:
    order = await sell(place)
    away = MailServer(
        host="127.0.0.1",
        port=9,
        security="none",
        user=None,
        password=None,
        sender=office.server.sender,
    )
    there, office.post = office.post, Smtp(away, clock=lambda: NOW)
    assert await office.send() == 1
    assert await told(client, order) == [("confirmed", "waiting")]
    async with unit_of_work(office.database) as tx:
        await tx.execute(update(tables.messages).values(next_try_at=NOW - timedelta(1)))
    office.post = there
    await office.send()
    assert await told(client, order) == [("confirmed", "sent")]


async def test_a_kill_after_the_server_took_it_repeats_it_under_the_same_id(
    client: httpx.AsyncClient, place: Place, office: Office
) -> None:
    order = await sell(place)
    (office.folder / "die-after-taking").touch()
    sending = asyncio.create_task(office.send())
    while not office.mails():  # noqa: ASYNC110 - another process writes them
        await asyncio.sleep(0.05)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    assert await office.send() == 0  # somebody else's lease
    (office.folder / "die-after-taking").unlink()
    async with unit_of_work(office.database) as tx:
        await tx.execute(text("UPDATE messages SET next_try_at = now() - interval '1 second'"))
    office.post = Smtp(office.server, clock=lambda: NOW)
    assert await office.send() == 1
    first, again = office.mails()
    assert first["Message-ID"] == again["Message-ID"]
    assert await told(client, order) == [("confirmed", "sent")]


async def test_senders_side_by_side_send_each_message_once(place: Place, office: Office) -> None:
    for number in range(12):
        await sell(place, external_ref=f"N-{number}")
    others = [Office(office.folder, office.server.port, office.database) for _ in range(4)]
    assert sum(await asyncio.gather(*(other.send() for other in others))) == 12
    assert len({mail["Message-ID"] for mail in office.mails()}) == len(office.mails()) == 12
    for other in others:
        await other.post.close()


async def test_a_name_breaks_neither_the_subject_nor_the_page(
    place: Place, office: Office, client: httpx.AsyncClient
) -> None:
    template = {
        "subject": "{{ customer.name }}\nBcc: x@example.com",
        "text": "{{ customer.name }}",
        "html": "<p>{{ customer.name }}</p>",
    }
    url = "/v1/message-templates/confirmed/en"
    assert (await client.put(url, json=template)).status_code == 201
    await sell(place, contact=contact("en") | {"name": "<script>Anna</script>"})
    await office.send()
    [mail] = office.mails()
    assert mail["Bcc"] is None
    assert str(mail["Subject"]) == "<script>Anna</script> Bcc: x@example.com"
    page = mail.get_body(("html",))
    assert page is not None
    assert "<script>" not in page.get_content()


async def test_nothing_of_an_erased_customer_is_sent(
    place: Place, office: Office, client: httpx.AsyncClient, rows: Rows
) -> None:
    story = Story()
    story.come()
    order = await sell(place, customer_id=shown(0))
    await follow(office.database, story.erase(0))
    await office.send()
    assert await told(client, order) == [("confirmed", "erased")]
    [kept] = await rows(tables.messages)
    assert (kept["recipient"], kept["text"]) == (None, None)
