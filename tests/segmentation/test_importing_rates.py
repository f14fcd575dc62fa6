"""Exchange rates from a file: good lines are kept, the others named with their reason."""

import asyncio
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import typer
from sqlalchemy import select
from typer.testing import CliRunner

from chassis.database import Database, snapshot
from segmentation.adapters.rates_file import RatesFileUnreadable, read_rates
from segmentation.cli import import_rates, score
from segmentation.domain.rates import ExchangeRate
from segmentation.store.tables import exchange_rates
from tests.conftest import MakeUrl

GOOD = "currency,rate_on,rate\nJPY,2026-03-01,0.00615\nusd,2026-03-01,0.92\n"
cli = typer.Typer()
cli.command("rates")(import_rates)
cli.command("score")(score)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "rates.csv"


def test_good_lines_become_rates(file: Path) -> None:
    file.write_text("\ufeff" + GOOD + "JPY,2026-03-01,0.0062\n", "utf-8")
    rates, refused = read_rates(file, house_currency="EUR")
    assert rates == [
        ExchangeRate("JPY", date(2026, 3, 1), Decimal("0.0062")),
        ExchangeRate("USD", date(2026, 3, 1), Decimal("0.92")),
    ]
    assert refused == []


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ("XXY,2026-03-01,1", "currency"),
        ("EUR,2026-03-01,1", "currency"),
        ("JPY,1 March,1", "rate_on"),
        ("JPY,2026-03-01,0", "rate"),
        ("JPY,2026-03-01,-1", "rate"),
        ("JPY,2026-03-01,NaN", "rate"),
        ("JPY,2026-03-01,0.00000000001", "rate"),
        ("JPY,2026-03-01", "rate"),
    ],
)
def test_a_bad_line_is_named_with_its_reason(file: Path, line: str, field: str) -> None:
    file.write_text(GOOD + line + "\n")
    rates, [refused] = read_rates(file, house_currency="EUR")
    assert len(rates) == 2
    assert refused.line == 4
    assert refused.reason.startswith(f"{field}: ")


@pytest.mark.parametrize("content", [b"", b"a,b\n1,2\n", b"\xff\xfe\x00"])
def test_a_file_of_another_kind_is_refused_whole(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(RatesFileUnreadable):
        read_rates(file, house_currency="EUR")


def test_a_missing_file_is_one_line(file: Path) -> None:
    answer = CliRunner().invoke(cli, ["rates", str(file), "--database-url", "postgresql://nowhere"])
    assert answer.exit_code == 1
    assert "cannot be read" in answer.output
    assert "Traceback" not in answer.output


@pytest.fixture
async def url(database_url: MakeUrl) -> str:
    return await database_url("segmentation")


@pytest.fixture
def partly_good(file: Path) -> Path:
    file.write_text(GOOD + "XXY,2026-03-01,1\n")
    return file


async def test_importing_twice_stores_the_same_rates(url: str, partly_good: Path) -> None:
    for _ in range(2):
        answer = await _run("rates", str(partly_good), "--json", "--database-url", url)
        assert answer["stored"] == 2
        assert [line["line"] for line in answer["refused"]] == [4]
    database = Database.connect(url)
    async with snapshot(database) as view:
        rows = (await view.execute(select(exchange_rates))).all()
    await database.close()
    assert {(row.house_currency, row.currency) for row in rows} == {("EUR", "JPY"), ("EUR", "USD")}


async def test_the_base_can_be_scored_by_hand(url: str) -> None:
    assert await _run("score", "--json", "--database-url", url) == {"buyers": 0}


async def _run(*arguments: str) -> dict[str, Any]:
    """Run a command as a shell does: outside this event loop."""
    answer = await asyncio.to_thread(CliRunner().invoke, cli, arguments)
    return json.loads(answer.stdout)


def test_an_unknown_house_currency_is_refused(file: Path) -> None:
    arguments = ["rates", str(file), "--database-url", "postgresql://nowhere"]
    answer = CliRunner().invoke(cli, [*arguments, "--house-currency", "XXY"])
    assert answer.exit_code == 2
