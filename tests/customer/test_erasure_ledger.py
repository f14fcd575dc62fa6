"""Erasures survive a restore: the ledger is kept apart and repeats them."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

from sqlalchemy import text
from typer import Typer
from typer.testing import CliRunner

from chassis.database import snapshot
from customer.cli import erasures
from customer.store.tables import METADATA
from tests.customer.conftest import House
from tests.customer.erasing import answer_all, erase, erasure_of, rows_that_name
from tests.customer.test_import import gateway_url as gateway_url  # noqa: PLC0414 - a fixture

Dump = dict[str, str | None]
EMAIL = "wilhelmine@example.com"


async def dump(house: House) -> Dump:
    """Copy every table, as a nightly copy would."""
    async with snapshot(house.database) as connection:
        return {
            table.name: await connection.scalar(
                text(f"SELECT CAST(json_agg(t) AS text) FROM {table.name} t")  # noqa: S608 - our own tables
            )
            for table in METADATA.sorted_tables
        }


async def restore(house: House, copied: Dump) -> None:
    """Put every table back as it was copied."""
    async with house.database.engine.begin() as tx:
        await tx.execute(text(f"TRUNCATE {', '.join(copied)}"))
        for table, rows in copied.items():
            if rows is not None:
                back = (
                    f"INSERT INTO {table} OVERRIDING SYSTEM VALUE SELECT * FROM"  # noqa: S608 - as above
                    f" json_populate_recordset(NULL::{table}, CAST(:rows AS json))"
                )
                await tx.execute(text(back), {"rows": rows})


async def ledger(house: House) -> list[dict[str, Any]]:
    return (await house.http.get("/v1/erasures/ledger")).json()["items"]


async def apply(house: House, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    answer = await house.http.post("/v1/erasures/ledger", json=lines)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_an_erasure_survives_a_restore_from_before(house: House) -> None:
    old = await house.put("old", given_name="Wilhelmine", emails=[EMAIL])
    young = await house.put("young", given_name="Wilhelmine", cards=["CARD-1"])
    paul = await house.put("paul", given_name="Paul")
    copied = await dump(house)
    await house.put("both", given_name="Wilhelmine", emails=[EMAIL], cards=["CARD-1"])
    told = await erase(house, old["customer_id"])
    await answer_all(house, told)
    complete = await erasure_of(house, told["erasure_id"])
    lines = await ledger(house)

    await restore(house, copied)
    assert await rows_that_name(house, "Wilhelmine")
    [first] = await apply(house, lines)
    [second] = await apply(house, lines)

    assert await rows_that_name(house, "ilhelmine") == []
    for customer_id in (old["customer_id"], young["customer_id"]):
        assert (await house.http.get(f"/v1/customers/{customer_id}")).status_code == 410
    assert (await house.customer(paul["customer_id"]))["given_name"] == "Paul"
    assert first["rows_erased"] > 0
    assert not first["was_known"]
    assert (second["rows_erased"], second["was_known"]) == (0, True)
    assert await erasure_of(house, told["erasure_id"]) == complete
    body = {"channel": "shop", "country": "FR", "given_name": "Wilhelmine"}
    for external_id in ("old", "young", "both"):
        refused = await house.http.put(f"/v1/source-records/till/{external_id}", json=body)
        assert refused.status_code == 410


async def test_every_part_is_told_once_more(house: House) -> None:
    anna = await house.put("1", given_name="Anna")
    await erase(house, anna["customer_id"])
    lines = await ledger(house)
    before = [event for event in await house.events() if event[0] == "customer.erased.v1"]

    await apply(house, lines)

    first, again = (event for event in await house.events() if event[0] == "customer.erased.v1")
    assert [first] == before
    assert first[1] == again[1]
    assert first[2] < again[2]
    assert first[3] == again[3]


async def test_a_record_that_moved_since_the_copy_goes_and_its_old_customer_stays(
    house: House,
) -> None:
    """The copy has both under one id; the erasure named the other id and record alone."""
    anna = await house.put("anna", given_name="Anna", emails=["anna@example.com"])
    paul = await house.put("paul", given_name="Paul", emails=["paul@example.com"])
    url = f"/v1/customers/{anna['customer_id']}"
    why = {"reason": "one household"}
    both = {"other_customer_id": paul["customer_id"]}
    assert (await house.http.post(f"{url}/merge", json=both | why)).status_code == 200
    copied = await dump(house)
    apart = {"retired_id": paul["customer_id"]}
    assert (await house.http.post(f"{url}/unmerge", json=apart | why)).status_code == 200
    told = await erase(house, anna["customer_id"])
    lines = await ledger(house)

    await restore(house, copied)
    await apply(house, lines)

    assert told["customer_id"] == anna["customer_id"]
    assert (await house.customer(paul["customer_id"]))["given_name"] == "Paul"
    assert await house.search(email="anna@example.com") == []
    restored = [event for event in await house.events() if event[0] == "customer.unmerged.v1"]
    assert [event[1] for event in restored] == [paul["customer_id"]]
    assert restored[0][3]["source_record_ids"] == [paul["source_record_id"]]


async def test_what_the_person_refused_is_remembered_after_a_restore(house: House) -> None:
    anna = await house.put("1", given_name="Anna", emails=[EMAIL])
    copied = await dump(house)
    refusal = {"purpose": "marketing", "source": "till", "decision": "refused"}
    url = f"/v1/customers/{anna['customer_id']}/consents"
    assert (await house.http.post(url, json=refusal)).status_code == 201
    told = await erase(house, anna["customer_id"])
    [own] = [
        part
        for part in (await erasure_of(house, told["erasure_id"]))["parts"]
        if part["part"] == "customer"
    ]
    assert "address-hashes" in {kept["what"] for kept in own["kept"]}
    listed = await house.count("suppressions")
    assert listed > 0
    lines = await ledger(house)

    await restore(house, copied)
    assert await house.count("suppressions") == 0
    await apply(house, lines)

    assert await house.count("suppressions") == listed


async def test_the_ledger_names_nothing_of_the_person(house: House) -> None:
    anna = await house.put("wilhelmine-17", given_name="Wilhelmine", emails=[EMAIL])
    await erase(house, anna["customer_id"])

    answer = await house.http.get("/v1/erasures/ledger")

    assert "ilhelmine" not in answer.text
    [line] = answer.json()["items"]
    assert len(line["record_key_hashes"]) == len(line["source_record_ids"]) == 1


async def test_a_ledger_that_was_tampered_with_is_refused(house: House) -> None:
    anna = await house.put("1")
    told = await erase(house, anna["customer_id"])
    await answer_all(house, told)
    [line] = await ledger(house)

    for wrong in (
        {"receipt": line["receipt"] | {"reference": "X"}},
        {"receipt_sha256": "0" * 64},
        {"status": "requested"},
        {"record_key_hashes": ["short"]},
        {"version": -1},
        {"name": "Anna"},
    ):
        refused = await house.http.post("/v1/erasures/ledger", json=[line | wrong])
        assert refused.status_code == 422, wrong
    assert (await house.http.post("/v1/erasures/ledger", json=[])).status_code == 422


async def run(command: str, *arguments: str | Path) -> Any:
    app = Typer()
    app.command()(getattr(erasures, command))
    return await asyncio.to_thread(CliRunner().invoke, app, list(map(str, arguments)))


async def test_the_commands_carry_the_ledger_into_a_file_and_back(
    house: House, gateway_url: str, tmp_path: Path
) -> None:
    asked = [await house.put(str(number), given_name="Anna") for number in range(52)]
    copied = await dump(house)
    for anna in asked:
        await erase(house, anna["customer_id"])
    file = tmp_path / "erasures.ndjson"
    common = ("--url", gateway_url, "--key", "k", "--json")

    exported = await run("export_erasures", file, *common)
    await restore(house, copied)
    applied = await run("apply_erasures", file, *common)
    again = await run("apply_erasures", file, *common)

    assert exported.exit_code == applied.exit_code == 0
    assert len(file.read_text().splitlines()) == 52
    assert _summary(exported) == {"erasures": 52}
    assert _summary(applied)["restored"] == 52
    assert _summary(again) == {"erasures": 52, "restored": 0, "rows_erased": 0}
    assert await rows_that_name(house, "Anna") == []


async def test_what_cannot_be_carried_is_said_in_a_line(
    house: House, gateway_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "erasures.ndjson"
    common = ("--url", gateway_url, "--key", "k")

    missing = await run("apply_erasures", file, *common)
    file.write_text("no json\n")
    unreadable = await run("apply_erasures", file, *common)
    file.write_text('{"erasure_id": "x"}\n')
    refused = await run("apply_erasures", file, *common)
    nowhere = await run("export_erasures", file, "--url", "http://127.0.0.1:9", "--key", "k")

    for result in (missing, unreadable, refused, nowhere):
        assert result.exit_code == 1
        assert len(result.stderr.splitlines()) == 1
    assert "line 1" in unreadable.stderr
    assert "422" in refused.stderr
    assert file.read_text() == '{"erasure_id": "x"}\n'
    assert os.listdir(tmp_path) == ["erasures.ndjson"]  # noqa: PTH208 - reads nothing else


def _summary(result: Any) -> dict[str, Any]:
    """Read the summary from among what the service itself logs here."""
    lines = [line for line in result.stdout.splitlines() if line.startswith('{"erasures"')]
    return json.loads(lines[-1])


async def test_a_file_that_is_no_text_is_refused_in_one_line(tmp_path: Path) -> None:
    file = tmp_path / "erasures.ndjson"
    file.write_bytes(b"\xff\xc9PAR1")

    ran = await run("apply_erasures", file, "--key", "any", "--url", "http://127.0.0.1:1")

    assert ran.exit_code == 1
    assert "line 1 is no JSON" in ran.output
