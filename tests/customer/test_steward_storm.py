"""Stewards and tills all at once: whatever they do to each other, the book stays whole."""

import asyncio
from random import Random

import pytest
from sqlalchemy import text

from tests.customer.conftest import House

PEOPLE = 6
WORKERS = 6
ACTS = 12
WRONG = {
    "records of retired customers": """
        SELECT r.id FROM source_records r JOIN customers c ON c.id = r.customer_id
        WHERE c.retired_at IS NOT NULL""",
    "aliases that lead to retired customers, or from present ones": """
        SELECT a.retired_id FROM customer_aliases a
        JOIN customers s ON s.id = a.survivor_id JOIN customers r ON r.id = a.retired_id
        WHERE s.retired_at IS NOT NULL OR r.retired_at IS NULL""",
    "retired customers without an alias": """
        SELECT id FROM customers WHERE retired_at IS NOT NULL
        AND id NOT IN (SELECT retired_id FROM customer_aliases)""",
    "customers without a record": """
        SELECT id FROM customers WHERE retired_at IS NULL
        AND id NOT IN (SELECT customer_id FROM source_records)""",
    "sequences told twice": """
        SELECT aggregateid FROM outbox GROUP BY aggregateid, sequence HAVING count(*) > 1""",
    "live candidates whose judgements are of other customers": """
        SELECT c.id FROM match_candidates c
        JOIN match_candidate_judgements cj ON cj.candidate_id = c.id
        JOIN judgements j ON j.id = cj.judgement_id
        JOIN source_records l ON l.id = j.left_id JOIN source_records r ON r.id = j.right_id
        WHERE c.status IN ('open', 'skipped')
        AND (least(l.customer_id, r.customer_id), greatest(l.customer_id, r.customer_id))
            <> (c.left_customer_id, c.right_customer_id)""",
}


@pytest.mark.parametrize("seed", [1, 2])
async def test_the_book_stays_whole_under_merges_unmerges_splits_and_tills(
    house: House, seed: int
) -> None:
    answers = [
        await house.put(str(n), cards=[f"CARD-{n}"], phones=["+33612345678"], given_name=name)
        for n, name in enumerate(("Anna", "Paul", "Kenji", "Olga", "Uma", "Bert"))
    ]
    ids = [answer["customer_id"] for answer in answers]
    records = [answer["source_record_id"] for answer in answers]

    async def work(worker: int) -> set[int]:
        random = Random(f"{seed}-{worker}")
        statuses: set[int] = set()
        for turn in range(ACTS):
            one, other = random.sample(ids, 2)
            path = f"/v1/customers/{one}"
            act = random.choice(("merge", "merge", "unmerge", "split", "put", "put"))
            if act == "put":
                cards = [f"CARD-{number}" for number in random.sample(range(PEOPLE), 2)]
                body = {"channel": "shop", "country": "FR", "cards": cards}
                answer = await house.http.put(f"/v1/source-records/w{worker}/{turn}", json=body)
            else:
                body = {
                    "merge": {"other_customer_id": other},
                    "unmerge": {"retired_id": other},
                    "split": {"source_record_ids": [random.choice(records)]},
                }[act]
                answer = await house.http.post(f"{path}/{act}", json={**body, "reason": "x"})
            statuses.add(answer.status_code)
        return statuses

    told = await asyncio.gather(*map(work, range(WORKERS)))

    assert all(statuses <= {200, 409, 503} for statuses in told)
    async with house.database.engine.connect() as connection:
        for wrong, query in WRONG.items():
            assert (await connection.execute(text(query))).all() == [], wrong
