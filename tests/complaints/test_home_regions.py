"""A client of a region reads and answers complaints at home where it may read, and no others."""

from collections.abc import Awaitable, Callable

import httpx
import pytest

from chassis.principal import HEADER, Principal, PrincipalSigner
from chassis.purview import Purview
from tests.complaints.conftest import CUSTOMER
from tests.complaints.test_listing import file

EU_ONLY = Purview.of_document({"complaints": {"only": ["EU"]}})
ANSWER = {"kind": "answer", "text": "We are sorry.", "by": "agent-7"}
RESOLUTION = {"resolution": "apology", "text": "We are sorry.", "by": "agent-7"}

Send = Callable[..., Awaitable[httpx.Response]]


@pytest.fixture
def paris(client: httpx.AsyncClient, principal_keys: tuple[str, str]) -> Send:
    """Send a request as an agent in Paris, to whom only Europe is open."""
    scopes = frozenset({"complaints:read", "complaints:write"})
    token = PrincipalSigner(principal_keys[0]).sign(Principal("paris", scopes, EU_ONLY))

    async def send(method: str, path: str, body: object = None) -> httpx.Response:
        return await client.request(method, path, json=body, headers={HEADER: token})

    return send


async def test_a_complaint_is_closed_with_its_home_region(
    client: httpx.AsyncClient, paris: Send
) -> None:
    statuses: dict[str, list[int]] = {}
    for region in ("EU", "JP"):
        path = f"/v1/complaints/{await file(client, home_region=region)}"
        sent = [
            await paris("GET", path),
            await paris("POST", f"{path}/answers", ANSWER),
            await paris("POST", f"{path}/resolve", RESOLUTION),
        ]
        statuses[region] = [one.status_code for one in sent]

    assert statuses == {"EU": [200, 201, 200], "JP": [403] * 3}
    assert (await client.get(path)).json()["status"] == "routed"


async def test_lists_leave_out_what_is_closed(client: httpx.AsyncClient, paris: Send) -> None:
    kept = await file(client, home_region="EU", customer_id=CUSTOMER)
    await file(client, home_region="JP", customer_id=CUSTOMER)
    await file(client, home_region=None, country="JP")

    for path in ("/v1/complaints", f"/v1/complaints?customer_id={CUSTOMER}"):
        items = (await paris("GET", path)).json()["items"]
        assert [one["complaint_id"] for one in items] == [kept]
    assert len((await client.get("/v1/complaints")).json()["items"]) == 3


async def test_what_is_not_there_is_not_found(paris: Send) -> None:
    answer = await paris("GET", "/v1/complaints/cmp_01jzq3v5c8e7m9r2t4w6y8a0bf")

    assert answer.status_code == 404
