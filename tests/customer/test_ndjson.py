"""Batches of lines: a result for each line in its order, and bad lines spoil nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from customer.api.batches import LARGEST
from customer.api.lines import LONGEST_LINE_BYTES

if TYPE_CHECKING:
    import httpx

    from tests.customer.conftest import House

BATCH = "/v1/source-records/batch"
LINES = {"Content-Type": "application/x-ndjson"}


def item(number: object, **fields: Any) -> dict[str, Any]:
    return {
        "source": "crm",
        "external_id": str(number),
        "channel": "import",
        "country": "FR",
        **fields,
    }


def line(number: object, **fields: Any) -> bytes:
    return json.dumps(item(number, **fields), ensure_ascii=False).encode()


async def send(house: House, body: bytes, **headers: str) -> httpx.Response:
    return await house.http.post(BATCH, content=body, headers=LINES | headers)


async def lines(house: House, body: bytes) -> list[dict[str, Any]]:
    answer = await send(house, body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(one) for one in answer.text.splitlines()]


async def test_each_line_has_a_result_in_its_place(house: House) -> None:
    body = b"\n".join(
        [
            line(1, emails=["a@example.com"]),
            line(2, country=None),
            line(3, emails=["a@example.com"], phones=["12"]),
        ]
    )

    items = await lines(house, body)

    assert [(one["index"], one["line"], one["status"]) for one in items] == [
        (0, 1, 200),
        (1, 2, 422),
        (2, 3, 200),
    ]
    assert items[0]["result"]["customer_id"] == items[2]["result"]["customer_id"]
    assert items[1]["result"] is None
    assert items[1]["problem"]["errors"][0]["field"] == "country"
    assert items[2]["result"]["flags"][0]["field"] == "phones.0"


async def test_bad_lines_are_told_by_line_and_spoil_nothing_else(house: House) -> None:
    body = b"\n".join(
        [
            line(1, emails=["a@example.com"]),
            b'{"source": "crm", "external_id":',
            b"\xff\xfe",
            line(2, family_name="H\xe9lary").decode().encode("latin-1"),
            b'"a text"',
            b"[" * 5000,
            b'{"source": "crm", "external_id": "3", "given_name": "\\ud800"}',
            line(4, extra={"note": "x" * LONGEST_LINE_BYTES}),
            b"\x00",
            b"NaN",
            line(5, emails=["b@example.com"]),
        ]
    )

    items = await lines(house, body)

    assert [one["status"] for one in items] == [
        *(200, 400, 400, 400, 422, 400, 400, 413, 400, 400, 200)
    ]
    kinds = [one["problem"] and one["problem"]["type"].rpartition(":")[2] for one in items]
    assert kinds[1] == "malformed-json"
    assert kinds[2] == kinds[3] == "line-not-utf-8"
    assert kinds[7] == "line-too-long"
    assert "lary" not in json.dumps(items)
    assert await house.count("source_records") == 2


async def test_blank_lines_and_windows_line_ends_are_no_records(house: House) -> None:
    body = b"\xef\xbb\xbf" + line(1) + b"\r\n\r\n  \n" + line(2) + b"\r\n"

    items = await lines(house, body)

    assert [(one["index"], one["line"], one["status"]) for one in items] == [
        (0, 1, 200),
        (1, 4, 200),
    ]


async def test_lines_answer_as_the_json_batch_does(house: House) -> None:
    records = [item(n, emails=[f"p{n % 7}@example.com"], phones=[str(n)]) for n in range(20)]
    as_json = (await house.http.post(BATCH, json=records)).json()

    as_lines = await lines(house, b"\n".join(json.dumps(one).encode() for one in records))

    for one, other in zip(as_json, as_lines, strict=True):
        assert other.pop("line") == one["index"] + 1
        assert other["result"].pop("outcome") == "unchanged"
        assert one["result"].pop("outcome") in {"created", "found", "merged"}
        other["result"].pop("retired_ids")
        one["result"].pop("retired_ids")
    assert as_json == as_lines


@pytest.mark.parametrize("body", [b"", b"\n \r\n", b"\n".join([b"{}"] * (LARGEST + 1))])
async def test_no_line_or_too_many_are_refused_whole(house: House, body: bytes) -> None:
    answer = await send(house, body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == "body"
    assert str(LARGEST) in answer.json()["errors"][0]["mend"]


async def test_as_many_lines_as_are_taken_are_taken(house: House) -> None:
    items = await lines(house, b"\n".join([b"{}"] * LARGEST))

    assert [one["index"] for one in items] == list(range(LARGEST))


async def test_lines_are_read_where_they_are_declared_and_nowhere_else(house: House) -> None:
    elsewhere = await house.http.post("/v1/customers/search", content=b"{}", headers=LINES)
    assert elsewhere.status_code == 415
    assert "ndjson" not in elsewhere.json()["detail"]

    neither = await house.http.post(BATCH, content=b"a,b", headers={"Content-Type": "text/csv"})
    assert neither.status_code == 415
    assert "application/x-ndjson" in neither.json()["detail"]

    with_parameter = {"Content-Type": "Application/X-NDJSON; charset=utf-8"}
    declared = await house.http.post(BATCH, content=line(1), headers=with_parameter)
    assert declared.status_code == 200


async def test_lines_are_only_posted(house: House) -> None:
    answer = await house.http.get(BATCH, headers=LINES)

    assert answer.status_code == 405


async def test_a_body_over_the_limit_is_refused_before_any_line_is_read(house: House) -> None:
    answer = await send(house, line(1) + b"\n" * (1 << 20))

    assert answer.status_code == 413
    assert await house.count("source_records") == 0
