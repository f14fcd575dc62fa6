"""What customers are told of an order arrives at a mail server, in their language, and opens."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import partial
from typing import Any

import httpx
import pytest

from tests.end_to_end.house import House, eventually
from tests.end_to_end.mailbox import Mailbox

pytestmark = [pytest.mark.kafka, pytest.mark.slow, pytest.mark.timeout(300)]

KINDS = ["confirmed", "shipped", "out-for-delivery", "delivered", "refunded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Buyer:
    """Somebody who buys: with which words and amounts the house writes."""

    language: str
    currency: str
    name: str
    total: str
    refunded: str
    subjects: list[str]
    cancelled: str


FRENCH = Buyer(
    language="fr",
    currency="EUR",
    name="Élodie Lefèvre",
    total="195,00 €",
    refunded="50,00 €",
    subjects=[
        "Votre commande M-fr est confirmée",
        "Votre commande M-fr est en route",
        "Votre colis arrive aujourd’hui",
        "Votre colis est arrivé",
        "Votre remboursement pour la commande M-fr",
    ],
    cancelled="Votre commande C-fr est annulée",
)
JAPANESE = Buyer(
    language="ja",
    currency="JPY",
    name="山田 花子",
    total="￥19,500",
    refunded="￥5,000",
    subjects=[
        "ご注文を承りました（M-ja）",
        "ご注文の商品を発送しました（M-ja）",
        "本日お荷物をお届けします（M-ja）",
        "お荷物のお届けが完了しました（M-ja）",
        "ご返金のお知らせ（M-ja）",
    ],
    cancelled="ご注文を取り消しました（C-ja）",
)


def place(client: httpx.Client, buyer: Buyer, ref: str) -> str:
    address = f"{ref}@example.com"
    body = {
        "source": "web-messages",
        "external_ref": ref,
        "channel": "web",
        "country": "FR" if buyer.language == "fr" else "JP",
        "currency": buyer.currency,
        "placed_at": datetime.now(UTC).isoformat(),
        "lines": [{"sku": "SCARF-1", "quantity": 1, "unit_price_minor": 19_500}],
        "contact": {"name": buyer.name, "email": address, "language": buyer.language},
        "customer": {
            "source": "web-messages",
            "external_id": ref,
            "channel": "web",
            "country": "FR",
            "emails": [address],
        },
    }
    answer = client.post("/v1/orders", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["order_id"]


def tell(client: httpx.Client, path: str, **body: Any) -> dict[str, Any]:
    answer = client.post(path, json=body)
    assert answer.is_success, answer.text
    return answer.json()


def sent(client: httpx.Client, order_id: str) -> list[str]:
    messages = client.get(f"/v1/orders/{order_id}/messages").json()["items"]
    return [message["kind"] for message in messages if message["state"] == "sent"]


def parts(mail: EmailMessage) -> tuple[str, str]:
    assert mail.get_content_type() == "multipart/alternative"
    shown = [part.get_content_type() for part in mail.iter_parts()]
    assert shown == ["text/plain", "text/html"]
    plain, rich = (part.get_content() for part in mail.iter_parts())
    return (_spaced(plain), _spaced(rich))


def _spaced(words: str) -> str:
    return words.replace("\N{NO-BREAK SPACE}", " ").replace("\N{NARROW NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("buyer", [FRENCH, JAPANESE], ids=["fr", "ja"])
def test_an_order_is_told_from_its_confirmation_to_its_refund(
    house: House, mailbox: Mailbox, buyer: Buyer
) -> None:
    with house.client() as client:
        order_id = place(client, buyer, f"M-{buyer.language}")
        url, now = f"/v1/orders/{order_id}", datetime.now(UTC)
        is_sent = partial(sent, client, order_id)
        tell(client, f"{url}/confirm")
        eventually(is_sent, KINDS[:1])
        number = {"carrier": "laposte", "tracking_number": f"8V-{buyer.language}"}
        parcel = tell(client, f"{url}/shipments", parcels=[number])["parcels"][0]
        eventually(is_sent, KINDS[:2])
        events = f"/v1/parcels/{parcel['parcel_id']}/tracking-events"
        for minutes, status in ((-2, "out_for_delivery"), (-1, "delivered")):
            at = (now + timedelta(minutes=minutes)).isoformat()
            tell(client, events, status=status, occurred_at=at)
            eventually(lambda status=status: status.replace("_", "-") in is_sent(), expected=True)
        for kind, amount in (("captured", 19_500), ("refunded", 5_000)):
            paid = {"kind": kind, "reference": kind, "method": "card", "amount_minor": amount}
            tell(client, f"{url}/payments", **paid, at=datetime.now(UTC).isoformat())
        eventually(lambda: sorted(is_sent()), sorted(KINDS))
        other = place(client, buyer, f"C-{buyer.language}")
        tell(client, f"/v1/orders/{other}/cancel", reason="out-of-stock")
        eventually(partial(sent, client, other), ["cancelled"])
        assert_true_to_the_house(mailbox.of(f"M-{buyer.language}@example.com"), buyer)
        assert_page_opens(house, mailbox.of(f"M-{buyer.language}@example.com")[1])
        [cancelled] = mailbox.of(f"C-{buyer.language}@example.com")
        assert str(cancelled["Subject"]) == buyer.cancelled


def assert_true_to_the_house(mails: list[EmailMessage], buyer: Buyer) -> None:
    assert [str(mail["Subject"]) for mail in mails] == buyer.subjects
    assert {str(mail["Content-Language"]) for mail in mails} == {buyer.language}
    assert {str(mail["From"]) for mail in mails} == {"Maison Éclat <orders@house.example>"}
    ids = {str(mail["Message-ID"]) for mail in mails}
    assert len(ids) == len(mails)
    assert all(re.fullmatch(r"<[0-9a-f-]{36}@house\.example>", each) for each in ids)
    for words in parts(mails[0]):
        assert buyer.total in words
        assert buyer.name in words
    for words in parts(mails[-1]):
        assert buyer.refunded in words


def assert_page_opens(house: House, mail: EmailMessage) -> None:
    plain, rich = parts(mail)
    [link] = re.findall(rf"{re.escape(house.url)}/v1/tracking/\S+", plain)
    assert f'href="{link}"' in rich
    page = httpx.get(link, headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "8V-" in page.text
