"""Merging customers: who survives, where the others lead, and what is announced."""

from tests.customer.conftest import House


async def test_the_older_id_survives_and_the_retired_one_answers_for_ever(house: House) -> None:
    older = await house.put("1", emails=["a@example.com"], given_name="Anna")
    younger = await house.put("2", phones=["+33612345678"], family_name="Rossi")

    answer = await house.put("3", emails=["a@example.com"], phones=["+33612345678"])

    assert answer["outcome"] == "merged"
    assert answer["matched_on"] == ["email", "phone"]
    assert answer["customer_id"] == older["customer_id"]
    retired = await house.customer(younger["customer_id"])
    assert retired["customer_id"] == older["customer_id"]
    assert retired["retired_id"] == younger["customer_id"]
    assert (retired["given_name"], retired["family_name"]) == ("Anna", "Rossi")
    alias = (await house.http.get(f"/v1/aliases/{younger['customer_id']}")).json()
    assert alias["customer_id"] == older["customer_id"]
    assert alias["retired_at"] is not None


async def test_a_current_id_leads_to_itself(house: House) -> None:
    answer = await house.put("1")

    alias = (await house.http.get(f"/v1/aliases/{answer['customer_id']}")).json()

    assert alias == {
        "customer_id": answer["customer_id"],
        "retired_id": None,
        "retired_at": None,
    }


async def test_a_chain_of_merges_leads_to_its_end_in_one_step(house: House) -> None:
    first = await house.put("1", cards=["CARD-1"])
    second = await house.put("2", cards=["CARD-2"])
    third = await house.put("3", cards=["CARD-3"])
    await house.put("4", cards=["CARD-2", "CARD-3"])

    await house.put("5", cards=["CARD-1", "CARD-3"])

    for retired in (second, third):
        alias = (await house.http.get(f"/v1/aliases/{retired['customer_id']}")).json()
        assert alias["customer_id"] == first["customer_id"]


async def test_a_merge_is_announced_with_the_records_of_the_retired(house: House) -> None:
    older = await house.put("1", emails=["a@example.com"])
    younger = await house.put("2", phones=["+33612345678"])
    other = await house.put("3", phones=["+33612345678"])

    await house.put("4", emails=["a@example.com"], phones=["+33612345678"])

    kinds = [kind for kind, *_ in await house.events()]
    assert kinds[-2:] == ["customer.merged.v1", "customer.updated.v1"]
    _, key, sequence, event = (await house.events())[-2]
    assert key == event["retired_id"] == younger["customer_id"]
    assert event["survivor_id"] == older["customer_id"]
    assert sequence == 3
    assert sorted(event["source_record_ids"]) == sorted(
        [younger["source_record_id"], other["source_record_id"]]
    )


async def test_the_record_that_moves_itself_is_told_among_the_retired_ones_records(
    house: House,
) -> None:
    await house.put("1", emails=["a@example.com"])
    moved = await house.put("2", phones=["+33612345678"])

    await house.put("2", emails=["a@example.com"])

    merged = [event for kind, *_, event in await house.events() if kind == "customer.merged.v1"]
    assert merged[0]["source_record_ids"] == [moved["source_record_id"]]


async def test_events_carry_ids_and_no_contact_data(house: House) -> None:
    await house.put("1", emails=["secret@example.com"], given_name="Secretia")
    await house.put("2", phones=["+33612345678"])
    await house.put("3", emails=["secret@example.com"], phones=["+33612345678"])

    told = str(await house.events()).lower()

    assert "secret" not in told
    assert "612345678" not in told


async def test_sequences_of_a_customer_count_up(house: House) -> None:
    answers = [await house.put(str(number), cards=["CARD-1"]) for number in range(4)]

    told = [(key, sequence) for _, key, sequence, _ in await house.events()]
    assert told == [(answers[0]["customer_id"], sequence) for sequence in (1, 2, 3, 4)]


async def test_merges_within_a_batch_are_like_merges_one_by_one(house: House) -> None:
    base = {"channel": "shop", "country": "FR", "source": "till"}
    items = [
        {**base, "external_id": "1", "cards": ["CARD-1"]},
        {**base, "external_id": "2", "cards": ["CARD-2"]},
        {**base, "external_id": "3", "cards": ["CARD-3"]},
        {**base, "external_id": "4", "cards": ["CARD-2", "CARD-3"]},
        {**base, "external_id": "5", "cards": ["CARD-1", "CARD-3"]},
    ]

    answer = await house.http.post("/v1/source-records/batch", json=items)

    results = [item["result"] for item in answer.json()]
    assert len({result["customer_id"] for result in results}) == 1
    merged = [event for kind, *_, event in await house.events() if kind == "customer.merged.v1"]
    assert [len(event["source_record_ids"]) for event in merged] == [1, 3]
    records = (
        await house.http.get(f"/v1/customers/{results[0]['customer_id']}/source-records")
    ).json()
    assert len(records["items"]) == 5
    for event in merged:
        alias = (await house.http.get(f"/v1/aliases/{event['retired_id']}")).json()
        assert alias["customer_id"] == results[0]["customer_id"]
