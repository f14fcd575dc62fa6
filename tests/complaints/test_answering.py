"""Answering, resolving and reopening through the API."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tests.complaints.conftest import a_complaint

Outbox = Callable[[], Awaitable[list[dict[str, Any]]]]
WORDS = {"text": "We are sorry and will mend it.", "by": "agent-7"}
REPAIR = WORDS | {"resolution": "repair"}


@pytest.fixture
async def url(client: httpx.AsyncClient) -> str:
    filed = (await client.post("/v1/complaints", json=a_complaint())).json()
    return f"/v1/complaints/{filed['complaint_id']}"


async def test_a_complaint_lives_from_its_filing_to_its_second_resolution(
    client: httpx.AsyncClient, url: str
) -> None:
    acknowledgement = WORDS | {"kind": "acknowledgement"}
    steps = [
        ("/answers", acknowledgement, 201, "acknowledged"),
        ("/answers", WORDS | {"kind": "note"}, 201, "acknowledged"),
        ("/answers", WORDS, 201, "answered"),
        ("/resolve", REPAIR, 200, "resolved"),
        ("/reopen", WORDS, 200, "reopened"),
        ("/resolve", REPAIR | {"resolution": "replacement"}, 200, "resolved"),
    ]
    for path, body, code, status in steps:
        answer = await client.post(url + path, json=body)
        assert (answer.status_code, answer.json()["status"]) == (code, status), answer.text
    read = (await client.get(url)).json()
    assert read["resolution"] == "replacement"
    assert [entry["version"] for entry in read["history"]] == list(range(1, 9))
    assert [entry["resolution"] for entry in read["history"]][5] == "repair"
    assert {entry["by"] for entry in read["history"][2:]} == {"agent-7"}


async def test_answers_resolutions_and_reopenings_are_announced_but_notes_are_not(
    client: httpx.AsyncClient, url: str, outbox: Outbox
) -> None:
    for path, body in (
        ("/answers", WORDS | {"kind": "note"}),
        ("/answers", WORDS | {"kind": "acknowledgement"}),
        ("/answers", WORDS),
        ("/resolve", REPAIR),
        ("/reopen", WORDS),
    ):
        await client.post(url + path, json=body)
    announced = (await outbox())[2:]
    assert [(event["type"], event["sequence"]) for event in announced] == [
        ("complaint.answered.v1", 5),
        ("complaint.resolved.v1", 6),
        ("complaint.reopened.v1", 7),
    ]
    assert announced[1]["payload"]["resolution"] == "repair"
    assert all(WORDS["text"] not in str(event) for event in announced)


@pytest.mark.parametrize(
    ("before", "path", "body", "slug"),
    [
        ((), "/reopen", WORDS, "complaint-not-resolved"),
        (("/resolve",), "/resolve", REPAIR, "complaint-already-resolved"),
        (("/resolve",), "/answers", WORDS, "complaint-already-resolved"),
        (
            ("/answers",),
            "/answers",
            WORDS | {"kind": "acknowledgement"},
            "complaint-already-acknowledged",
        ),
    ],
)
async def test_an_illegal_step_is_a_conflict_and_changes_nothing(
    client: httpx.AsyncClient,
    url: str,
    outbox: Outbox,
    before: tuple[str, ...],
    path: str,
    body: dict[str, str],
    slug: str,
) -> None:
    for step in before:
        await client.post(url + step, json=REPAIR if step == "/resolve" else WORDS)
    read, announced = (await client.get(url)).json(), await outbox()
    refused = await client.post(url + path, json=body)
    assert refused.status_code == 409
    assert refused.json()["type"] == f"urn:carnet:problem:{slug}"
    assert (await client.get(url)).json() == read
    assert await outbox() == announced


async def test_only_the_latest_two_hundred_entries_are_read(
    client: httpx.AsyncClient, url: str
) -> None:
    for number in range(201):
        await client.post(url + "/answers", json=WORDS | {"kind": "note", "text": f"{number}"})
    history = (await client.get(url)).json()["history"]
    assert [entry["version"] for entry in history] == list(range(4, 204))
