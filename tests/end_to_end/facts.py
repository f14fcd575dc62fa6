"""What stands on Kafka, read as a program outside the suite reads it, by its contract."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, validate
from kafka import KafkaConsumer
from kafka.structs import TopicPartition

CONTRACTS = Path(__file__).parents[2] / "contracts"


@dataclass(frozen=True, slots=True)
class Fact:
    """One event, as a consumer gets it."""

    id: str
    type: str
    key: str
    sequence: int
    data: dict[str, Any]


def facts(bootstrap: str, topic: str) -> list[Fact]:
    """Give all events of a topic, each one held against its contract."""
    consumer: Any = KafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    try:
        numbers = consumer.partitions_for_topic(topic) or ()
        partitions: list[Any] = [TopicPartition(topic, number) for number in numbers]
        consumer.assign(partitions)
        consumer.seek_to_beginning()
        ends = consumer.end_offsets(partitions)
        found: list[Fact] = []
        while any(consumer.position(each) < ends[each] for each in partitions):
            for records in consumer.poll(timeout_ms=500).values():
                found += [_fact(topic, record) for record in records]
    finally:
        consumer.close()
    return found


def once(found: Iterable[Fact]) -> list[Fact]:
    """Leave out what came again under the same id, as every consumer does."""
    return list({fact.id: fact for fact in found}.values())


def _fact(topic: str, record: Any) -> Fact:
    told = {name: value.decode() for name, value in record.headers}
    type_ = told["ce_type"]
    assert type_ in json.loads((CONTRACTS / "topics.json").read_text())[topic]["events"]
    schema = json.loads((CONTRACTS / "events" / f"{type_}.json").read_text())
    data = json.loads(record.value)
    validate(data, schema, Draft202012Validator, format_checker=Draft202012Validator.FORMAT_CHECKER)
    assert told["ce_specversion"] == "1.0"
    return Fact(told["ce_id"], type_, record.key.decode(), int(told["ce_sequence"]), data)
