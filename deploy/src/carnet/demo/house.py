"""The demo house's story, told to the gateway by its till, its web shop and its call centre."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from carnet.demo.catalogue import ARTICLES, GINZA, REGULARS, WEB_FRANCE, Place
from carnet.demo.client import Client
from carnet.demo.keys import CALL_CENTRE, TILL, WEB_SHOP

_NOON = 12


def load_house(gateway_url: str, keys: Mapping[str, str], *, at: datetime) -> None:
    """Tell the whole story as it stood at `at`; telling it again changes nothing."""
    house = _House(
        till=Client(gateway_url, keys[TILL]),
        web_shop=Client(gateway_url, keys[WEB_SHOP]),
        call_centre=Client(gateway_url, keys[CALL_CENTRE]),
        at=at,
    )
    house.recognise_misaki()
    house.welcome_regulars()
    house.sell_anonymously()


class _House:
    def __init__(
        self, *, till: Client, web_shop: Client, call_centre: Client, at: datetime
    ) -> None:
        self._till = till
        self._web_shop = web_shop
        self._call_centre = call_centre
        self._at = at

    def recognise_misaki(self) -> None:
        """She buys in Tokyo, is known by her e-mail in Paris and by her phone in New York."""
        self._sell(GINZA, "misaki-1", ("TOTE-S-SADDLE", "CARD-HOLDER-INK"), 38, _MISAKI_IN_TOKYO)
        order = self._sell(WEB_FRANCE, "misaki-2", ("SILK-90-HERONS",), 9, _MISAKI_IN_PARIS)
        shipped = self._web_shop.post(
            f"/v1/orders/{order['order_id']}/shipments",
            {"parcels": [{"carrier": "colissimo", "tracking_number": "6A00000000147"}]},
        )
        parcel = shipped["parcels"][0]["parcel_id"]
        for days_ago, status, place in (
            (8, "picked_up", "Gennevilliers"),
            (7, "in_transit", "Roissy"),
            (5, "attempt_failed", "Paris 7e"),
            (4, "delivered", "Paris 7e"),
        ):
            self._web_shop.post(
                f"/v1/parcels/{parcel}/tracking-events",
                {
                    "status": status,
                    "occurred_at": self._local(days_ago, WEB_FRANCE),
                    "time_zone": WEB_FRANCE.time_zone,
                    "location": place,
                },
            )
        complaint = self._call_centre.post(
            "/v1/complaints",
            {
                "source": "call-centre-new-york",
                "external_ref": "demo-call-1",
                "channel": "phone",
                "category": "delivery",
                "subject": "The box of my silk square arrived crushed",
                "text": "The courier left the parcel in the rain and the box is crushed. "
                "The silk is dry, but it was meant as a present.",
                "language": "en",
                "country": "US",
                "order_id": order["order_id"],
                "customer": _MISAKI_ON_THE_PHONE,
            },
        )
        self._call_centre.post(
            f"/v1/complaints/{complaint['complaint_id']}/answers",
            {
                "by": "agent-ny-12",
                "text": "We are sorry. A new box leaves Paris today and reaches you this week; "
                "please keep the silk square.",
            },
        )

    def welcome_regulars(self) -> None:
        """Others come and go; one of them brings something back, one waits for a parcel."""
        for regular in REGULARS:
            for number, visit in enumerate(regular.visits, start=1):
                place = visit.place
                claim = {
                    "source": place.source,
                    "external_id": regular.slug,
                    "channel": place.channel,
                    "country": place.country,
                    **({"store": place.store} if place.store else {}),
                    **regular.record,
                }
                ref = f"{regular.slug}-{number}"
                order = self._sell(place, ref, visit.skus, visit.days_ago, claim)
                if ref == "claire-3":
                    self._bring_back(order)
                if ref == "lucia-1":
                    parcel = {"carrier": "colissimo", "tracking_number": "6A00000000155"}
                    path = f"/v1/orders/{order['order_id']}/shipments"
                    self._web_shop.post(path, {"parcels": [parcel]})

    def sell_anonymously(self) -> None:
        """Not everybody gives a name, and the sale counts all the same."""
        self._sell(GINZA, "anonymous-1", ("SCENT-50-CEDAR",), 2, None)

    def _sell(
        self,
        place: Place,
        ref: str,
        skus: Sequence[str],
        days_ago: int,
        claim: Mapping[str, Any] | None,
    ) -> dict[str, Any]:
        client = self._till if place.channel == "shop" else self._web_shop
        return client.post(
            "/v1/orders",
            {
                "source": place.source,
                "external_ref": f"demo-{ref}",
                "channel": place.channel,
                **({"store": place.store} if place.store else {}),
                "country": place.country,
                "currency": place.currency,
                "placed_at": self._local(days_ago, place),
                "time_zone": place.time_zone,
                "lines": [
                    {
                        "sku": sku,
                        "description": ARTICLES[sku].description,
                        "category": ARTICLES[sku].category,
                        "quantity": 1,
                        "unit_price_minor": ARTICLES[sku].prices[place.currency],
                    }
                    for sku in skus
                ],
                **({"customer": dict(claim)} if claim else {}),
            },
        )

    def _bring_back(self, order: Mapping[str, Any]) -> None:
        self._web_shop.post(
            "/v1/returns",
            {
                "source": WEB_FRANCE.source,
                "external_ref": "demo-return-1",
                "order_id": order["order_id"],
                "channel": "web",
                "country": WEB_FRANCE.country,
                "currency": order["currency"],
                "returned_at": self._local(10, WEB_FRANCE),
                "time_zone": WEB_FRANCE.time_zone,
                "reason": "another-colour",
                "lines": [{"sku": "TOTE-S-SADDLE", "quantity": 1}],
                "refund_minor": order["total_minor"],
            },
        )

    def _local(self, days_ago: int, place: Place) -> str:
        """Noon of that day, by the clock of the place and with its offset."""
        day = self._at.astimezone(ZoneInfo(place.time_zone)) - timedelta(days=days_ago)
        return day.replace(hour=_NOON, minute=0, second=0, microsecond=0).isoformat()


_MISAKI_IN_TOKYO = {
    "source": GINZA.source,
    "external_id": "misaki",
    "channel": "shop",
    "store": GINZA.store,
    "country": "JP",
    "language": "ja",
    "full_name": "白河 美咲",
    "family_name_kana": "シラカワ",
    "given_name_kana": "ミサキ",
    "emails": ["misaki.shirakawa@example.com"],
    "phones": ["090-0147-2268"],
}
_MISAKI_IN_PARIS = {
    "source": WEB_FRANCE.source,
    "external_id": "misaki",
    "channel": "web",
    "country": "FR",
    "language": "en",
    "given_name": "Misaki",
    "family_name": "Shirakawa",
    "emails": ["misaki.shirakawa@example.com"],
}
_MISAKI_ON_THE_PHONE = {
    "source": "call-centre-new-york",
    "external_id": "caller-1",
    "channel": "phone",
    "country": "US",
    "phones": ["+81 90 0147 2268"],
}
