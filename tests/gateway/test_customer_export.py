"""The export: one archive of everything from every part, or nothing and who is to blame."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chassis.global_ids import new_global_id, show_global_id
from gateway.domain.csv_cells import cell
from gateway.upstream.rows import NotTables, RowReader
from tests.gateway.conftest import House
from tests.gateway.part import answering, writing

STORED_ID = new_global_id()
ID = show_global_id(STORED_ID)
HELD: dict[str, dict[str, list[dict[str, Any]]]] = {
    "customer": {"source_records": [{"id": "src_1", "full_name": "=HYPERLINK()", "age": -5}]},
    "orders": {
        "orders": [{"order_id": "ord_1", "total_minor": 5, "note": None}, {"order_id": "ord_2"}],
        "order_contacts": [{"contact": {"phone": "+33 1", "name": 'Ann "[{'}}],
        "returns": [],
    },
    "complaints": {"complaints": [{"text": '東京, \n\\ "quoted"'}]},
    "segmentation": {"profiles": []},
}


def furnish(house: House) -> None:
    """Let every part hold something."""
    for part, tables in HELD.items():
        body = orjson.dumps({"part": part, "tables": tables})
        getattr(house, part).answer = answering(200, body)


async def export(house: House, **headers: str) -> Any:
    return await house.client.get(f"/v1/customers/{ID}/export", headers=headers)


async def test_the_archive_holds_every_table_of_every_part_as_json_and_csv(house: House) -> None:
    furnish(house)

    answer = await export(house)

    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"] == f'attachment; filename="{ID}.zip"'
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    manifest = json.loads(archive.read("manifest.json"))
    assert manifest["customer_id"] == ID
    assert [part["part"] for part in manifest["parts"]] == list(HELD)
    for part in manifest["parts"]:
        held = HELD[part["part"]]
        assert {table["name"]: table["rows"] for table in part["tables"]} == {
            name: len(rows) for name, rows in held.items()
        }
        for table in part["tables"]:
            assert json.loads(archive.read(table["json"])) == held[table["name"]]
            lines = list(csv.DictReader(io.StringIO(archive.read(table["csv"]).decode())))
            assert len(lines) == table["rows"]
    assert house.orders.only_request.target == f"/v1/exports/{ID}"


async def test_no_cell_is_a_formula(house: House) -> None:
    furnish(house)
    archive = zipfile.ZipFile(io.BytesIO((await export(house)).content))
    [line] = csv.DictReader(io.StringIO(archive.read("customer/source_records.csv").decode()))
    assert line == {"id": "src_1", "full_name": "'=HYPERLINK()", "age": "-5"}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_a_text_that_looks_like_a_formula_is_neutralised(start: str) -> None:
    assert cell(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize("part", HELD)
@pytest.mark.parametrize("failure", ["down", "broken", "cut", "status", "nonsense"])
async def test_a_part_that_is_missing_fails_the_export_and_is_named(
    house: House, part: str, failure: str
) -> None:
    furnish(house)
    stand_in = getattr(house, part)
    head = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n"
    if failure == "down":
        await stand_in.stop()
    elif failure == "broken":
        stand_in.answer = writing(b"no HTTP at all\r\n\r\n", then_close=True)
    elif failure == "cut":
        stand_in.answer = writing(head + b'{"part":"x","tables":{"t":[{"a":1}', then_close=True)
    elif failure == "status":
        stand_in.answer = answering(500, b"{}")
    else:
        stand_in.answer = answering(200, b'{"part":"x","tables":{"t":[{"a":1}')

    answer = await export(house)

    assert answer.status_code == 503
    assert answer.json()["type"] == "urn:carnet:problem:export-incomplete"
    assert answer.json()["part"] == part


async def test_who_was_erased_cannot_be_exported(house: House) -> None:
    furnish(house)
    house.customer.answer = answering(410, b"{}")
    answer = await export(house)
    assert answer.status_code == 410
    assert answer.json()["type"] == "urn:carnet:problem:customer-erased"


async def test_nobody_knows_an_unknown_customer(house: House) -> None:
    furnish(house)
    house.customer.answer = answering(404, b"{}")
    assert (await export(house)).status_code == 404


async def test_the_export_needs_its_own_scope(house: House) -> None:
    furnish(house)
    key = await house.new_key("customers:read", "orders:read")
    answer = await export(house, **{"X-API-Key": key})
    assert answer.status_code == 403
    assert house.customer.requests == []


async def test_the_parts_own_exports_are_not_reached_through_the_door(house: House) -> None:
    assert (await house.client.get(f"/v1/exports/{ID}")).status_code == 404
    assert house.orders.requests == []


async def test_the_view_of_who_was_erased_is_gone(house: House) -> None:
    furnish(house)
    house.customer.answer = answering(410, b"{}", content_type="application/problem+json")
    answer = await house.client.get(f"/v1/customers/{ID}/360")
    assert answer.status_code == 410
    assert answer.json()["type"] == "urn:carnet:problem:customer-erased"


async def test_a_sale_of_who_was_erased_goes_on_without_its_customer(house: House) -> None:
    house.customer.answer = answering(410, b'{"type":"urn:carnet:problem:customer-erased"}')
    house.orders.answer = answering(201)
    claim = {"source": "till", "external_id": "1"}
    answer = await house.client.post("/v1/orders", json={"customer": claim})
    assert answer.status_code == 201
    assert house.orders.only_request.header("carnet-customer-erased") == "1"
    assert house.orders.only_request.header("carnet-customer-id") is None


_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2)
    ),
    max_leaves=4,
)
_rows = st.lists(st.dictionaries(st.text(max_size=4), _values, max_size=3), max_size=3)
_tables = st.dictionaries(st.text(max_size=6), _rows, max_size=3)


@settings(max_examples=50, deadline=None)
@given(_tables, st.integers(1, 40), st.booleans())
def test_rows_come_out_however_they_are_cut(
    tables: dict[str, Any], size: int, is_indented: object
) -> None:
    option = orjson.OPT_INDENT_2 if is_indented else None
    data = orjson.dumps({"part": "any", "tables": tables}, option=option)
    reader, found = RowReader(), dict[str, list[Any]]()
    for start in range(0, len(data), size):
        for name, row in reader.feed(data[start : start + size]):
            if row is None:
                found[name] = []
            else:
                found[name].append(orjson.loads(row))
    reader.finish()
    assert found == tables


@pytest.mark.parametrize("data", [b"[]", b'{"part":{}}', b'{"tables":[]}', b"{}{}", b"", b"{"])
def test_what_is_no_table_is_refused(data: bytes) -> None:
    with pytest.raises(NotTables):
        read_whole(data)


def read_whole(data: bytes) -> None:
    reader = RowReader()
    assert not list(reader.feed(data))
    reader.finish()
