"""Batches: a result for each record, and bad ones spoil nothing."""

from typing import Any

from tests.customer.conftest import House

BATCH = "/v1/source-records/batch"


def item(number: object, **fields: Any) -> dict[str, Any]:
    return {
        "source": "crm",
        "external_id": str(number),
        "channel": "import",
        "country": "FR",
        **fields,
    }


async def test_each_record_has_a_result_in_its_place(house: House) -> None:
    answer = await house.http.post(
        BATCH,
        json=[
            item(1, emails=["a@example.com"]),
            item(2, country=None),
            "not a record",
            item(3, birth_date=19900101),
            item(4, emails=["a@example.com"], phones=["12"]),
            {"external_id": "5"},
        ],
    )

    assert answer.status_code == 200
    items = answer.json()
    assert [one["index"] for one in items] == [0, 1, 2, 3, 4, 5]
    assert [one["status"] for one in items] == [200, 422, 422, 422, 200, 422]
    assert items[0]["result"]["customer_id"] == items[4]["result"]["customer_id"]
    assert items[1]["problem"]["errors"][0]["field"] == "country"
    assert items[3]["problem"]["errors"][0]["field"] == "birth_date"
    assert items[4]["result"]["flags"][0]["field"] == "phones.0"
    assert await house.count("source_records") == 2


async def test_a_batch_sent_twice_changes_nothing(house: House) -> None:
    batch = [item(number, emails=[f"p{number % 150}@example.com"]) for number in range(300)]
    await house.http.post(BATCH, json=batch)
    events = await house.count("outbox")

    again = await house.http.post(BATCH, json=batch)

    assert {one["result"]["outcome"] for one in again.json()} == {"unchanged"}
    assert await house.count("outbox") == events
    assert await house.count("customers") == 150


async def test_a_batch_answers_as_one_by_one_does(house: House) -> None:
    records = [
        item(1, emails=["a@example.com"], given_name="Anna"),
        item(2, phones=["0612345678"]),
        item(1, emails=["a@example.com"], given_name="Hanna"),
        item(3, phones=["0612345678"], emails=["a@example.com"]),
        item(3, phones=["0612345678"], emails=["a@example.com"]),
        item(4, phones=["0612345678"], given_name="Paul", family_name="Schmidt"),
    ]

    together = (await house.http.post(BATCH, json=records)).json()

    outcomes = [one["result"]["outcome"] for one in together]
    assert outcomes == ["created", "created", "updated", "merged", "unchanged", "created"]
    assert [one["result"]["customer_id"] for one in together[:5]] == [
        together[0]["result"]["customer_id"]
    ] * 5


async def test_a_batch_has_a_size(house: House) -> None:
    empty = await house.http.post(BATCH, json=[])
    large = await house.http.post(BATCH, json=[item(number) for number in range(501)])

    assert empty.status_code == large.status_code == 422
    assert await house.count("source_records") == 0


async def test_a_batch_of_records_with_many_identifiers_is_taken(house: House) -> None:
    batch = [
        item(
            number,
            emails=[f"p{number}-{turn}@example.com" for turn in range(20)],
            phones=[f"+3361{number:03}{turn:04}" for turn in range(11, 31)],
            cards=[f"CARD-{number}-{turn}" for turn in range(20)],
        )
        for number in range(100)
    ]

    answer = await house.http.post(BATCH, json=batch)

    assert {one["status"] for one in answer.json()} == {200}
    assert await house.count("identifiers") == 6000
    assert await house.count("customers") == 100
