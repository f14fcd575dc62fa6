"""`carnet data-quality`: the report for people, as tables and as a page that stands alone."""

from __future__ import annotations

import asyncio
import json
import xml.etree.ElementTree as ET
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from typer import Typer
from typer.testing import CliRunner, Result

from customer.cli import reports
from customer.jobs.data_quality_page import show_number, show_share
from customer.jobs.make_data_quality import keep_making_data_quality
from tests.customer.test_import import gateway_url

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator
    from pathlib import Path

    from tests.customer.conftest import House

__all__ = ["gateway_url"]


@pytest.fixture
async def worker(house: House) -> AsyncGenerator[None]:
    """Run the worker's job that makes the reports."""
    stop = asyncio.Event()
    day = timedelta(days=1)
    working = asyncio.create_task(keep_making_data_quality(house.database, day, stop))
    yield
    stop.set()
    await working


async def run(*arguments: object) -> Result:
    """Run the command as the launcher mounts it."""
    app = Typer()
    app.command()(reports.data_quality)
    return await asyncio.to_thread(CliRunner().invoke, app, [str(one) for one in arguments])


async def page_of(gateway_url: str, folder: Path) -> str:
    file = folder / "report.html"
    done = await run("--html", file, "--url", gateway_url, "--key", "k")
    assert done.exit_code == 0, done.output
    return await asyncio.to_thread(file.read_text, "utf-8")


async def test_the_page_shows_sources_fields_and_problems(
    house: House, gateway_url: str, worker: None, tmp_path: Path
) -> None:
    for number in range(3):
        await house.put(str(number), emails=["a@example.com"])
    await house.put("9", source="web", emails=["wrong"], observed_at="1990-01-01T00:00:00Z")

    page = await page_of(gateway_url, tmp_path)

    for told in ("till", "web", "66.7%", "is not an e-mail address", "1 earlier", "<svg"):
        assert told in page


async def test_the_page_needs_no_script_and_no_other_file(
    house: House, gateway_url: str, worker: None, tmp_path: Path
) -> None:
    await house.put("1", emails=["a@example.com"], given_name="<script>alert(1)</script>")

    page = await page_of(gateway_url, tmp_path)

    for foreign in ("<script", "http:", "https:", "src=", "href=", "@import", "url("):
        assert foreign not in page
    body = page[page.index("<body>") : page.index("</body>") + len("</body>")]
    ET.fromstring(body)  # noqa: S314 - our own page, and well formed


async def test_an_empty_base_has_a_page_too(
    house: House, gateway_url: str, worker: None, tmp_path: Path
) -> None:
    page = await page_of(gateway_url, tmp_path)

    assert "There are no source records yet." in page


async def test_the_report_is_printed_as_tables_or_as_json(
    house: House, gateway_url: str, worker: None
) -> None:
    await house.put("1", emails=["wrong"])
    common = ("--url", gateway_url, "--key", "k")

    tables = await run(*common)
    whole = await run(*common, "--json")

    assert "till" in tables.output
    assert "emails" in tables.output
    told = whole.output[whole.output.index("\n{\n") :]
    report, _ = json.JSONDecoder().raw_decode(told.strip())
    assert report["whole"]["records"] == 1


async def test_what_keeps_a_report_from_being_shown_is_said_in_a_line(
    house: House, gateway_url: str, tmp_path: Path
) -> None:
    common = ("--url", gateway_url, "--key", "k")

    none = await run(*common, "--last")
    nowhere = await run("--key", "k", "--data-dir", tmp_path)

    assert [none.exit_code, nowhere.exit_code] == [1, 1]
    assert "There is no data quality report" in none.output or "worker makes" in none.output
    assert "carnet up" in nowhere.output


@pytest.mark.parametrize(
    ("share", "shown"),
    [(0, "0%"), (1, "100%"), (0.0004, "< 0.1%"), (0.9999, "> 99.9%"), (0.3333, "33.3%")],
)
def test_only_nothing_is_0_and_only_everything_100_per_cent(share: float, shown: str) -> None:
    assert show_share(share) == shown


def test_thousands_are_set_apart() -> None:
    assert show_number(1234567) == "1\N{NARROW NO-BREAK SPACE}234\N{NARROW NO-BREAK SPACE}567"
