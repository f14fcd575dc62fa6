"""The commands that explain who is who, and list what waits for a steward."""

import asyncio
import json
from pathlib import Path
from typing import Any

from typer import Typer
from typer.testing import CliRunner, Result

from customer.cli import explanations
from tests.customer.conftest import House
from tests.customer.test_import import gateway_url
from tests.customer.test_steward_queue import doubt

__all__ = ["gateway_url"]


async def run(command: str, *arguments: str) -> Result:
    """Run a command as the launcher mounts it."""
    app = Typer()
    app.command()(getattr(explanations, command))
    return await asyncio.to_thread(CliRunner().invoke, app, list(arguments))


def _told(result: Result) -> Any:
    """Read the JSON among what the service under test logged meanwhile."""
    [line] = [line for line in result.output.splitlines() if line.startswith("{")]
    return json.loads(line)


async def test_people_and_programs_are_told_how_and_why(house: House, gateway_url: str) -> None:
    left, right = await doubt(house)
    common = ("--url", gateway_url, "--key", "k")

    how = await run("how", left, *common)
    why = await run("why", left, right, *common)
    why_json = await run("why", left, right, *common, "--json")

    assert f"How {left} came to be:" in how.output
    assert "are two customers." in why.output
    assert _told(why_json)["contradictions"] == ["given-name"]


async def test_the_queue_is_listed(house: House, gateway_url: str) -> None:
    left, _ = await doubt(house)
    common = ("--url", gateway_url, "--key", "k", "--order", "age")

    listed = await run("queue", *common)
    as_json = await run("queue", *common, "--json")

    assert listed.exit_code == 0
    assert left in _told(as_json)["items"][0]["customer_ids"]


async def test_what_cannot_be_told_is_said_in_a_line(
    house: House, gateway_url: str, tmp_path: Path
) -> None:
    common = ("--url", gateway_url, "--key", "k")

    unknown = await run("how", "0000-0000-0000", *common)
    nowhere = await run("how", "0000-0000-0000", "--key", "k", "--data-dir", str(tmp_path))
    silent = await run("how", "0000-0000-0000", "--key", "k", "--url", "http://127.0.0.1:1")

    assert [one.exit_code for one in (unknown, nowhere, silent)] == [1, 1, 1]
    assert "was never given to a customer" in unknown.output
    assert "carnet up" in nowhere.output
    assert "does not answer" in silent.output
