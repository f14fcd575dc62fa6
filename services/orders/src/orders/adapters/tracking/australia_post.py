"""Australia Post's answers (Shipping and Tracking)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orders.adapters.tracking.codes import meaning_of
from orders.adapters.tracking.reading import carrier_event, items, number_of, read_json, text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orders.domain.carrier_words import CarrierEvent


def read(payload: bytes) -> Iterator[CarrierEvent]:
    """Read the events of every article; they are known by their words, which are fixed."""
    for result in items(read_json(payload), "tracking_results"):
        for article in items(result, "trackable_items"):
            number = number_of(article, "article_id")
            for event in items(article, "events"):
                words = text(event, "description")
                yield carrier_event(
                    meaning_of("australia-post", words and words.casefold()),
                    carrier="australia-post",
                    tracking_number=number,
                    code=words,
                    when=text(event, "date"),
                    where=[text(event, "location")],
                    description=words,
                )
