"""Contracts as files: written from the code alone, the same each time, and compared with it."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, validate

from carnet.contracts.files import outdated, write


@pytest.fixture(scope="module")
def contracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("contracts")
    write(directory)
    return directory


def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text())
    return content


def test_what_is_written_is_what_the_code_declares(contracts: Path) -> None:
    assert outdated(contracts) == []


def test_a_change_a_gap_and_a_stray_file_are_named(contracts: Path) -> None:
    topics, schema = contracts / "topics.json", contracts / "events" / "order.placed.v1.json"
    stray = contracts / "events" / "order.forgotten.v1.json"
    stray.write_text("{}")
    topics.write_text(topics.read_text() + "\n")
    schema.unlink()

    found = outdated(contracts)
    write(contracts)

    assert found == ["events/order.forgotten.v1.json", "events/order.placed.v1.json", "topics.json"]
    assert outdated(contracts) == []
    assert not stray.exists()


def test_every_example_fits_its_schema(contracts: Path) -> None:
    for file in (contracts / "events").iterdir():
        schema = _read(file)
        Draft202012Validator.check_schema(schema)
        for example in schema["examples"]:
            validate(example, schema, Draft202012Validator)


def test_every_reference_of_the_event_document_leads_somewhere(contracts: Path) -> None:
    document = _read(contracts / "asyncapi.json")
    messages = document["components"]["messages"]

    for message in messages.values():
        assert (contracts / message["payload"]["schema"]["$ref"]).exists()
    for operation in document["operations"].values():
        for message in operation["messages"]:
            place, _, name = message["$ref"].rpartition("/")
            channel = place.removeprefix("#/channels/").removesuffix("/messages")
            assert name in document["channels"][channel]["messages"]


def test_the_suites_document_holds_every_path_of_every_part(contracts: Path) -> None:
    suite = _read(contracts / "openapi.json")

    for part in (contracts / "openapi").iterdir():
        assert set(_read(part)["paths"]) <= set(suite["paths"])
