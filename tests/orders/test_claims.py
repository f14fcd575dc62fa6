"""Claims that identity could not answer: encrypted, resolved later, linked, told, forgotten."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from chassis.database import Database
from chassis.ids import new_uuid
from chassis.principal import HEADER, Principal, PrincipalSigner
from chassis.purview import Purview
from orders.domain.references import Fact
from orders.jobs.resolve_claims import ClaimResolver
from orders.store import tables
from orders.store.claims import ClaimCipher, ClaimUnreadable, SealedClaim
from orders.use_cases.forget_let_go import forget_refused_claims
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


def refused_fields(_request: httpx.Request) -> httpx.Response:
    told = [{"field": name} for name in ("emails.0", "phones", "anna@example.com", "x y")]
    problem = {"type": "urn:carnet:problem:invalid", "detail": "anna@", "errors": told}
    return httpx.Response(422, json=problem)


async def claimed(client: httpx.AsyncClient, order: Body) -> tuple[int, Body]:
    answer = await client.get(f"/v1/orders/{order['order_id']}/customer-claims")
    return answer.status_code, answer.json()


async def test_who_claimed_a_sale_reads_what_became_of_it(
    client: httpx.AsyncClient, place: Place, database: Database, cipher: ClaimCipher
) -> None:
    order = await place(channel="shop")
    url = f"/v1/orders/{order['order_id']}/customer-claims"
    seen = [await claimed(client, order)]
    sent = await client.post(url, json={"customer": CLAIM})
    seen.append(await claimed(client, order))
    await resolver(database, cipher, busy).resolve_due(now())
    seen.append(await claimed(client, order))
    await resolver(database, cipher, refused_fields).resolve_due(now() + TWO_HOURS)
    seen.append(await claimed(client, order))
    await client.post(url, json={"customer": CLAIM})
    seen.append(await claimed(client, order))
    await resolver(database, cipher, found).resolve_due(now() + TWO_HOURS)
    seen.append(await claimed(client, order))

    assert sent.headers["Location"] == url
    assert [status for status, _ in seen] == [404, 200, 200, 200, 200, 200]
    assert seen[0][1]["type"] == "urn:carnet:problem:order-not-claimed"
    states = [(one["state"], one["attempts"], one["reason"]) for _, one in seen[1:]]
    assert states == [
        ("pending", 0, None),
        ("pending", 1, "status 503"),
        ("refused", 2, "urn:carnet:problem:invalid"),
        ("pending", 0, None),
        ("linked", None, None),
    ]
    refused_one = seen[3][1]
    assert refused_one["fields"] == ["emails.0", "phones"]
    assert (refused_one["next_try_at"], refused_one["ended_at"] is None) == (None, False)
    assert "anna" not in str(seen)


async def test_an_order_that_was_told_with_an_id_was_not_claimed(
    client: httpx.AsyncClient, place: Place
) -> None:
    status, problem = await claimed(client, await place(customer_id=CUSTOMER))
    assert (status, problem["type"][-17:]) == (404, "order-not-claimed")


async def test_a_claim_of_who_was_erased_says_so(
    client: httpx.AsyncClient, place: Place, database: Database, cipher: ClaimCipher
) -> None:
    order = await place(customer=CLAIM)
    gone = resolver(database, cipher, lambda _request: httpx.Response(410, json={}))
    await gone.resolve_due(now())
    status, claim = await claimed(client, order)
    assert (status, claim["state"], claim["claimed_at"]) == (200, "erased", None)


async def test_a_claim_of_a_closed_region_is_not_told(
    client: httpx.AsyncClient, place: Place, principal_keys: tuple[str, str]
) -> None:
    order = await place(customer=CLAIM, home_region="JP")
    purview = Purview.of_document({"purchases": {"all_but": ["JP"]}})
    paris = Principal("paris", frozenset({"orders:read"}), purview)
    client.headers[HEADER] = PrincipalSigner(principal_keys[0]).sign(paris)
    status, problem = await claimed(client, order)
    assert (status, problem["type"][-18:]) == (403, "home-region-closed")


async def test_what_a_refused_claim_says_is_forgotten_after_a_month_and_why_is_not(
    client: httpx.AsyncClient, place: Place, database: Database, cipher: ClaimCipher, rows: Rows
) -> None:
    given_up = await place(channel="shop", customer=CLAIM)
    await resolver(database, cipher, refused).resolve_due(now())
    await place(external_ref="2", channel="shop", customer=CLAIM)
    forgotten = [
        await forget_refused_claims(database, now=now() + timedelta(days=days))
        for days in (29, 31, 31)
    ]
    assert forgotten == [0, 1, 0]
    sealed = [row["sealed"] for row in await rows(tables.customer_claims)]
    assert sorted(len(each) > 0 for each in sealed) == [False, True]
    _, claim = await claimed(client, given_up)
    assert (claim["state"], claim["reason"]) == ("refused", "urn:carnet:problem:invalid")
