"""What can go wrong on the way of a message: nothing is lost, doubled, or told when it is false."""

import asyncio
from collections.abc import Generator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from pydantic import ValidationError
from sqlalchemy import text, update

from chassis.database import Database, unit_of_work
from chassis.iso import minor_digits
from orders.domain.messages import languages_for
from orders.mail.sending import keep_sending
from orders.mail.smtp import MailServer, Smtp
from orders.settings import Settings
from orders.store import tables
from orders.use_cases.send_messages import next_message, send_message
from tests.identity_story import Story, shown
from tests.orders.conftest import Place, Rows
from tests.orders.test_amending import amend
from tests.orders.test_changing import cancel, ship
from tests.orders.test_messages import NOW, Office, contact, sell, serving, told
from tests.orders.test_unmerging import follow


@pytest.fixture(params=["plain"])
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Generator[Path]:
    with serving(tmp_path, request.param):
        yield tmp_path


@pytest.fixture
async def office(folder: Path, database: Database) -> Office:
    return Office(folder, int((folder / "port.json").read_text()), database)


async def make_due(database: Database) -> None:
    async with unit_of_work(database) as tx:
        await tx.execute(text("UPDATE messages SET next_try_at = now() - interval '1 second'"))


@pytest.mark.parametrize(
    "address",
    [
        *("a@x..y", "(a@x.y", "a@[x.y", "a@x.y.", "[@x.y", "a@(x).y", "a@x,y.z"),
        "=?utf-8?q?a?=@-x.y",
        "a" * 65 + "@example.com",
    ],
)
async def test_an_address_nobody_can_write_to_ends_its_own_message_alone(
    client: httpx.AsyncClient, place: Place, office: Office, address: str
) -> None:
    poisoned = await sell(place, external_ref="poisoned", contact=contact(email=address))
    good = await sell(place, external_ref="good")
    await office.send()
    assert await told(client, poisoned) in ([("confirmed", "refused")], [("confirmed", "sent")])
    assert await told(client, good) == [("confirmed", "sent")]
    assert await office.send() == 0


@pytest.mark.parametrize(
    ("address", "arrives_as"),
    [
        ("anna@bücher.example", "anna@xn--bcher-kva.example"),
        ("花子@例え.example", "花子@xn--r8jz45g.example"),
        ("anna..b@docomo.example", "anna..b@docomo.example"),
    ],
)
@pytest.mark.parametrize("folder", ["utf8"], indirect=True)
async def test_an_address_may_be_in_any_script(
    place: Place, office: Office, address: str, arrives_as: str
) -> None:
    await sell(place, contact=contact(email=address))
    await office.send()
    [mail] = office.mails()
    assert str(mail["To"]) == arrives_as


async def test_a_server_that_takes_no_such_letters_refuses_for_good(
    client: httpx.AsyncClient, place: Place, office: Office
) -> None:
    order = await sell(place, contact=contact(email="花子@example.com"))
    good = await sell(place, external_ref="good")
    await office.send()
    assert await told(client, order) == [("confirmed", "refused")]
    assert await told(client, good) == [("confirmed", "sent")]


async def test_a_server_that_does_not_let_us_send_loses_no_message(
    client: httpx.AsyncClient, place: Place, office: Office
) -> None:
    order = await sell(place, contact=contact(email="relay@example.com"))
    await office.send()
    assert await told(client, order) == [("confirmed", "waiting")]


async def test_while_no_server_answers_few_messages_are_tried(
    place: Place, database: Database, rows: Rows
) -> None:
    for number in range(40):
        await sell(place, external_ref=f"N-{number}")
    away = MailServer(
        host="127.0.0.1",
        port=9,
        security="none",
        user=None,
        password=None,
        sender="o@house.example",
    )
    stop = asyncio.Event()
    composer = Office(Path(), 9, database).composer
    sending = asyncio.create_task(keep_sending(database, composer, away, "en", stop))
    await asyncio.sleep(1.5)
    stop.set()
    await sending
    assert 4 <= sum(row["tries"] for row in await rows(tables.messages)) <= 32


@pytest.mark.parametrize("sender", ["Maison", "", "Maison <orders@>", "a@x, b@y"])
def test_a_sender_that_is_no_address_is_refused_at_the_start(sender: str) -> None:
    with pytest.raises(ValidationError, match=r"mail_sender\n.*must be an address"):
        Settings.model_validate({"mail_sender": sender})


async def test_what_nobody_foresaw_parks_one_message_and_no_other(
    client: httpx.AsyncClient, place: Place, office: Office
) -> None:
    order = await sell(place, external_ref="odd")
    async with unit_of_work(office.database) as tx:
        await tx.execute(update(tables.messages).values(kind="delivered", facts={"status": "odd"}))
    good = await sell(place, external_ref="good")
    assert await office.send() == 2
    assert await told(client, order) == [("delivered", "waiting")]
    assert await told(client, good) == [("confirmed", "sent")]


async def test_who_comes_back_after_the_lease_sends_nothing_and_changes_nothing(
    client: httpx.AsyncClient, place: Place, office: Office
) -> None:
    order = await sell(place)
    late = await next_message(office.database)
    assert late is not None
    await make_due(office.database)
    assert await office.send() == 1
    await send_message(
        office.database,
        office.composer,
        office.post,
        late,
        default_language="en",
        clock=lambda: NOW + timedelta(days=30),
    )
    await send_message(
        office.database,
        office.composer,
        office.post,
        late,
        default_language="en",
        clock=lambda: NOW,
    )
    assert len(office.mails()) == 1
    assert await told(client, order) == [("confirmed", "sent")]


async def test_what_is_sent_again_has_the_same_words(
    client: httpx.AsyncClient, place: Place, office: Office
) -> None:
    await sell(place, contact=contact("en"))
    (office.folder / "die-after-taking").touch()
    sending = asyncio.create_task(office.send())
    while not office.mails():  # noqa: ASYNC110 - another process writes them
        await asyncio.sleep(0.05)
    sending.cancel()
    await asyncio.gather(sending, return_exceptions=True)
    (office.folder / "die-after-taking").unlink()
    other = {"subject": "Other words", "text": "Other words", "html": "Other words"}
    await client.put("/v1/message-templates/confirmed/en", json=other)
    await make_due(office.database)
    office.post = Smtp(office.server, clock=lambda: NOW)
    assert await office.send() == 1
    first, again = office.mails()
    assert first["Message-ID"] == again["Message-ID"]
    assert first["Subject"] == again["Subject"]


async def test_a_mended_address_is_written_to_anew(
    client: httpx.AsyncClient, place: Place, office: Office
) -> None:
    order = await sell(place, contact=contact(email="busy@example.com"))
    await office.send()
    await amend(client, order, contact=contact("ja"))
    await make_due(office.database)
    await office.send()
    [mail] = office.mails()
    assert (mail["To"], mail["Content-Language"]) == ("anna@example.com", "ja")


async def test_an_address_that_was_taken_away_is_no_erasure(
    client: httpx.AsyncClient, place: Place, office: Office
) -> None:
    order = await sell(place)
    await amend(client, order, contact={"name": "Anna"})
    await office.send()
    assert await told(client, order) == [("confirmed", "no-address")]


async def test_an_order_that_was_told_long_after_it_was_placed_tells_nobody(
    client: httpx.AsyncClient, place: Place, office: Office
) -> None:
    order = await sell(place, placed_at=(NOW - timedelta(days=30)).isoformat(), confirmed=None)
    await ship(client, order)
    assert await office.send() == 0
    assert await told(client, order) == [("confirmed", "expired"), ("shipped", "expired")]


async def test_a_cancelled_order_is_not_confirmed_any_more(
    client: httpx.AsyncClient, place: Place, office: Office
) -> None:
    order = await sell(place, contact=contact("en"))
    await cancel(client, order)
    await office.send()
    assert office.subjects() == ["Your order W-1001 is cancelled"]
    assert ("confirmed", "overtaken") in await told(client, order)


@pytest.mark.parametrize(
    ("statuses", "kind"),
    [(["delivered"], "shipped"), (["delivered", "in_transit"], "delivered")],
    ids=["arrived", "disputed"],
)
async def test_what_is_true_no_more_is_not_told(
    client: httpx.AsyncClient, place: Place, office: Office, statuses: list[str], kind: str
) -> None:
    order = await sell(place, confirmed=None)
    [parcel] = (await ship(client, order)).json()["parcels"]
    url = f"/v1/parcels/{parcel['parcel_id']}/tracking-events"
    for minute, status in enumerate(statuses):
        at = (NOW + timedelta(minutes=minute)).isoformat()
        await client.post(url, json={"status": status, "occurred_at": at})
    await office.send()
    assert (kind, "overtaken") in await told(client, order)


@pytest.mark.parametrize("is_taken", [True, False])
async def test_an_erasure_empties_what_is_under_way_and_what_was_sent(
    client: httpx.AsyncClient, place: Place, office: Office, rows: Rows, *, is_taken: bool
) -> None:
    story = Story()
    story.come()
    order = await sell(place, customer_id=shown(0))
    if not is_taken:
        (office.folder / "die-after-taking").touch()
    sending = asyncio.create_task(office.send())
    while not office.mails():  # noqa: ASYNC110 - another process writes them
        await asyncio.sleep(0.05)
    if is_taken:
        await sending
    await follow(office.database, story.erase(0))
    if not is_taken:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        await make_due(office.database)
        assert await office.send() == 0
    assert await told(client, order) == [("confirmed", "sent" if is_taken else "erased")]
    [kept] = await rows(tables.messages)
    assert {kept[name] for name in ("recipient", "subject", "text", "html", "problem")} == {None}


def test_languages_fall_back_by_their_parts() -> None:
    assert languages_for("fr-CA", default="pt-BR") == ["fr-ca", "fr", "pt-br", "pt", "en"]
    assert languages_for("zh-Hant-TW", default="ja") == ["zh-hant-tw", "zh-hant", "zh", "ja", "en"]
    assert languages_for(None, default="en") == ["en"]


@pytest.mark.parametrize(("currency", "shown_as"), [("JPY", "27,000"), ("KWD", "27.000")])
async def test_a_refund_has_the_decimals_of_its_currency(
    client: httpx.AsyncClient, place: Place, office: Office, currency: str, shown_as: str
) -> None:
    line = {"sku": "BAG", "quantity": 1, "unit_price_minor": 27_000}
    order = await sell(
        place, lines=[line], contact=contact("en"), currency=currency, shipping_minor=0
    )
    for kind in ("captured", "refunded"):
        payment = {"kind": kind, "reference": kind, "method": "card", "amount_minor": 27_000}
        await client.post(
            f"/v1/orders/{order['order_id']}/payments", json=payment | {"at": NOW.isoformat()}
        )
    await office.send()
    refund = office.mails()[-1].get_body(("plain",))
    assert refund is not None
    assert shown_as in refund.get_content()
    assert minor_digits(currency) in {0, 3}
