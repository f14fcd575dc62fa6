"""The customer part of an export: all that is held of a person, as told and in normal form."""

from typing import Any

from tests.customer.conftest import House
from tests.customer.erasing import erase


async def export(house: House, customer_id: str) -> dict[str, Any]:
    answer = await house.http.get(f"/v1/exports/{customer_id}")
    assert answer.status_code == 200, answer.text
    assert answer.json()["part"] == "customer"
    return answer.json()["tables"]


async def test_an_export_holds_what_was_told_and_how_it_was_read(house: House) -> None:
    anna = await house.put(
        "1", given_name="Anna", emails=["Anna@Example.com"], phones=["06 12 34 56 78"]
    )

    tables = await export(house, anna["customer_id"])

    [record] = tables["source_records"]
    assert record["id"] == anna["source_record_id"]
    assert record["customer_id"] == anna["customer_id"]
    assert record["raw"]["phones"] == ["06 12 34 56 78"]
    assert record["normalised"]["phones"] == ["+33612345678"]
    values = {row["value"] for row in tables["identifiers"]}
    assert values >= {"anna@example.com", "+33612345678"}
    [customer] = tables["customers"]
    assert customer["id"] == anna["customer_id"]


async def test_an_export_holds_every_id_that_led_to_the_customer(house: House) -> None:
    old = await house.put("1", given_name="Anna", emails=["anna@example.com"])
    young = await house.put("2", given_name="Anna", cards=["CARD-1"])
    await house.put("3", given_name="Anna", emails=["anna@example.com"], cards=["CARD-1"])

    tables = await export(house, young["customer_id"])

    assert tables == await export(house, old["customer_id"])
    assert len(tables["source_records"]) == 3
    [merge] = tables["merges"]
    assert merge["retired_id"] == young["customer_id"]
    assert merge["source_record_ids"] == [young["source_record_id"]]
    assert {row["judge"] for row in tables["judgements"]} == {"rule"}
    [alias] = tables["customer_aliases"]
    assert alias["survivor_id"] == old["customer_id"]


async def test_an_export_holds_nothing_of_anybody_else(house: House) -> None:
    anna = await house.put("1", given_name="Anna", emails=["anna@example.com"])
    await house.put("2", given_name="Paul", emails=["paul@example.com"])

    answer = await house.http.get(f"/v1/exports/{anna['customer_id']}")

    assert "anna@example.com" in answer.text
    assert "paul" not in answer.text.lower()


async def test_forms_that_only_serve_finding_are_left_out(house: House) -> None:
    anna = await house.put("1", given_name="Anna")

    tables = await export(house, anna["customer_id"])

    assert not {"search_keys", "blocking_keys", "record_traits"} & tables.keys()
    assert "content_hash" not in tables["source_records"][0]
    assert {"consents", "attribute_values", "interactions", "customer_reads"} <= tables.keys()


async def test_an_export_holds_who_read_the_customer_and_is_noted_itself(house: House) -> None:
    anna = await house.put("1", given_name="Anna")
    await house.customer(anna["customer_id"])
    await export(house, anna["customer_id"])
    url = f"/v1/customers/{anna['customer_id']}/reads"
    assert (await house.http.get(url)).status_code == 200

    tables = await export(house, anna["customer_id"])

    read = {row["what"] for row in tables["customer_reads"]}
    assert read >= {"customer", "export"}
    assert {row["client_id"] for row in tables["customer_reads"]} == {"till"}


async def test_who_is_not_known_is_not_exported(house: House) -> None:
    assert (await house.http.get("/v1/exports/7K3M-92QX-F4TF")).status_code == 404
    anna = await house.put("1")
    await erase(house, anna["customer_id"])
    assert (await house.http.get(f"/v1/exports/{anna['customer_id']}")).status_code == 410
