"""A house of two regions: Japan, closed to Europe, and a client of a till in Paris."""

from typing import Any

import httpx
import pytest

from chassis.principal import HEADER, Principal, PrincipalSigner
from tests.customer.conftest import SCOPES, House


@pytest.fixture
def paris(principal_keys: tuple[str, str]) -> dict[str, str]:
    """Give the headers of another client than the one that told everything."""
    token = PrincipalSigner(principal_keys[0]).sign(Principal("till-paris", SCOPES))
    return {HEADER: token}


async def lay_down(house: House, path: str, body: dict[str, Any]) -> None:
    answer = await house.http.put(f"/v1/{path}", json=body)
    assert answer.status_code == 200, answer.text


async def in_europe(house: House, role: str = "till") -> None:
    await lay_down(house, "client-regions/till-paris", {"region": "EU", "role": role})


async def closed(house: House) -> None:
    """Close Japan to Europe: there is a basis for another region alone."""
    await lay_down(house, "region-policies/JP/US", {"basis": "standard-clauses"})


async def recognised(house: House, **fields: str) -> None:
    """Let tills of other regions recognise customers of Japan by some fields."""
    await lay_down(house, "field-policies/till/JP/recognition", {"fields": fields})


async def get(house: House, headers: dict[str, str], path: str) -> httpx.Response:
    return await house.http.get(f"/v1/{path}", headers=headers)


async def post(house: House, headers: dict[str, str], path: str, **body: Any) -> httpx.Response:
    return await house.http.post(f"/v1/{path}", json=body, headers=headers)


async def merged(house: House, *customer_ids: str) -> str:
    """Make two customers one by a person's word; give the survivor."""
    body = {"other_customer_id": customer_ids[1], "reason": "same passport"}
    answer = await house.http.post(f"/v1/customers/{customer_ids[0]}/merge", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()["survivor_id"]


def slug(answer: httpx.Response) -> str:
    """Give the last word of a problem's type."""
    return answer.json()["type"].rpartition(":")[2]
