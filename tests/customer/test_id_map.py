"""The id map: every source's own ids and the customers they are, page by page and as files."""

from __future__ import annotations

import asyncio
import csv
import json
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from customer.cli import reports
from tests.customer.test_import import gateway_url

if TYPE_CHECKING:
    from pathlib import Path

    from tests.customer.conftest import House

__all__ = ["gateway_url"]

MAP = "/v1/source-records/id-map"
ALIASES = "/v1/aliases"


async def pages(house: House, path: str, **parameters: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor: dict[str, str] = {}
    while True:
        answer = await house.http.get(path, params={**parameters, **cursor})
        assert answer.status_code == 200, answer.text
        page = answer.json()
        found += page["items"]
        if page["next_cursor"] is None:
            return found
        cursor = {"cursor": page["next_cursor"]}


async def merged(house: House) -> tuple[str, str]:
    """Make two customers of which a third record proves that they are one."""
    survivor = (await house.put("a", emails=["a@example.com"]))["customer_id"]
    retired = (await house.put("b", phones=["0612345678"]))["customer_id"]
    await house.put("c", emails=["a@example.com"], phones=["0612345678"])
    return survivor, retired


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def names_in(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def read_parquet(columns: str, file: Path) -> list[tuple[Any, ...]]:
    with duckdb.connect() as connection:
        return connection.execute(f"SELECT {columns} FROM read_parquet(?)", [str(file)]).fetchall()  # noqa: S608


async def run(*arguments: object) -> Result:
    """Run the command as the launcher mounts it."""
    app = Typer()
    app.command()(reports.id_map)
    return await asyncio.to_thread(CliRunner().invoke, app, [str(one) for one in arguments])


async def test_every_source_id_is_mapped_to_its_customer_of_now(house: House) -> None:
    survivor, _ = await merged(house)
    other = await house.put("a", source="web")

    found = await pages(house, MAP)

    assert [(one["source"], one["external_id"], one["customer_id"]) for one in found] == [
        ("till", "a", survivor),
        ("till", "b", survivor),
        ("till", "c", survivor),
        ("web", "a", other["customer_id"]),
    ]
    assert found[3]["source_record_id"] == other["source_record_id"]


@pytest.mark.parametrize("limit", [1, 2, 3])
async def test_pages_of_any_size_give_the_same_map(house: House, limit: int) -> None:
    for source in ("web", "till"):
        for external_id in ("b", "a", "é/ü", "山" * 200, "Z z"):
            await house.put(external_id.replace("/", "%2F"), source=source)

    whole = await pages(house, MAP)

    assert await pages(house, MAP, limit=limit) == whole
    assert len(whole) == 10
    assert await pages(house, MAP, limit=limit, source="web") == whole[5:]
    assert await pages(house, MAP, source="nobody") == []


async def test_a_record_that_stays_stands_on_one_page_whatever_is_written_meanwhile(
    house: House,
) -> None:
    first = [f"{number:03}" for number in range(0, 100, 2)]
    for external_id in first:
        await house.put(external_id)
    seen: list[str] = []
    cursor: dict[str, str] = {}
    between = iter(range(1, 100, 2))
    while True:
        answer = await house.http.get(MAP, params={"limit": 7, **cursor})
        seen += [one["external_id"] for one in answer.json()["items"]]
        if answer.json()["next_cursor"] is None:
            break
        cursor = {"cursor": answer.json()["next_cursor"]}
        for number in (next(between), 99 - next(between)):
            await house.put(f"{number:03}", emails=["same@example.com"])

    assert len(seen) == len(set(seen))
    assert set(first) <= set(seen)


async def test_aliases_tell_where_retired_ids_lead(house: House) -> None:
    survivor, retired = await merged(house)

    [alias] = await pages(house, ALIASES, limit=1)

    assert (alias["retired_id"], alias["customer_id"]) == (retired, survivor)
    assert alias["retired_at"].endswith("Z")


@pytest.mark.parametrize("path", [MAP, ALIASES])
@pytest.mark.parametrize("wrong", ["x", "WyJhIiwiYiIsImMiXQ", "WzEsMl0A", "WyJcdTAwMDAiLCJhIl0"])
async def test_a_cursor_that_was_not_given_out_is_refused(
    house: House, path: str, wrong: str
) -> None:
    answer = await house.http.get(path, params={"cursor": wrong})

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "cursor"


async def test_a_cursor_of_another_source_is_refused(house: House) -> None:
    await house.put("a")
    await house.put("b")
    cursor = (await house.http.get(MAP, params={"limit": 1})).json()["next_cursor"]

    answer = await house.http.get(MAP, params={"cursor": cursor, "source": "web"})

    assert answer.status_code == 422


@pytest.mark.parametrize("parameters", [{"limit": 0}, {"limit": 2001}, {"source": "a b"}])
async def test_parameters_out_of_bounds_are_refused(
    house: House, parameters: dict[str, Any]
) -> None:
    assert (await house.http.get(MAP, params=parameters)).status_code == 422


async def test_what_the_callers_region_may_not_read_is_left_out(house: House) -> None:
    await house.put("jp", home_region="JP", emails=["a@example.com"])
    await house.put("eu", home_region="EU")
    await house.put("jp-too", home_region="JP", phones=["0612345678"])
    await house.put("both", home_region="JP", emails=["a@example.com"], phones=["0612345678"])
    await house.http.put("/v1/client-regions/till", json={"region": "EU", "role": "advisor"})
    policy = {"basis": "standard-clauses", "valid_until": "2020-01-01"}
    await house.http.put("/v1/region-policies/JP/EU", json=policy)

    assert [one["external_id"] for one in await pages(house, MAP, limit=1)] == ["eu"]
    assert await pages(house, ALIASES) == []


async def test_the_map_and_the_aliases_are_written_as_csv(
    house: House, gateway_url: str, tmp_path: Path
) -> None:
    survivor, retired = await merged(house)
    await house.put('=1+1, "x"', source="web")
    ids, aliases = tmp_path / "ids.csv", tmp_path / "aliases.csv"
    ids.write_text("an older map")

    done = await run(ids, "--aliases", aliases, "--url", gateway_url, "--key", "k")

    assert done.exit_code == 0, done.output
    rows = rows_of(ids)
    assert [row["external_id"] for row in rows] == ["a", "b", "c", '=1+1, "x"']
    assert rows[1]["customer_id"] == survivor
    [alias] = rows_of(aliases)
    assert (alias["retired_id"], alias["customer_id"]) == (retired, survivor)
    assert names_in(tmp_path) == ["aliases.csv", "ids.csv"]


async def test_one_sources_map_is_written_as_parquet(
    house: House, gateway_url: str, tmp_path: Path
) -> None:
    survivor, _ = await merged(house)
    await house.put('0042, "x" 山', source="web", emails=["a@example.com"])
    ids, aliases = tmp_path / "ids.parquet", tmp_path / "aliases.parquet"

    done = await run(
        ids, "--source", "web", "--aliases", aliases, "--url", gateway_url, "--key", "k", "--json"
    )

    assert done.exit_code == 0, done.output
    [told] = [line for line in done.output.splitlines() if line.startswith('{"mappings"')]
    assert json.loads(told) == {"mappings": 1, "aliases": 1}
    [row] = read_parquet("source, external_id, customer_id", ids)
    assert row == ("web", '0042, "x" 山', survivor)
    [kind] = read_parquet("typeof(retired_at)", aliases)
    assert kind == ("TIMESTAMP WITH TIME ZONE",)
    assert names_in(tmp_path) == ["aliases.parquet", "ids.parquet"]


async def test_what_keeps_a_map_from_being_written_is_said_and_leaves_the_last_one(
    house: House, gateway_url: str, tmp_path: Path
) -> None:
    last = tmp_path / "ids.csv"
    last.write_text("the last one")

    refused = await run(last, "--source", "a b", "--url", gateway_url, "--key", "k")
    nowhere = await run(tmp_path / "no" / "ids.csv", "--url", gateway_url, "--key", "k")
    form = await run(tmp_path / "ids.xlsx", "--url", gateway_url, "--key", "k")
    stopped = await run(last, "--key", "k", "--data-dir", tmp_path)

    assert [one.exit_code for one in (refused, nowhere, form, stopped)] == [1, 1, 2, 1]
    assert "422" in refused.output
    assert "cannot be written" in nowhere.output
    assert ".parquet" in form.output
    assert "carnet up" in stopped.output
    assert last.read_text() == "the last one"
    assert names_in(tmp_path) == ["ids.csv"]
