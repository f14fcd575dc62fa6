"""Claims that identity could not answer: encrypted, resolved later, linked, told, forgotten."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from chassis.database import Database
from chassis.ids import new_uuid
from orders.domain.references import Fact
from orders.jobs.resolve_claims import ClaimResolver
from orders.store import tables
from orders.store.claims import ClaimCipher, ClaimUnreadable, SealedClaim
from tests.orders.conftest import (
    CLAIM,
    CUSTOMER,
    OUTBOX,
    SOURCE_RECORD,
    Body,
    Place,
    Rows,
    a_return,
)

Answer = Callable[[httpx.Request], httpx.Response]
TWO_HOURS = timedelta(hours=2)


def now() -> datetime:
    return datetime.now(UTC)


def found(_request: httpx.Request) -> httpx.Response:
    answer = {"customer_id": CUSTOMER, "source_record_id": SOURCE_RECORD, "outcome": "created"}
    return httpx.Response(201, json=answer)


def out_of_reach(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("refused", request=request)


def busy(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(503, json={"type": "urn:carnet:problem:unavailable"})


def refused(_request: httpx.Request) -> httpx.Response:
    return httpx.Response(422, json={"type": "urn:carnet:problem:invalid", "detail": "anna@"})


def resolver(database: Database, cipher: ClaimCipher, answer: Answer) -> ClaimResolver:
    transport = httpx.MockTransport(answer)
    client = httpx.AsyncClient(transport=transport, base_url="http://gateway")
    return ClaimResolver(database, cipher, client)


async def told(rows: Rows, type_: str) -> list[Body]:
    return [row["payload"] for row in await rows(OUTBOX) if row["type"] == type_]


async def test_an_unanswered_claim_is_kept_encrypted_and_its_order_is_pending(
    place: Place, rows: Rows
) -> None:
    order = await place(customer=CLAIM)
    assert (order["customer"], order["customer_id"]) == ("pending", None)
    [claim] = await rows(tables.customer_claims)
    assert b"anna" not in claim["sealed"]
    assert claim["key_id"]
    [placed] = await told(rows, "order.placed.v1")
    assert placed["customer_id"] is None
    assert "anna" not in str(placed)


async def test_a_claim_is_resolved_later_linked_told_and_forgotten(
    client: httpx.AsyncClient, place: Place, database: Database, cipher: ClaimCipher, rows: Rows
) -> None:
    asked: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return found(request)

    order = await place(customer=CLAIM | {"external_id": "a/b c"})
    assert await resolver(database, cipher, answer).resolve_due(now()) == 1
    [request] = asked
    assert request.url.raw_path == b"/v1/source-records/web-fr/a%2Fb%20c"
    assert b"anna@example.com" in request.content
    assert b"external_id" not in request.content

    linked = (await client.get(f"/v1/orders/{order['order_id']}")).json()
    assert (linked["customer"], linked["customer_id"]) == ("linked", CUSTOMER)
    assert linked["source_record_id"] == SOURCE_RECORD
    assert await told(rows, "order.linked.v1") == [
        {
            "order_id": order["order_id"],
            "customer_id": CUSTOMER,
            "source_record_id": SOURCE_RECORD,
        }
    ]
    assert await rows(tables.customer_claims) == []
    assert await resolver(database, cipher, found).resolve_due(now() + TWO_HOURS) == 0


@pytest.mark.parametrize("answer", [out_of_reach, busy])
async def test_a_claim_waits_while_identity_is_away(
    place: Place, database: Database, cipher: ClaimCipher, rows: Rows, answer: Answer
) -> None:
    await place(customer=CLAIM)
    away = resolver(database, cipher, answer)
    assert await away.resolve_due(now()) == 1
    assert await away.resolve_due(now()) == 0
    [claim] = await rows(tables.customer_claims)
    assert claim["attempts"] == 1
    assert claim["next_try_at"] > now()
    assert await resolver(database, cipher, found).resolve_due(now() + TWO_HOURS) == 1
    assert await rows(tables.customer_claims) == []


async def test_a_refused_claim_is_given_up_and_says_why_without_personal_data(
    client: httpx.AsyncClient, place: Place, database: Database, cipher: ClaimCipher, rows: Rows
) -> None:
    order = await place(customer=CLAIM)
    await resolver(database, cipher, refused).resolve_due(now())
    [claim] = await rows(tables.customer_claims)
    assert (claim["next_try_at"], claim["problem"]) == (None, "urn:carnet:problem:invalid")
    after = (await client.get(f"/v1/orders/{order['order_id']}")).json()
    assert after["customer"] == "anonymous"


async def test_a_return_waits_to_be_told_until_it_is_known_whose_it_is(
    client: httpx.AsyncClient, place: Place, database: Database, cipher: ClaimCipher, rows: Rows
) -> None:
    order = await place(customer=CLAIM)
    await client.post("/v1/returns", json=a_return(order_id=order["order_id"]))
    own = a_return(external_ref="R-2", customer=CLAIM | {"external_id": "2"})
    await client.post("/v1/returns", json=own)
    assert await told(rows, "order.returned.v1") == []
    assert await resolver(database, cipher, found).resolve_due(now()) == 2
    returned = await told(rows, "order.returned.v1")
    assert [one["customer_id"] for one in returned] == [CUSTOMER, CUSTOMER]
    assert {one["order_id"] for one in returned} == {order["order_id"], None}


async def test_a_return_of_an_order_that_nobody_can_link_is_told_all_the_same(
    client: httpx.AsyncClient, place: Place, database: Database, cipher: ClaimCipher, rows: Rows
) -> None:
    order = await place(customer=CLAIM)
    await client.post("/v1/returns", json=a_return(order_id=order["order_id"]))
    await resolver(database, cipher, refused).resolve_due(now())
    [returned] = await told(rows, "order.returned.v1")
    assert returned["customer_id"] is None


def test_a_claim_opens_only_with_its_key_and_for_its_own_fact(cipher: ClaimCipher) -> None:
    one, other = new_uuid(), new_uuid()
    sealed = cipher.seal(one, b"claim")
    kept = SealedClaim(one, Fact.ORDER, cipher.key_id, sealed, 0)
    assert cipher.open(kept) == b"claim"
    for wrong in (
        SealedClaim(other, Fact.ORDER, cipher.key_id, sealed, 0),
        SealedClaim(one, Fact.ORDER, "another", sealed, 0),
        SealedClaim(one, Fact.ORDER, cipher.key_id, sealed[:-1] + bytes([sealed[-1] ^ 1]), 0),
    ):
        with pytest.raises(ClaimUnreadable):
            cipher.open(wrong)


def test_a_key_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        ClaimCipher("c2hvcnQ")


async def test_an_anonymous_sale_is_claimed_later(
    client: httpx.AsyncClient,
    place: Place,
    database: Database,
    cipher: ClaimCipher,
    rows: Rows,
) -> None:
    order = await place(channel="shop")
    url = f"/v1/orders/{order['order_id']}"
    claimed = await client.post(f"{url}/customer-claims", json={"customer": CLAIM})
    assert (claimed.status_code, claimed.json()["customer"]) == (202, "pending")
    again = await client.post(f"{url}/customer-claims", json={"customer": CLAIM})
    assert (again.status_code, again.json()["type"][-17:]) == (409, "order-claim-waits")
    await resolver(database, cipher, refused).resolve_due(now())
    assert (await client.get(url)).json()["customer"] == "anonymous"
    await client.post(f"{url}/customer-claims", json={"customer": CLAIM})
    await resolver(database, cipher, found).resolve_due(now())
    after = (await client.get(url)).json()
    assert (after["customer"], after["customer_id"]) == ("linked", CUSTOMER)
    assert [one["order_id"] for one in await told(rows, "order.linked.v1")] == [order["order_id"]]
    late = await client.post(f"{url}/customer-claims", json={"customer": CLAIM})
    assert (late.status_code, late.json()["type"][-18:]) == (409, "order-has-customer")
