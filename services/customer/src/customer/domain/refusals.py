"""What this service refuses because nobody answers to the name, or others hold it just now."""

from __future__ import annotations

from chassis.errors import NotFound, Unavailable


class CustomerUnknown(NotFound):
    """No customer has, or ever had, this id."""

    slug = "customer-unknown"
    title = "No customer has this id"


class SourceRecordUnknown(NotFound):
    """The source never told a record under this id."""

    slug = "source-record-unknown"
    title = "The source has no such record here"


class CustomersBusy(Unavailable):
    """Others change the same customers at this moment."""

    slug = "identity-busy"
    title = "The customer is being changed by others"
