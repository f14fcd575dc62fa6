"""Writing the contracts, and comparing what is written with what the code declares."""

import json
from pathlib import Path

from carnet.contracts import asyncapi, openapi
from carnet.contracts.events import JsonObject, Topic, schema, topics


def write(directory: Path) -> int:
    """Make the directory hold the contracts and nothing else; gives how many files."""
    files = _files()
    for stray in _strays(directory, files):
        (directory / stray).unlink()
    for name, text in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")
    return len(files)


def outdated(directory: Path) -> list[str]:
    """The files that are missing, or hold something else, or should not be there."""
    files = _files()
    differing = [
        name
        for name, text in files.items()
        if not (path := directory / name).exists() or path.read_text("utf-8") != text
    ]
    return sorted([*differing, *_strays(directory, files)])


def _files() -> dict[str, str]:
    found = topics()
    documents = openapi.documents()
    suite = documents.pop("suite")
    contents: dict[str, JsonObject] = {
        **{f"events/{event.type}.json": schema(event) for topic in found for event in topic.events},
        "topics.json": {topic.name: _described(topic) for topic in found},
        "asyncapi.json": asyncapi.document(found),
        **{f"openapi/{part}.json": document for part, document in documents.items()},
        "openapi.json": suite,
    }
    return {
        name: json.dumps(content, indent=2, ensure_ascii=False) + "\n"
        for name, content in contents.items()
    }


def _described(topic: Topic) -> JsonObject:
    return {
        "owner": topic.owner,
        "dead_letters": f"{topic.name}.dlq",
        "events": [event.type for event in topic.events],
        "consumers": {service: list(types) for service, types in topic.consumers.items()},
    }


def _strays(directory: Path, files: dict[str, str]) -> list[str]:
    present = {path.relative_to(directory).as_posix() for path in directory.rglob("*.json")}
    return sorted(present - set(files))
