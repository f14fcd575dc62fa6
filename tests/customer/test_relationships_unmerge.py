"""Facts follow merges and unmerges without being rewritten: merge, then unmerge, is identity."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from chassis.database import snapshot
from tests.customer.conftest import House

AS = {"X-Actor": "steward-1"}
FACTS = ("attribute_values", "interactions", "notes", "appointments", "relationships")
VIEWS = ("attributes", "interactions", "notes", "appointments", "relationships")
AT = "2026-03-01T10:00:00Z"


async def tell_everything(house: House, whom: dict[str, Any], number: int) -> None:
    """Tell one fact of each kind, of a customer by its id or of a source record."""
    customer_id = whom["customer_id"]
    record_id = whom.get("source_record_id")
    named = {"source_record_id": record_id} if record_id else {"customer_id": customer_id}
    base = f"/v1/customers/{customer_id}"
    other = (await house.put(f"other-{number}"))["customer_id"]
    source = {"source": "crm"}
    answers = [
        await house.http.put(
            f"{base}/attributes/children",
            json={
                **source,
                "value": number % 9,
                "purpose": "advice",
                "observed_at": f"2026-01-01T00:00:{number:02}Z",
                "source_record_id": record_id,
            },
        ),
        await house.http.post(
            "/v1/interactions",
            json={
                **named,
                **source,
                "channel": "shop",
                "begun_by": "customer",
                "at": AT,
                "external_reference": f"i-{number}",
            },
        ),
        await house.http.post(
            f"{base}/notes", json={"text": f"note {number}", "source_record_id": record_id}
        ),
        await house.http.post(
            "/v1/appointments",
            json={
                **named,
                **source,
                "store": "ginza",
                "advisor": f"a-{number}",
                "starts_at": "2027-03-01T10:00:00Z",
                "ends_at": "2027-03-01T11:00:00Z",
            },
        ),
        await house.http.post(
            "/v1/relationships",
            json={**source, "type": "sibling-of", "from": named, "to": {"customer_id": other}},
        ),
        await house.http.post(
            "/v1/relationships",
            json={**source, "type": "prescriber-of", "from": {"customer_id": other}, "to": named},
        ),
        await house.http.post(
            "/v1/relationships",
            json={
                **source,
                "type": "advised-by",
                "from": named,
                "to": {"associate": f"a-{number}"},
                "brand": "maison",
                "since": f"2026-01-{number + 1:02}",
            },
        ),
    ]
    assert {answer.status_code for answer in answers} <= {200, 201}, [a.text for a in answers]


async def seen(house: House, customer_id: str) -> dict[str, Any]:
    """Read all that is kept of a customer through the API."""
    views: dict[str, Any] = {}
    for view in VIEWS:
        answer = await house.http.get(f"/v1/customers/{customer_id}/{view}", params={"limit": 200})
        assert answer.status_code == 200, answer.text
        views[view] = answer.json()["items"]
    return views


async def rows(house: House) -> dict[str, list[Any]]:
    async with snapshot(house.database) as connection:
        return {
            table: [
                tuple(row)
                for row in await connection.execute(text(f"SELECT * FROM {table} ORDER BY id"))  # noqa: S608 - ours
            ]
            for table in FACTS
        }


async def merge(house: House, one: str, other: str) -> str:
    body = {"other_customer_id": other, "reason": "the same person"}
    answer = await house.http.post(f"/v1/customers/{one}/merge", json=body, headers=AS)
    assert answer.status_code == 200, answer.text
    return (await house.customer(one))["customer_id"]


async def unmerge(house: House, survivor: str, retired: str) -> None:
    body = {"retired_id": retired, "reason": "two persons"}
    answer = await house.http.post(f"/v1/customers/{survivor}/unmerge", json=body, headers=AS)
    assert answer.status_code == 200, answer.text


async def test_merge_then_unmerge_is_identity_and_rewrites_no_fact(house: House) -> None:
    one, other = await house.put("1"), await house.put("2")
    for number, whom in enumerate((one, other)):
        await tell_everything(house, whom, 2 * number)
        await tell_everything(house, {"customer_id": whom["customer_id"]}, 2 * number + 1)
    ids = one["customer_id"], other["customer_id"]
    before = [await seen(house, customer_id) for customer_id in ids]
    kept = await rows(house)

    survivor = await merge(house, *ids)
    together = await seen(house, survivor)
    assert await rows(house) == kept
    await unmerge(house, survivor, ids[1] if survivor == ids[0] else ids[0])

    assert [await seen(house, customer_id) for customer_id in ids] == before
    assert await rows(house) == kept
    assert len(together["attributes"][0]["history"]) == 4
    assert together["attributes"][0]["in_force"]["value"] == 3
    for view in VIEWS[1:]:
        assert len(together[view]) == len(before[0][view]) + len(before[1][view])
    advice = [item for item in together["relationships"] if item["type"] == "advised-by"]
    assert [item["in_force"] for item in advice] == [True, False, False, False]


async def test_what_is_told_in_between_follows_its_record_or_the_id_it_was_told_with(
    house: House,
) -> None:
    one, other = await house.put("1"), await house.put("2")
    survivor = await merge(house, one["customer_id"], other["customer_id"])
    retired = next(whom["customer_id"] for whom in (one, other) if whom["customer_id"] != survivor)
    moved = one if one["customer_id"] == retired else other
    await tell_everything(house, {"customer_id": survivor}, 0)
    await tell_everything(house, {"customer_id": retired}, 1)
    await tell_everything(house, {**moved, "customer_id": survivor}, 2)

    await unmerge(house, survivor, retired)

    for customer_id, facts in ((survivor, 1), (retired, 2)):
        views = await seen(house, customer_id)
        assert len(views["attributes"][0]["history"]) == facts
        assert [len(views[view]) for view in VIEWS[1:]] == [facts, facts, facts, 3 * facts]
        assert {item["customer_id"] for item in views["interactions"]} == {customer_id}


async def test_two_ends_that_came_to_be_one_hide_their_relationship_until_they_part(
    house: House,
) -> None:
    one = (await house.put("1"))["customer_id"]
    other = (await house.put("2"))["customer_id"]
    body = {
        "type": "referrer-of",
        "from": {"customer_id": one},
        "to": {"customer_id": other},
        "source": "crm",
    }
    await house.http.post("/v1/relationships", json=body)

    survivor = await merge(house, one, other)
    hidden = (await seen(house, survivor))["relationships"]
    await unmerge(house, survivor, other if survivor == one else one)

    assert hidden == []
    assert len((await seen(house, one))["relationships"]) == 1


async def test_an_event_tells_what_its_fact_hangs_on(house: House) -> None:
    one, other = await house.put("1"), await house.put("2")
    survivor = await merge(house, one["customer_id"], other["customer_id"])
    retired = next(w["customer_id"] for w in (one, other) if w["customer_id"] != survivor)

    await tell_everything(house, {"customer_id": retired}, 0)
    await tell_everything(house, {**one, "customer_id": survivor}, 1)

    told = [
        event
        for kind, *_, event in await house.events()
        if kind in {"interaction.recorded.v1", "customer.attribute-changed.v1"}
    ]
    assert {event["customer_id"] for event in told} == {survivor}
    assert {(event["told_customer_id"], event["source_record_id"]) for event in told} == {
        (retired, None),
        (None, one["source_record_id"]),
    }


@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    pairs=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=4),
    turn=st.integers(0, 10**6),
)
async def test_any_merges_undone_in_reverse_are_identity(
    house: House, pairs: list[tuple[int, int]], turn: int
) -> None:
    puts = [await house.put(f"{turn}-{n}", source="prop") for n in range(4)]
    for n, put in enumerate(puts):
        body = {
            "source": "crm",
            "channel": "shop",
            "begun_by": "house",
            "at": AT,
            "external_reference": f"{put['customer_id']}-{n}",
        }
        named = "customer_id" if n % 2 else "source_record_id"
        await house.http.post("/v1/interactions", json=body | {named: put[named]})
    ids = [put["customer_id"] for put in puts]
    before = [await seen(house, customer_id) for customer_id in ids]
    done: list[tuple[str, str]] = []
    for one, other in pairs:
        left = (await house.customer(ids[one]))["customer_id"]
        right = (await house.customer(ids[other]))["customer_id"]
        if left != right:
            survivor = await merge(house, left, right)
            done.append((survivor, right if survivor == left else left))

    for survivor, retired in reversed(done):
        await unmerge(house, survivor, retired)

    assert [await seen(house, customer_id) for customer_id in ids] == before
