"""The commands that explain who is who, and list what waits for a steward."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import httpx
import typer
from rich.console import Console
from rich.table import Table

from customer.cli.house import DATA_DIR, AsJson, DataDir, Url, fail, running_url

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_REFUSED = 400

Key = Annotated[str, typer.Option(envvar="CARNET_API_KEY", help="A key of `carnet keys create`.")]


class Order(StrEnum):
    """How the queue is sorted."""

    VALUE = "value"
    AGE = "age"


def how(
    customer_id: Annotated[str, typer.Argument(help="Any id that the customer ever had.")],
    *,
    key: Key,
    url: Url = None,
    data_dir: DataDir = DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Tell how a customer came to be: records, judgements, merges, what people ruled."""
    form = {"format": "json" if as_json else "text"}
    path = f"/v1/customers/{customer_id}/how"
    typer.echo(_ask(url, data_dir, key, "GET", path, params=form).text)


def why(
    left: Annotated[str, typer.Argument(help="A customer's id, or a source record's: src_….")],
    right: Annotated[str, typer.Argument(help="The other one.")],
    *,
    key: Key,
    url: Url = None,
    data_dir: DataDir = DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Tell why two are one customer or why they are not, with a waterfall of weights."""
    form = {"format": "json" if as_json else "text"}
    body = {"left": _side(left), "right": _side(right)}
    answer = _ask(url, data_dir, key, "POST", "/v1/explanations/why", params=form, body=body)
    typer.echo(answer.text)


def queue(
    *,
    key: Key,
    order: Annotated[Order, typer.Option(help="Most at stake first, or oldest first.")] = (
        Order.VALUE
    ),
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many at the most.")] = 20,
    url: Url = None,
    data_dir: DataDir = DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """List the match candidates that wait for a steward."""
    params = {"order": str(order), "limit": str(limit)}
    answer = _ask(url, data_dir, key, "GET", "/v1/match-candidates", params=params)
    if as_json:
        typer.echo(answer.text)
        return
    table = Table("match candidate", "proposal", "customers", "value", "judges", "opened at")
    for one in answer.json()["items"]:
        table.add_row(
            one["match_candidate_id"],
            one["proposal"],
            "\n".join(one["customer_ids"]),
            str(one["value"]),
            ", ".join(one["judges"]),
            one["opened_at"],
        )
    Console().print(table)


def _side(told: str) -> dict[str, str]:
    return {"source_record_id" if told.startswith("src_") else "customer_id": told}


def _ask(
    url: str | None,
    data_dir: Path,
    key: str,
    method: str,
    path: str,
    *,
    params: Mapping[str, str],
    body: dict[str, Any] | None = None,
) -> httpx.Response:
    gateway = url or running_url(data_dir)
    try:
        with httpx.Client(base_url=gateway, headers={"X-API-Key": key}) as client:
            answer = client.request(method, path, params=dict(params), json=body)
    except httpx.HTTPError as error:
        raise fail(f"The gateway at {gateway} does not answer: {error}.") from error
    if answer.status_code >= _REFUSED:
        problem = answer.json()
        raise fail(f"{problem['title']}. {problem['detail']}")
    return answer
