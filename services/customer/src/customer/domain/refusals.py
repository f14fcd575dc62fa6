"""What this service refuses because nobody answers to the name."""

from __future__ import annotations

from chassis.errors import NotFound


class CustomerUnknown(NotFound):
    """No customer has, or ever had, this id."""

    slug = "customer-unknown"
    title = "No customer has this id"


class SourceRecordUnknown(NotFound):
    """The source never told a record under this id."""

    slug = "source-record-unknown"
    title = "The source has no such record here"
