"""A million shuffles and duplications of what carriers recorded: does any end otherwise?

Beside it, what a status that is overwritten by each event as it comes would have ended as.
"""

import os
import random
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from bench.figures import Figure, report
from orders.adapters.tracking.sources import read_payload
from orders.domain.carrier_words import CarrierEvent
from orders.domain.times import ZoneSource
from orders.domain.tracking import TrackingEvent, fold

DATA = Path(os.environ.get("CARNET_DATA", Path(__file__).parents[2] / "shared" / "data"))
SHUFFLES = 1_000_000
FEWEST_EVENTS = 3
RECORDED = (
    ("laposte", "carriers/laposte_TrackingResponse.json"),
    ("fedex", "carriers/fedex_DuplicateTrackingResponse.json"),
    ("fedex", "carriers/fedex_InconsistentDateTimeResponse.json"),
    ("dpd", "carriers/dpd_TrackingResponse.xml"),
    ("bpost", "carriers/bpost_TrackingResponse.xml"),
    ("easypost", "easypost/event_body.json"),
    ("easypost", "easypost/tracking_webhook.json"),
    ("aftership", "aftership/get_trackings.json"),
)


def sequences() -> list[list[TrackingEvent]]:
    """Give what was recorded of each parcel of which there are some events."""
    found: dict[tuple[str, str], list[TrackingEvent]] = {}
    for source, name in RECORDED:
        for event in read_payload(source, (DATA / "payloads" / name).read_bytes()):
            found.setdefault((name, event.tracking_number), []).append(_event(event))
    return [events for events in found.values() if len(events) >= FEWEST_EVENTS]


def _event(event: CarrierEvent) -> TrackingEvent:
    at = datetime.fromisoformat(event.occurred_told)
    return TrackingEvent(
        parcel_id=UUID(int=1),
        occurred_at=at if at.tzinfo is not None else at.replace(tzinfo=UTC),
        occurred_told=event.occurred_told,
        zone_source=ZoneSource.OFFSET,
        status=event.status,
        code=event.code,
        location=event.location,
        description=event.description,
    )


def main() -> None:
    """Shuffle and repeat by a fixed seed, and count what differs."""
    chooser = random.Random(20261128)
    told = [(events, fold(events)) for events in sequences()]
    differences = overwritten = 0
    for number in range(SHUFFLES):
        events, story = told[number % len(told)]
        again = events + chooser.sample(events, chooser.randint(0, len(events)))
        chooser.shuffle(again)
        differences += fold(again) != story
        overwritten += again[-1].status is not story.status
    report(
        "tracking_shuffles",
        [
            Figure("recorded sequences", len(told), "parcels"),
            Figure("recorded events", sum(len(events) for events, _ in told), "events"),
            Figure(
                f"of {SHUFFLES:,} shuffles and duplications, those that end otherwise",
                differences,
                "shuffles",
                target=0,
                at_most=True,
            ),
            Figure(
                "of the same, where the event that came last has another status",
                100 * overwritten / SHUFFLES,
                "%",
            ),
        ],
    )


if __name__ == "__main__":
    main()
