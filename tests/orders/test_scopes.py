"""What holds for the whole house is kept by its steward, and by no till."""

import pytest

from tests.orders.conftest import MakeClient

HOUSE = [
    ("PUT", "/v1/message-templates/confirmed/fr"),
    ("PUT", "/v1/webhook-endpoints/shopify-1"),
    ("DELETE", "/v1/webhook-endpoints/shopify-1"),
    ("PUT", "/v1/warranty-terms/bags"),
    ("PUT", "/v1/delivery-zones/paris"),
    ("DELETE", "/v1/delivery-zones/paris"),
]


@pytest.mark.parametrize(("method", "path"), HOUSE)
async def test_a_till_does_not_change_what_holds_for_the_house(
    make_client: MakeClient, method: str, path: str
) -> None:
    till, steward = make_client("orders:read", "orders:write"), make_client("orders:steward")
    refused = await till.request(method, path, json={})
    assert refused.status_code == 403
    assert "orders:steward" in refused.json()["detail"]
    assert (await steward.request(method, path, json={})).status_code != 403
