"""`carnet import customers`: files read line by line, sent in batches, safe to repeat."""

import asyncio
import json
import socket
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import duckdb
import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send
from typer import Typer
from typer.testing import CliRunner, Result

from chassis.principal import HEADER
from customer.cli.importing import import_customers
from tests.customer.conftest import House

FEBRL = (
    "rec_id, given_name, surname, street_number, address_1, address_2, suburb, postcode, state,"
    " date_of_birth, soc_sec_id"
    """
rec-1-org, mitchell, green, 7, wallaby place, delmar, cleveland, 2119, sa, 19560409, 1804974
rec-1-dup-0, mitchel, green, 7, wallaby place, delmar, cleveland, 2119, sa, 19081399, 1804974
rec-2-org, , , , , , , , , , 5551234
 , harley, mccarthy, 177, pridhamstreet, milton, marsden, 3165, nsw, 19080419, 6089216
"""
)
NAMED = """id,first_name,last_name,email,phone,dob,country,shoe
1,Anna,Rossi,a@example.com,06 12 34 56 78,1984-02-29,FR,38
2,Anna,Rossi,A@example.com,,2999-01-01,FR,
3,Paul,Schmidt,wrong,,,XX,
4,Paul,Schmidt,,,,,
"""


@pytest.fixture
async def gateway_url(house: House) -> AsyncGenerator[str]:
    """Serve the customer service on a port, with the word of a gateway for every caller."""
    application: ASGIApp = house.http._transport.app  # type: ignore[attr-defined]
    token = house.http.headers[HEADER].encode()

    async def vouched(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = {**scope, "headers": [*scope["headers"], (HEADER.lower().encode(), token)]}
        await application(scope, receive, send)

    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(vouched, lifespan="off", log_config=None))
    serving = asyncio.create_task(server.serve([listening]))
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    await serving
    listening.close()


async def run(*arguments: str | Path) -> Result:
    """Run the command as the launcher mounts it."""
    command = Typer()
    command.command()(import_customers)
    return await asyncio.to_thread(CliRunner().invoke, command, list(map(str, arguments)))


def summary_of(result: Result) -> dict[str, Any]:
    """Read the summary from among what the service itself logs here."""
    summary, _ = json.JSONDecoder().raw_decode(result.stdout, result.stdout.index("{\n"))
    return summary


async def test_febrl_is_read_line_by_line_and_dirt_is_told(
    house: House, gateway_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "febrl.csv"
    file.write_text(FEBRL)

    result = await run(file, "--url", gateway_url, "--key", "k", "--json")

    summary = summary_of(result)
    assert result.exit_code == 0
    assert (summary["read"], summary["stored"], summary["unchanged"]) == (4, 3, 0)
    assert summary["refused"] == [
        {"line": 5, "field": "external_id", "reason": "is empty, so that the record has no name"}
    ]
    [flagged] = summary["flagged"]
    assert (flagged["line"], flagged["field"]) == (3, "birth_date")
    assert flagged["reason"] == "is no day of the calendar"
    record = (await house.http.get("/v1/source-records/febrl/rec-1-org")).json()
    assert record["normalised"]["birth_date"] == "1956-04-09"
    assert record["normalised"]["addresses"] == [
        {
            "lines": ["7 wallaby place", "delmar"],
            "city": "cleveland",
            "region": "sa",
            "postcode": "2119",
            "country": "AU",
        }
    ]
    assert "1804974" not in json.dumps(record)
    dirty = (await house.http.get("/v1/source-records/febrl/rec-1-dup-0")).json()
    assert dirty["raw"]["birth_date"] == "19081399"
    assert "birth_date" not in dirty["normalised"]


async def test_a_second_run_changes_nothing(house: House, gateway_url: str, tmp_path: Path) -> None:
    file = tmp_path / "febrl.csv"
    file.write_text(FEBRL)
    await run(file, "--url", gateway_url, "--key", "k")
    events = await house.events()

    result = await run(file, "--url", gateway_url, "--key", "k", "--json")

    summary = summary_of(result)
    assert (summary["stored"], summary["unchanged"]) == (0, 3)
    assert await house.events() == events


async def test_columns_named_as_our_fields_need_no_mapping(
    house: House, gateway_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "CRM export.csv"
    file.write_text(NAMED)

    result = await run(file, "--url", gateway_url, "--key", "k", "--json")

    summary = summary_of(result)
    assert summary["outcomes"] == {"created": 2, "found": 1}
    assert [(remark["line"], remark["field"]) for remark in summary["refused"]] == [(5, "country")]
    assert [(remark["line"], remark["field"]) for remark in summary["flagged"]] == [
        (3, "birth_date"),
        (4, "country"),
        (4, "emails.0"),
    ]
    record = (await house.http.get("/v1/source-records/crm-export/1")).json()
    assert record["normalised"]["phones"] == ["+33612345678"]


async def test_a_mapping_and_constants_read_any_file(
    house: House, gateway_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "people.parquet"
    duckdb.execute(
        f"COPY (SELECT 'x1' AS nr, 'Aiko' AS vorname, ['a@example.com', 'b@example.com'] AS mail,"
        f" DATE '1984-02-29' AS geboren) TO '{file}' (FORMAT parquet)"
    )

    result = await run(
        *(file, "--url", gateway_url, "--key", "k", "--source", "crm", "--set", "country=DE"),
        *("--map", "external_id=nr", "--map", "given_name=vorname", "--map", "email=mail"),
        *("--map", "birth_date=geboren"),
    )

    assert result.exit_code == 0, result.output
    record = (await house.http.get("/v1/source-records/crm/x1")).json()
    assert record["country"] == "DE"
    assert record["normalised"]["emails"] == ["a@example.com", "b@example.com"]
    assert record["normalised"]["birth_date"] == "1984-02-29"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--map", "colour=nr"], "There is no field 'colour'"),
        (["--map", "email=colour"], "The file has no column 'colour'"),
        (["--map", "email"], "not of the form"),
        ([], "No column tells the external_id"),
    ],
)
async def test_an_unclear_command_is_one_line_that_says_what_to_add(
    tmp_path: Path, arguments: list[str], told: str
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("nr,vorname\n1,Anna\n")

    result = await run(file, *arguments, "--url", "http://127.0.0.1:1", "--key", "k")

    assert result.exit_code == 1
    assert told in result.stderr
    assert len(result.stderr.splitlines()) == 1


async def test_a_file_that_is_not_there_and_a_house_that_does_not_run_are_told(
    tmp_path: Path,
) -> None:
    file = tmp_path / "people.csv"
    absent = await run(file, "--url", "http://127.0.0.1:1", "--key", "k")
    file.write_text("id,country\n1,FR\n")
    no_house = await run(file, "--data-dir", tmp_path)

    assert (absent.exit_code, no_house.exit_code) == (1, 1)
    assert "cannot be read" in absent.stderr
    assert "carnet up" in no_house.stderr
