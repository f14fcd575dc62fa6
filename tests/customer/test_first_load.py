"""The first load of a house: as if every line had come one by one, only faster."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from chassis.database import snapshot
from chassis.migrations import differences
from customer.adapters.file_layouts import adapt, choose_layout
from customer.adapters.person_files import PersonFile
from customer.api.source_record_in import read_item
from customer.domain.crowding import CROWDED_BITS
from customer.jobs.bulk.first_load import BookNotEmpty, FirstLoad, load_first
from customer.store.tables import METADATA
from tests.customer.conftest import OFFICIAL_ID_KEY, House
from tests.customer.erasing import erase

HEADER = "external_id,given_name,family_name,birth_date,email,phone,street,postcode,country"
LINES = (
    "1,Claire,Delaunay-Besson,1984-03-17,claire@example.com,,14 rue des Lilas,44000,FR",
    "2,Clarie,Delaunay Besson,1984-03-17,,,14 rue des Lilas,44000,FR",
    "3,Otto,Brandner,1951-02-03,otto@example.de,+49 30 901820,Hauptstr. 1,10115,DE",
    "4,Otto,Brandner,,otto@example.de,,,,DE",
    "5,Mireille,Ferreira,1990-07-08,not an address,,,,FR",
    ",Nobody,Nameless,,,,,,FR",
    "3,Otto,Brandner,1951-02-03,otto@example.de,+49 30 901821,Hauptstr. 1,10115,DE",
)


def _file(folder: Path) -> Path:
    file = folder / "people.csv"
    file.write_text("\n".join((HEADER, *LINES)) + "\n")
    return file


async def _load(house: House, file: Path) -> FirstLoad:
    columns = PersonFile(file).columns
    layout = adapt(
        choose_layout(columns, file_name="people"),
        columns,
        mapped=[],
        constants=[("channel", "shop")],
    )
    return await load_first(
        house.database,
        file,
        layout,
        source="crm",
        understand=read_item,
        sealing_key=OFFICIAL_ID_KEY,
        processes=1,
        tell=lambda _: None,
    )


async def _rows(house: House, query: str) -> list[dict[str, Any]]:
    async with snapshot(house.database) as connection:
        return [dict(row) for row in (await connection.execute(text(query))).mappings()]


async def test_a_house_is_loaded_linked_and_told(house: House, tmp_path: Path) -> None:
    done = await _load(house, _file(tmp_path))

    assert (done.read, done.stored, done.customers, done.replaced) == (7, 5, 3, 1)
    assert [(one.line, one.field) for one in done.refused] == [(7, "external_id")]
    assert done.flagged == {"emails": 1}
    owners = {
        row["external_id"]: row["customer_id"]
        for row in await _rows(house, "SELECT external_id, customer_id FROM source_records")
    }
    assert owners["1"] == owners["2"] != owners["3"] == owners["4"]
    created = [event for kind, _, _, event in await house.events() if kind == "customer.created.v1"]
    assert len(created) == await house.count("customers") == 3


async def test_what_joined_records_is_kept_as_judgements(house: House, tmp_path: Path) -> None:
    await _load(house, _file(tmp_path))

    judged = await _rows(house, "SELECT judge, verdict, rule FROM judgements ORDER BY judge")

    assert [(one["judge"], one["verdict"]) for one in judged] == [
        ("model", "same"),
        ("rule", "same"),
    ]
    assert judged[1]["rule"] == "shared-email"


async def test_a_loaded_record_that_is_put_again_is_unchanged(house: House, tmp_path: Path) -> None:
    await _load(house, _file(tmp_path))

    again = await house.put(
        "4",
        source="crm",
        country="DE",
        given_name="Otto",
        family_name="Brandner",
        emails=["otto@example.de"],
    )
    new = await house.put("9", source="till", emails=["claire@example.com"])

    assert again["outcome"] == "unchanged"
    assert new["outcome"] == "found"
    assert len(await house.search(phone="+49 30 901821")) == 1
    assert await house.search(phone="+49 30 901820") == []


async def test_the_tables_are_as_the_migrations_made_them(house: House, tmp_path: Path) -> None:
    keys = "SELECT conname, pg_get_constraintdef(oid) AS told FROM pg_constraint ORDER BY 1"
    before = await _rows(house, keys)

    await _load(house, _file(tmp_path))

    assert await _rows(house, keys) == before
    url = house.database.engine.url.set(drivername="postgresql")
    assert await differences(url.render_as_string(hide_password=False), METADATA) == []


async def test_a_house_that_knows_somebody_is_not_loaded(house: House, tmp_path: Path) -> None:
    await house.put("1", given_name="Anna")

    with pytest.raises(BookNotEmpty):
        await _load(house, _file(tmp_path))

    assert await house.count("source_records") == 1


async def test_a_record_that_was_erased_is_not_brought_back(house: House, tmp_path: Path) -> None:
    body = {"channel": "shop", "country": "FR", "given_name": "Claire"}
    claire = await house.http.put("/v1/source-records/crm/1", json=body)
    await erase(house, claire.json()["customer_id"])

    done = await _load(house, _file(tmp_path))

    assert [(one.line, one.field) for one in done.refused] == [
        (2, "external_id"),
        (7, "external_id"),
    ]
    assert "erased" in done.refused[0].reason
    assert await house.count("source_records") == 4


async def test_a_blocked_value_joins_nobody_in_a_first_load(house: House, tmp_path: Path) -> None:
    body = {"kind": "email", "value": "otto@example.de", "reason": "the shop's own"}
    blocked = await house.http.post("/v1/blocked-identifiers", json=body)
    assert blocked.status_code == 201, blocked.text

    done = await _load(house, _file(tmp_path))

    assert done.customers == 4


async def test_what_a_crowded_value_said_stands_in_the_evidence(
    house: House, tmp_path: Path
) -> None:
    shop = "+33612345678"
    names = ("Paul", "Kenji", "Olga", "Xavier", "Uma", "Bert", "Ines", "Noor")
    lines = [line.replace(",,14", f",{shop},14") for line in LINES[:2]]
    lines += [f"{name},{name},{name * 2},,,{shop},,,FR" for name in names]
    file = tmp_path / "people.csv"
    file.write_text("\n".join((HEADER, *lines)) + "\n")

    await _load(house, file)

    found = await _rows(house, "SELECT evidence FROM judgements WHERE judge = 'model'")
    [evidence] = [row["evidence"] for row in found]
    parts = {field: bits for field, _, bits in evidence["parts"]}
    assert parts["crowded"] == CROWDED_BITS
    assert "phone" not in parts
    assert evidence["weight"] == pytest.approx(sum(parts.values()))
