"""Australia Post's answers (Shipping and Tracking)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import iso_time, items, number_of, read_json, text
from orders.domain.carrier_words import CarrierEvent

if TYPE_CHECKING:
    from collections.abc import Iterator


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the events of every article; they are known by their words, which are fixed."""
    for result in items(read_json(payload), "tracking_results"):
        for article in items(result, "trackable_items"):
            number = number_of(article, "article_id")
            for event in items(article, "events"):
                words = text(event, "description")
                meaning = meaning_of("australia-post", words and words.casefold())
                yield CarrierEvent(
                    carrier="australia-post",
                    tracking_number=number,
                    status=meaning.status,
                    reason=meaning.reason,
                    code=words,
                    occurred_told=iso_time(text(event, "date")),
                    location=text(event, "location"),
                    description=words,
                )
