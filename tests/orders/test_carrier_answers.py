"""What carriers and platforms really send, each event held against a label set by hand."""

import os
import random
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from orders.adapters.tracking.sources import read_payload
from orders.domain.carrier_words import CarrierEvent
from orders.domain.times import ZoneSource
from orders.domain.tracking import Story, Tracking, TrackingEvent, fold

DATA = Path(os.environ.get("CARNET_DATA", Path(__file__).parents[3] / "shared" / "data"))
PARCEL = UUID(int=1)

LABELS = {
    ("laposte", "carriers/laposte_TrackingResponse.json"): (
        "delivered out_for_delivery in_transit in_transit in_transit in_transit in_transit "
        "picked_up pre_transit"
    ),
    ("dhl", "carriers/dhl_universal_TrackingResponseJSON.json"): "pre_transit",
    ("fedex", "carriers/fedex_DuplicateTrackingResponse.json"): (
        "in_transit available_for_pickup on_hold in_transit in_transit in_transit in_transit "
        "in_transit picked_up pre_transit "
        "delivered out_for_delivery in_transit picked_up in_transit attempt_failed attempt_failed "
        "out_for_delivery"
    ),
    ("fedex", "carriers/fedex_InconsistentDateTimeResponse.json"): (
        "delivered out_for_delivery in_transit in_transit in_transit in_transit in_transit "
        "in_transit in_transit in_transit in_transit in_transit in_transit in_transit in_transit "
        "pre_transit picked_up"
    ),
    ("fedex", "carriers/fedex_TrackingResponse.json"): "picked_up",
    ("fedex", "carriers/fedex_ProofOfDeliveryResponse.json"): "",
    ("dpd", "carriers/dpd_TrackingResponse.xml"): (
        "in_transit in_transit in_transit out_for_delivery out_for_delivery attempt_failed "
        "attempt_failed available_for_pickup available_for_pickup available_for_pickup "
        "available_for_pickup out_for_delivery out_for_delivery picked_up attempt_failed"
    ),
    ("bpost", "carriers/bpost_TrackingResponse.xml"): "in_transit out_for_delivery delivered",
    ("gls", "carriers/gls_TrackingResponse.json"): "picked_up pre_transit",
    ("easypost", "easypost/event_body.json"): (
        "pre_transit picked_up in_transit in_transit in_transit in_transit in_transit"
    ),
    ("easypost", "easypost/tracking_webhook.json"): (
        "pre_transit in_transit in_transit in_transit out_for_delivery delivered"
    ),
    ("aftership", "aftership/get_trackings.json"): (
        "pre_transit picked_up in_transit in_transit on_hold in_transit in_transit in_transit "
        "in_transit out_for_delivery delivered"
    ),
    ("shopify", "shopify/fulfillment.json"): "",
    ("shopify", "shopify/order.json"): "",
}
"""By source and file, in the file's sequence, what each event says to who reads its words."""

LATEST = {
    "laposte_TrackingResponse": Tracking.DELIVERED,
    "fedex_InconsistentDateTimeResponse": Tracking.DELIVERED,
    "bpost_TrackingResponse": Tracking.DELIVERED,
    "tracking_webhook": Tracking.DELIVERED,
    "get_trackings": Tracking.DELIVERED,
    "event_body": Tracking.IN_TRANSIT,
}
"""What the answer's own header says of the whole parcel, where it says it."""


def events_in(source: str, name: str) -> tuple[CarrierEvent, ...]:
    path = DATA / "payloads" / name
    if not path.exists():
        message = f"{path} is missing; CARNET_DATA names the folder that holds the data."
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    return read_payload(source, path.read_bytes())


def story_of(events: list[CarrierEvent]) -> Story:
    return fold(
        TrackingEvent(
            parcel_id=PARCEL,
            occurred_at=_at(event.occurred_told),
            occurred_told=event.occurred_told,
            zone_source=ZoneSource.OFFSET,
            status=event.status,
            code=event.code,
            location=event.location,
            description=event.description,
        )
        for event in events
    )


def _at(told: str) -> datetime:
    at = datetime.fromisoformat(told)
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def test_at_least_98_of_100_events_say_what_their_labels_do() -> None:
    right = told = 0
    for (source, name), labels in LABELS.items():
        events = events_in(source, name)
        wanted = labels.split()
        assert len(events) == len(wanted), name
        told += len(events)
        for event, label in zip(events, wanted, strict=True):
            right += event.status == label
            assert event.status == label or event.is_unmapped, (name, event)

    assert told >= 90
    assert right >= 0.98 * told, f"{right} of {told}"


@pytest.mark.parametrize(("source", "name"), sorted(LABELS), ids=lambda one: Path(one).stem)
def test_any_order_and_any_repetition_tell_one_story(source: str, name: str) -> None:
    by_number: dict[str, list[CarrierEvent]] = {}
    for event in events_in(source, name):
        by_number.setdefault(event.tracking_number, []).append(event)
    chooser = random.Random(7)
    for events in by_number.values():
        story = story_of(events)
        for _ in range(100):
            again = events + chooser.sample(events, chooser.randint(0, len(events)))
            chooser.shuffle(again)
            assert story_of(again) == story
        assert story.status is LATEST.get(Path(name).stem, story.status)


def test_times_are_kept_as_they_were_told() -> None:
    events = events_in("fedex", "carriers/fedex_InconsistentDateTimeResponse.json")

    assert events[0].occurred_told == "2024-08-20T12:41:57-04:00"
    assert events[-1].occurred_told == "2024-08-15T00:00:00"
    [event, *_] = events_in("dpd", "carriers/dpd_TrackingResponse.xml")
    assert event.occurred_told == "2021-08-17T19:11:26"


def test_codes_say_why_where_they_do() -> None:
    events = events_in("fedex", "carriers/fedex_DuplicateTrackingResponse.json")

    assert {event.code: event.reason for event in events if event.reason is not None} == {
        "DY:A52": "carrier-delay",
        "DE:A47": "redirected",
        "DE:08": "recipient-absent",
    }
