"""Where customer ids lead and who was erased, kept alike in every service's own database."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, Uuid, insert, select

from chassis.database import Database, Transaction, unit_of_work
from chassis.identity.aliases import owner_of, survivor_of, survivors_of
from chassis.identity.erasure import CustomerErased, Erasure, sums
from chassis.identity.following import follow, note
from chassis.identity.moves import Move, Turn, present_ids, turn_of_merge, turn_of_unmerge
from chassis.identity.tables import TABLES, identity_tables
from chassis.identity.tombstones import entomb, is_erased, living_ids_of, refuse_erased
from tests.conftest import MakeDatabase

START = datetime(2026, 3, 1, 9, tzinfo=UTC)
RECORD = UUID(int=7)

FACTS = MetaData()
facts = Table(
    "facts",
    FACTS,
    Column("number", Integer, primary_key=True),
    Column("customer_id", Text),
    Column("told_customer_id", Text),
    Column("source_record_id", Uuid),
)
gifts = Table(
    "gifts",
    FACTS,
    Column("number", Integer, primary_key=True),
    Column("customer_id", Text),
    Column("told_customer_id", Text),
)


def at(minutes: int) -> datetime:
    return START + timedelta(minutes=minutes)


def merge(retired_id: str, survivor_id: str, minutes: int) -> Turn:
    return turn_of_merge(retired_id, survivor_id, merged_at=at(minutes), sequence=minutes)


def unmerge(
    restored_id: str, minutes: int, retired_ids: Sequence[str] = (), records: Sequence[UUID] = ()
) -> Turn:
    return turn_of_unmerge(
        restored_id, retired_ids, records, unmerged_at=at(minutes), sequence=minutes
    )


@pytest.fixture(params=["as-text", "by-bytes"])
async def database(request: pytest.FixtureRequest, make_database: MakeDatabase) -> Database:
    """Give a database with the tables, its ids kept in either of the ways that services have."""
    made = await make_database("empty")
    kept = MetaData()
    identity_tables(kept, id_type=Text(collation="C" if request.param == "by-bytes" else None))
    async with unit_of_work(made) as tx:
        await tx.run_sync(kept.create_all)
        await tx.run_sync(FACTS.create_all)
    return made


async def aliases(tx: Transaction) -> dict[str, str]:
    rows = await tx.execute(select(TABLES.customer_aliases))
    return {row.retired_id: row.survivor_id for row in rows}


def test_a_path_is_followed_to_its_end() -> None:
    moves = {"a": Move("a", "b", at(1), 1), "b": Move("b", "c", at(2), 1)}
    assert present_ids(moves) == {"a": "c", "b": "c"}


def test_in_a_circle_the_id_that_was_retired_first_stands_for_itself() -> None:
    moves = {"a": Move("a", "b", at(1), 1), "b": Move("b", "a", at(2), 1)}
    assert present_ids(moves) == {"b": "a"}


async def test_the_order_in_which_turns_are_told_does_not_matter(database: Database) -> None:
    told = [merge("A", "B", 1), merge("B", "C", 2), unmerge("B", 3, ["A"]), merge("D", "C", 4)]
    for turns in permutations(told):
        async with unit_of_work(database) as tx:
            for turn in turns:
                await note(tx, turn)
            assert await aliases(tx) == {"A": "B", "D": "C"}
            await tx.rollback()


async def test_whose_a_fact_was_and_is_are_both_looked_at_again(database: Database) -> None:
    async with unit_of_work(database) as tx:
        assert await note(tx, merge("A", "B", 1)) == {"A"}
        assert await note(tx, merge("B", "C", 2)) == {"A", "B"}
        assert await note(tx, merge("B", "C", 2)) == set()
        assert await note(tx, unmerge("B", 3, ["A"])) == {"A", "B", "C"}


async def test_an_id_that_one_unmerge_names_twice_goes_where_the_first_says(
    database: Database,
) -> None:
    async with unit_of_work(database) as tx:
        await note(tx, merge("A", "B", 1))
        await note(tx, unmerge("A", 2, ["A", "D", "D"]))
        assert await aliases(tx) == {"D": "A"}


async def test_a_customer_is_found_by_every_id_it_ever_had(database: Database) -> None:
    async with unit_of_work(database) as tx:
        for turn in (merge("Z", "A", 1), merge("A", "B", 2)):
            await note(tx, turn)
        assert [await survivor_of(tx, each) for each in "ABZX"] == ["B", "B", "B", "X"]
        assert await survivors_of(tx, ["Z", "X"]) == {"Z", "X", "B"}
        assert await living_ids_of(tx, "Z") == ["B", "A", "Z"]


async def test_facts_go_with_their_source_record_else_with_the_id_told(
    database: Database,
) -> None:
    async with unit_of_work(database) as tx:
        both: list[dict[str, object]] = [
            {"number": 1, "customer_id": "A", "told_customer_id": None},
            {"number": 2, "customer_id": "B", "told_customer_id": "B"},
        ]
        by_record = {"number": 3, "customer_id": "B", "told_customer_id": "B"}
        await tx.execute(insert(gifts), both)
        await tx.execute(insert(facts), [*both, by_record])
        await tx.execute(facts.update().where(facts.c.number == 3).values(source_record_id=RECORD))
        assert await follow(tx, merge("A", "B", 1), facts, gifts) == 2
        assert await follow(tx, unmerge("A", 2, records=[RECORD]), facts, gifts) == 1
        owners = await tx.scalars(select(facts.c.customer_id).order_by(facts.c.number))
        assert owners.all() == ["B", "B", "A"]
        assert await owner_of(tx, "B", RECORD) == "A"
        assert await owner_of(tx, "B", uuid4()) == "B"


async def test_the_later_of_two_statements_about_a_record_holds(database: Database) -> None:
    async with unit_of_work(database) as tx:
        await note(tx, unmerge("A", 2, records=[RECORD]))
        await note(tx, unmerge("B", 1, records=[RECORD]))
        assert await owner_of(tx, "C", RECORD) == "A"


async def test_who_was_erased_is_known_by_each_id_and_record_for_ever(database: Database) -> None:
    erasure = Erasure(uuid4(), ("A", "B"), (RECORD,), at(1))
    async with unit_of_work(database) as tx:
        await entomb(tx, erasure)
        await entomb(tx, erasure)
        assert await is_erased(tx, "B", None)
        assert await is_erased(tx, "C", RECORD)
        assert not await is_erased(tx, "B", uuid4())
        assert not await is_erased(tx, "C", None)
        await refuse_erased(tx, ["C"])
        with pytest.raises(CustomerErased, match="2026-03-01T09:01"):
            await refuse_erased(tx, ["C", "A"])


async def test_the_ids_of_a_survivor_who_was_erased_are_given_to_nobody(
    database: Database,
) -> None:
    async with unit_of_work(database) as tx:
        await note(tx, merge("A", "B", 1))
        await entomb(tx, Erasure(uuid4(), ("B",), (), at(2)))
        with pytest.raises(CustomerErased):
            await living_ids_of(tx, "A")


def test_what_an_erasure_finds_when_it_comes_again_is_added() -> None:
    assert sums({"orders": 2, "texts": 1}, {"orders": 1, "claims": 0}) == {"orders": 3, "texts": 1}
