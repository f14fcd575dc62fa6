"""One OpenAPI document for the suite, merged from those of its parts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias, cast

from gateway.domain.parts import Part, part_of

JsonObject: TypeAlias = dict[str, Any]

_INFO = {
    "title": "Carnet",
    "version": "1",
    "description": (
        "The client book of a whole house. Every request carries a key in `X-API-Key`; unsafe ones "
        "may carry an `Idempotency-Key`. Errors are problem documents (RFC 9457) that say how to "
        "mend the request; `RateLimit` says what is left of the key's quota."
    ),
}
_VALIDATION_SCHEMAS = frozenset(("HTTPValidationError", "ValidationError"))
_PROBLEM_SCHEMA: JsonObject = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "description": "A stable name: urn:carnet:problem:…"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "part": {"type": "string", "description": "The part of the suite that does not answer."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "problem", "mend"],
                "properties": {
                    "field": {"type": "string"},
                    "problem": {"type": "string"},
                    "mend": {"type": "string"},
                },
            },
        },
    },
}
_PROBLEM_RESPONSE: JsonObject = {
    "description": "The request was refused, and how to mend it",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


class PathNotForwarded(Exception):
    """A part documents a path that the gateway does not lead to it."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation, as the reference shows it."""

    method: str
    path: str
    about: JsonObject
    scopes: tuple[str, ...]
    body: str | None
    answers: tuple[tuple[str, str, str], ...]


def merge(documents: Mapping[Part, JsonObject]) -> JsonObject:
    """Merge the parts' documents into the suite's.

    A schema name that two parts use for different things is prefixed with each part's name.
    Validation errors become the problem documents that the parts really send.

    Raises:
        PathNotForwarded: the documents and the routing disagree.
    """
    clashing = _clashing_names(documents)
    paths: JsonObject = {}
    schemas: JsonObject = {"Problem": _PROBLEM_SCHEMA}
    security: JsonObject = {}
    for part, document in sorted(documents.items()):
        renamed = _rename(document, {name: _prefixed(part, name) for name in clashing})
        components = cast("JsonObject", renamed.get("components", {}))
        security |= components.get("securitySchemes", {})
        schemas |= {
            name: schema
            for name, schema in components.get("schemas", {}).items()
            if name not in _VALIDATION_SCHEMAS
        }
        for path, operations_at in renamed["paths"].items():
            if part_of(path) is not part:
                raise PathNotForwarded(f"{path} of {part} leads to {part_of(path)}.")
            paths[path] = {
                method: _with_problems(operation) for method, operation in operations_at.items()
            }
    return {
        "openapi": "3.1.0",
        "info": _INFO,
        "paths": dict(sorted(paths.items())),
        "components": {
            "schemas": dict(sorted(schemas.items())),
            "responses": {"Problem": _PROBLEM_RESPONSE},
            "securitySchemes": security,
        },
    }


def read_document(file: Path) -> JsonObject:
    """Read a merged document."""
    return json.loads(file.read_text("utf-8"))


def operations(document: JsonObject) -> dict[str, list[Operation]]:
    """Group a document's operations by their first tag."""
    groups: dict[str, list[Operation]] = {}
    for path, at_path in document["paths"].items():
        for method, about in at_path.items():
            tags: list[str] = about.get("tags") or ["other"]
            groups.setdefault(tags[0], []).append(_operation(method, path, about))
    return dict(sorted(groups.items()))


def _operation(method: str, path: str, about: JsonObject) -> Operation:
    requirements: list[dict[str, list[str]]] = about.get("security", [])
    scopes = sorted({name for one in requirements for names in one.values() for name in names})
    answers = [
        (status, answer["description"], _schema_name(answer.get("content", {})))
        for status, answer in about["responses"].items()
        if "description" in answer
    ]
    body = _schema_name(about.get("requestBody", {}).get("content", {})) or None
    return Operation(method.upper(), path, about, tuple(scopes), body, tuple(answers))


def _schema_name(content: JsonObject) -> str:
    """Name the schema of a JSON body, or nothing when it has no name of its own."""
    reference: str = content.get("application/json", {}).get("schema", {}).get("$ref", "")
    return reference.rpartition("/")[2]


def _clashing_names(documents: Mapping[Part, JsonObject]) -> set[str]:
    distinct: dict[str, set[str]] = {}
    for document in documents.values():
        for name, schema in document.get("components", {}).get("schemas", {}).items():
            distinct.setdefault(name, set()).add(json.dumps(schema, sort_keys=True))
    return {name for name, forms in distinct.items() if len(forms) > 1} - _VALIDATION_SCHEMAS


def _prefixed(part: Part, name: str) -> str:
    return part.capitalize() + name


def _rename(document: JsonObject, names: Mapping[str, str]) -> JsonObject:
    """Rename schemas where they are defined and wherever they are referred to."""
    prefix = "#/components/schemas/"

    def renamed(value: object) -> object:
        if isinstance(value, list):
            return [renamed(item) for item in cast("list[object]", value)]
        if not isinstance(value, dict):
            return value
        fields = cast("dict[str, object]", value)
        result = {key: renamed(item) for key, item in fields.items()}
        reference = fields.get("$ref")
        if isinstance(reference, str):
            name = reference.removeprefix(prefix)
            result["$ref"] = prefix + names.get(name, name)
        return result

    whole = cast("JsonObject", renamed(document))
    schemas: JsonObject = whole.get("components", {}).get("schemas", {})
    if schemas:
        whole["components"]["schemas"] = {
            names.get(name, name): schema for name, schema in schemas.items()
        }
    return whole


def _with_problems(operation: JsonObject) -> JsonObject:
    responses = {
        status: response
        for status, response in operation["responses"].items()
        if "HTTPValidationError" not in json.dumps(response)
    }
    responses["default"] = {"$ref": "#/components/responses/Problem"}
    return {**operation, "responses": responses}
