"""Reads: who saw what of whom, and what for."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Seen(StrEnum):
    """What was read; parts that hang on a customer are named by their routes."""

    CUSTOMER = "customer"
    SOURCE_RECORD = "source-record"
    SOURCE_RECORDS = "source-records"
    SEARCH = "search"
    READS = "reads"
    ALIAS = "alias"
    COMMUNICATION_CHECK = "communication-check"
    EXPORT = "export"
    HOUSEHOLD = "household"
    ID_MAP = "id-map"
    ALIASES = "aliases"
    REFUSED = "refused"


class Read(NamedTuple):
    """One read of one customer; a tuple, because every read makes one.

    Without a customer it is of many at once: of a page of ids, by the thousand.
    """

    customer_id: str | None
    client_id: str
    person: str | None
    what: str
    purpose: str | None
