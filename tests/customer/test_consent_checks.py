"""Communication checks: when the house may write, and every reason why not."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from chassis.database import snapshot
from chassis.global_ids import new_global_id
from customer.domain.communication import (
    Address,
    Reached,
    Reason,
    SuppressionReason,
    reasons_against,
)
from customer.domain.consents import ConsentChannel
from tests.customer.conftest import House
from tests.customer.erasing import erase

NOW = datetime(2026, 3, 1, tzinfo=UTC)


async def check(house: House, customer_id: str, **fields: Any) -> list[str]:
    body = {"purpose": "marketing", "channel": "email", **fields}
    answer = await house.http.post(f"/v1/customers/{customer_id}/communication-checks", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["allowed"] == (answer.json()["reasons"] == [])
    return answer.json()["reasons"]


async def decide(house: House, customer_id: str, decision: str = "granted", **fields: Any) -> None:
    body = {
        "purpose": "marketing",
        "source": "till",
        "basis": "legitimate-interest",
        "decision": decision,
        **fields,
    }
    answer = await house.http.post(f"/v1/customers/{customer_id}/consents", json=body)
    assert answer.status_code == 201, answer.text


async def somebody(house: House, **fields: Any) -> str:
    told: dict[str, Any] = {"emails": ["aiko@example.com"], "phones": ["+33612345678"], **fields}
    return (await house.put("1", **told))["customer_id"]


async def suppress(house: House, address: str, reason: str = "asked", **fields: Any) -> None:
    kind = "email" if "@" in address else "phone"
    body = {"kind": kind, "address": address, "reason": reason, **fields}
    answer = await house.http.post("/v1/suppressions", json=body)
    assert answer.status_code == 204, answer.text


async def test_marketing_needs_a_consent_and_a_sale_does_not(house: House) -> None:
    customer_id = await somebody(house)

    assert await check(house, customer_id) == ["consent-missing"]
    assert await check(house, customer_id, purpose="transactional.delivery") == []


async def test_a_granted_consent_opens_its_channel_alone(house: House) -> None:
    customer_id = await somebody(house)

    await decide(house, customer_id, channel="email")

    assert await check(house, customer_id) == []
    assert await check(house, customer_id, channel="sms") == ["consent-missing"]
    assert await check(house, customer_id, purpose="profiling") == ["consent-missing"]


@pytest.mark.parametrize("decision", ["refused", "withdrawn"])
async def test_a_no_is_a_no_also_to_a_transactional_purpose(house: House, decision: str) -> None:
    customer_id = await somebody(house)

    await decide(house, customer_id, decision)
    await decide(house, customer_id, decision, purpose="transactional.sms", channel="sms")

    assert await check(house, customer_id) == [f"consent-{decision}"]
    refused = await check(house, customer_id, purpose="transactional.sms", channel="sms")
    assert refused == [f"consent-{decision}"]


async def test_a_consent_for_a_time_ends_with_it(house: House) -> None:
    customer_id = await somebody(house)

    await decide(
        house,
        customer_id,
        decided_at="2020-01-01T00:00:00Z",
        valid_until="2021-01-01T00:00:00Z",
    )

    assert await check(house, customer_id) == ["consent-expired"]


async def test_there_must_be_an_address_and_it_must_be_theirs(house: House) -> None:
    customer_id = await somebody(house, phones=[])
    await decide(house, customer_id)

    assert await check(house, customer_id, channel="sms") == ["no-usable-address"]
    assert await check(house, customer_id, channel="post") == ["no-usable-address"]
    assert await check(house, customer_id, channel="line") == []
    assert await check(house, customer_id, address="Aiko@EXAMPLE.com") == []
    assert await check(house, customer_id, address="b@example.com") == ["address-not-theirs"]


async def test_nobody_under_age_is_marketed_to(house: House) -> None:
    birthday = datetime.now(UTC).date() - timedelta(days=17 * 365)
    customer_id = await somebody(house, birth_date=birthday.isoformat())
    await decide(house, customer_id)

    assert await check(house, customer_id) == ["minor"]
    assert await check(house, customer_id, purpose="transactional") == []


async def test_a_suppressed_address_is_not_written_to_but_another_one_is(house: House) -> None:
    customer_id = await somebody(house)
    await decide(house, customer_id)

    await suppress(house, "AIKO@example.com")

    assert await check(house, customer_id) == ["suppressed"]
    assert await check(house, customer_id, channel="sms") == []
    assert await check(house, customer_id, purpose="transactional") == []
    await house.put("1", emails=["aiko@example.com", "aiko.work@example.com"])
    assert await check(house, customer_id) == []
    assert await check(house, customer_id, address="aiko@example.com") == ["suppressed"]


async def test_a_bounced_address_is_not_written_to_at_all(house: House) -> None:
    customer_id = await somebody(house)

    await suppress(house, "aiko@example.com", "bounced")
    await suppress(house, "aiko@example.com", "asked")

    assert await check(house, customer_id, purpose="transactional") == ["suppressed"]
    lifted = await house.http.post(
        "/v1/suppressions/lift", json={"kind": "email", "address": "aiko@example.com"}
    )
    assert lifted.status_code == 204
    assert await check(house, customer_id, purpose="transactional") == []


async def test_a_suppression_may_be_about_one_purpose(house: House) -> None:
    customer_id = await somebody(house)
    await decide(house, customer_id)
    await decide(house, customer_id, purpose="survey")

    await suppress(house, "+33 6 12 34 56 78", purpose="survey")

    assert await check(house, customer_id, channel="sms", purpose="survey") == ["suppressed"]
    assert await check(house, customer_id, channel="sms") == []


async def test_the_suppression_list_holds_no_address(house: House) -> None:
    await suppress(house, "aiko@example.com")

    async with snapshot(house.database) as connection:
        [row] = await connection.execute(text("SELECT * FROM suppressions"))

    assert "aiko" not in str(row)
    assert len(row.address_hash) == 32


async def test_a_no_outlives_the_erasure_of_who_said_it(house: House) -> None:
    customer_id = await somebody(house)
    await decide(house, customer_id, "withdrawn", channel="email")
    await erase(house, customer_id)
    back = await house.put("9", emails=["aiko@example.com"], phones=["+33612345678"])
    await decide(house, back["customer_id"])

    assert await check(house, back["customer_id"]) == ["suppressed"]
    assert await check(house, back["customer_id"], channel="sms") == []


async def test_a_brand_is_agreed_to_alone_and_the_house_for_all_brands(house: House) -> None:
    customer_id = await somebody(house)
    await decide(house, customer_id, brand="atelier", decided_at="2026-03-01T10:00:00Z")
    alone = await check(house, customer_id, brand="atelier")
    other = await check(house, customer_id, brand="maison")
    whole = await check(house, customer_id)

    await decide(house, customer_id, "withdrawn", decided_at="2026-03-02T10:00:00Z")

    assert (alone, other, whole) == ([], ["consent-missing"], ["consent-missing"])
    assert await check(house, customer_id, brand="atelier") == ["consent-withdrawn"]
    told = [body for kind, *_, body in await house.events() if kind == "consent.changed.v1"]
    assert [(body["brand"], body["decision"]) for body in told] == [
        ("atelier", "granted"),
        ("atelier", "withdrawn"),
        ("house", "withdrawn"),
    ]


async def test_a_records_consents_are_its_brands(house: House) -> None:
    known = await house.put(
        "1",
        brand="atelier",
        legal_entity="Atelier SA",
        home_region="EU",
        consents=[{"purpose": "marketing", "decision": "refused"}],
    )

    consents = (await house.http.get(f"/v1/customers/{known['customer_id']}/consents")).json()

    [kept] = consents["history"]
    assert (kept["brand"], kept["legal_entity"]) == ("atelier", "Atelier SA")
    assert kept["home_region"] == "EU"


async def test_a_campaign_is_checked_at_once_in_its_order(house: House) -> None:
    yes = (await house.put("1", emails=["a@example.com"]))["customer_id"]
    no = (await house.put("2", emails=["b@example.com"]))["customer_id"]
    nobody = new_global_id()
    await decide(house, yes)
    body = {
        "customer_ids": [no, nobody, yes, yes],
        "purpose": "marketing",
        "channel": "email",
    }

    answer = await house.http.post("/v1/customers/communication-checks", json=body)

    assert [(one["allowed"], one["reasons"]) for one in answer.json()["items"]] == [
        (False, ["consent-missing"]),
        (False, ["customer-unknown"]),
        (True, []),
        (True, []),
    ]
    assert answer.json()["items"][2]["consent"]["decision"] == "granted"


@pytest.mark.parametrize(
    "body",
    [
        {"purpose": "marketing", "channel": "fax"},
        {"purpose": "", "channel": "email"},
        {"purpose": "marketing", "channel": "email", "address": "nobody"},
        {"purpose": "marketing", "channel": "sms", "address": "0612345678"},
    ],
)
async def test_a_check_that_cannot_be_made_is_refused(house: House, body: dict[str, str]) -> None:
    customer_id = await somebody(house)

    path = f"/v1/customers/{customer_id}/communication-checks"
    assert (await house.http.post(path, json=body)).status_code == 422


@pytest.mark.parametrize("count", [0, 501])
async def test_a_campaign_has_one_to_five_hundred_customers(house: House, count: int) -> None:
    body = {"customer_ids": [new_global_id()] * count, "purpose": "a", "channel": "email"}

    answer = await house.http.post("/v1/customers/communication-checks", json=body)

    assert answer.status_code == 422


async def test_a_check_of_nobody_is_unknown(house: House) -> None:
    path = f"/v1/customers/{new_global_id()}/communication-checks"
    answer = await house.http.post(path, json={"purpose": "marketing", "channel": "email"})

    assert answer.status_code == 404


def test_every_reason_is_told_at_once() -> None:
    suppressed = frozenset({("*", SuppressionReason.BOUNCED)})
    reached = Reached(
        state=None,
        birth_date=date(2010, 3, 2),
        has_postal_address=False,
        addresses=(Address("a@example.com", suppressed),),
    )

    reasons = reasons_against(
        reached, "marketing", ConsentChannel.EMAIL, asked_address=None, now=NOW
    )

    assert reasons == [Reason.CONSENT_MISSING, Reason.MINOR, Reason.SUPPRESSED]


@pytest.mark.parametrize(("born", "minor"), [("2008-03-01", False), ("2008-03-02", True)])
def test_who_is_eighteen_today_is_of_age(born: str, minor: bool) -> None:  # noqa: FBT001 - a table
    reached = Reached(None, date.fromisoformat(born), has_postal_address=True)

    reasons = reasons_against(
        reached, "marketing", ConsentChannel.POST, asked_address=None, now=NOW
    )

    assert (Reason.MINOR in reasons) is minor
