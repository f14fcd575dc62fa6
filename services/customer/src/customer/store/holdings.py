"""What is held of a customer, table by table: how it is found, erased and exported.

One list for all: whoever adds a table that points to customers or source records names it here,
and a test fails until that is done.
"""

from __future__ import annotations

from dataclasses import dataclass

IDS = "ANY(CAST(:customers AS text[]))"
"""The customer's id and all ids that were retired into it."""

RECORDS = "ANY(CAST(:records AS uuid[]))"
"""The ids of the customer's source records."""

_OF_RECORD = f"source_record_id = {RECORDS}"
_TOLD = f"({_OF_RECORD} OR told_customer_id = {IDS})"

_RELATED = f"({_TOLD} OR to_customer_id = {IDS} OR to_record_id = {RECORDS})"

_KEYS = f"SELECT unnest(keys), source_record_id FROM record_traits WHERE {_OF_RECORD}"  # noqa: S608 - made of constants
_JUDGED = f"(left_id = {RECORDS} OR right_id = {RECORDS})"
_APART = f"({_OF_RECORD} OR judgement_id IN (SELECT id FROM judgements WHERE {_JUDGED}))"  # noqa: S608 - made of constants
_PAIRED = f"(left_customer_id = {IDS} OR right_customer_id = {IDS})"
_CANDIDATES = f"SELECT id FROM match_candidates WHERE {_PAIRED}"  # noqa: S608 - made of constants

_HOUSEHOLDS = f"id IN (SELECT to_household_id FROM relationships WHERE {_TOLD})"  # noqa: S608 - made of constants

_ERASE_RELATIONSHIPS = f"""
WITH gone AS (
    DELETE FROM relationships WHERE {_RELATED} RETURNING id, to_household_id
), emptied AS (
    DELETE FROM households h WHERE h.id IN (SELECT to_household_id FROM gone)
    AND NOT EXISTS (
        SELECT FROM relationships r
        WHERE r.to_household_id = h.id AND r.id NOT IN (SELECT id FROM gone))
)
SELECT id FROM gone
"""  # noqa: S608 - made of constants


@dataclass(frozen=True, slots=True)
class Holding:
    """A table, and the condition that finds a customer's rows in it.

    `erase` does more than delete those rows, and returns a row for each; what is not `exported`
    is only another form of something that is. `withheld` are columns that tell nothing of the
    person.
    """

    table: str
    where: str
    erase: str | None = None
    exported: bool = True
    withheld: tuple[str, ...] = ()


HOLDINGS: tuple[Holding, ...] = (
    Holding("blocking_keys", f"(key, source_record_id) IN ({_KEYS})", exported=False),
    Holding("record_traits", _OF_RECORD, exported=False),
    Holding("search_keys", _OF_RECORD, exported=False),
    Holding("identifiers", _OF_RECORD),
    Holding("attribute_values", _TOLD),
    Holding("attribute_locks", f"told_customer_id = {IDS}"),
    Holding("interactions", _TOLD, withheld=("content_hash",)),
    Holding("notes", _TOLD),
    Holding("appointments", _TOLD),
    Holding("relationships", _RELATED, erase=_ERASE_RELATIONSHIPS),
    Holding("consents", _TOLD),
    Holding("match_candidate_judgements", f"candidate_id IN ({_CANDIDATES})", exported=False),
    Holding("match_candidate_steps", f"candidate_id IN ({_CANDIDATES})"),
    Holding("proposed_parts", f"(candidate_id IN ({_CANDIDATES}) OR {_OF_RECORD})", exported=False),
    Holding("match_candidates", _PAIRED),
    Holding("kept_apart", _APART),
    Holding("rulings", f"(customer_id = {IDS} OR other_id = {IDS})"),
    Holding("judgements", _JUDGED),
    Holding("merges", f"(retired_id = {IDS} OR survivor_id = {IDS} OR cause_id = {RECORDS})"),
    Holding("customer_aliases", f"(retired_id = {IDS} OR survivor_id = {IDS})"),
    Holding("source_records", f"id = {RECORDS}", withheld=("content_hash",)),
    Holding("customers", f"id = {IDS}"),
)
"""In the order in which rows are erased, so that none is pointed to when it goes."""

KEPT: dict[str, str] = {
    "customer_reads": "who read what of the person: the house must be able to account for it",
    "erasures": "the job itself: ids and times",
    "erased_customers": "the ids that answer 410 for ever",
}
"""Tables that name customers or source records and outlive an erasure, with the reason."""

EXPORTED_TOO: tuple[Holding, ...] = (
    Holding("customer_reads", f"customer_id = {IDS}"),
    Holding("households", _HOUSEHOLDS),
)
"""What is exported besides: kept for accountability, or held of several people together."""
