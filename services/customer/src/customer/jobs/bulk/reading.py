"""Reading a share of a file into rows for every table; several processes read one file together."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from chassis.canonical import body_hash
from chassis.errors import Refusal
from chassis.ids import new_uuid
from customer.adapters.person_files import PersonFile, Remark
from customer.domain.claims import Claim
from customer.domain.guard import tells_own_id
from customer.domain.linkage.traits import pack
from customer.domain.neighbourhood import portrait_of
from customer.domain.normalisation import read_claim
from customer.domain.official_ids import Sealer
from customer.domain.partition import node_id
from customer.domain.search_keys import search_keys_of
from customer.store.records_json import flags_json, normalised_json

if TYPE_CHECKING:
    from customer.adapters.file_layouts import Layout
    from customer.domain.claims import Reading
    from customer.domain.neighbourhood import Portrait

Understand = Callable[[dict[str, Any], datetime, Sealer], Claim | Refusal]
"""Reads the body of a source record, received at an instant; bad ones are refusals."""

_ERASED = "names a record that was erased: leave it out, or put it with `after_erasure`"

COLUMNS: dict[str, tuple[str, ...]] = {
    "records": (
        *("node_id", "line", "record_id", "source", "external_id", "channel", "store", "country"),
        *("language", "brand", "legal_entity", "home_region", "raw", "normalised", "flags"),
        *("content_hash", "observed_at", "traits", "key_array", "names", "birth_date"),
        *("official_ids", "own_id"),
    ),
    "keys": ("key", "record_id"),
    "identifiers": ("kind", "value", "record_id"),
    "search_keys": ("kind", "key", "record_id"),
}


@dataclass(frozen=True, slots=True)
class Task:
    """What is read, how, and where the rows go.

    `understand` reads a body as the API reads it; `sealing_key` is that of official ids. `erased`
    are the hashed keys of records that were erased: a file may be older than an erasure.
    """

    file: Path
    layout: Layout
    source: str
    folder: Path
    understand: Understand
    sealing_key: str
    at: datetime
    erased: frozenset[bytes] = frozenset()


@dataclass(slots=True)
class Share:
    """What became of a process's share of the lines."""

    read: int = 0
    refused: list[Remark] = field(default_factory=list[Remark])
    flagged: Counter[str] = field(default_factory=Counter[str])


def read_share(task: Task, share: int, shares: int) -> Share:
    """Read each n-th line and write its rows as CSV files; what is refused is told by line."""
    done = Share()
    sealer = Sealer(task.sealing_key)
    with ExitStack() as stack:
        writers = {
            name: csv.writer(
                stack.enter_context((task.folder / f"{name}-{share}.csv").open("w", newline=""))
            )
            for name in COLUMNS
        }
        for name, columns in COLUMNS.items():
            writers[name].writerow(columns)
        readings = PersonFile(task.file).read(
            task.layout, source=task.source, share=share, shares=shares
        )
        for reading in readings:
            done.read += 1
            if reading.body is None:
                done.refused += reading.remarks
                continue
            claim = task.understand(reading.body, task.at, sealer)
            if isinstance(claim, Refusal):
                done.refused += [
                    Remark(reading.line, problem.field, problem.problem) for problem in claim.fields
                ]
            elif claim.key_hash in task.erased and not claim.after_erasure:
                done.refused.append(Remark(reading.line, "external_id", _ERASED))
            else:
                _write(writers, claim, reading.line, done)
    return done


def _write(writers: dict[str, Any], claim: Claim, line: int, done: Share) -> None:
    reading = read_claim(claim)
    portrait = portrait_of(reading.normalised)
    record_id, normalised = str(new_uuid()), normalised_json(reading.normalised)
    for flag in reading.flags:
        done.flagged[flag.field.partition(".")[0]] += 1
    writers["records"].writerow(_record(record_id, line, claim, reading, portrait, normalised))
    writers["keys"].writerows((key, record_id) for key in portrait.keys)
    writers["identifiers"].writerows(
        (use.identifier.kind.value, use.identifier.value, record_id) for use in reading.usable
    )
    writers["search_keys"].writerows(
        (kind.value, text, record_id)
        for kind, text in search_keys_of(reading.normalised, claim.key)
    )


def _record(
    record_id: str,
    line: int,
    claim: Claim,
    reading: Reading,
    portrait: Portrait,
    normalised: dict[str, Any],
) -> tuple[Any, ...]:
    return (
        node_id(claim.key).hex,
        line,
        record_id,
        claim.key.source,
        claim.key.external_id,
        claim.channel,
        claim.store,
        claim.country,
        claim.language,
        claim.brand,
        claim.legal_entity,
        claim.home_region,
        claim.body.decode(),
        _json(normalised),
        _json(flags_json(reading.flags)),
        f"\\x{body_hash(body=claim.body).hex()}",
        reading.observed_at.astimezone(UTC).isoformat(),
        pack(portrait.traits),
        f"{{{','.join(map(str, portrait.keys))}}}",
        _json(normalised["names"]) if "names" in normalised else None,
        normalised.get("birth_date"),
        _json(normalised["official_ids"]) if "official_ids" in normalised else None,
        int(tells_own_id(reading.normalised)),
    )


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
