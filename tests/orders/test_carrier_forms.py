"""Payloads by carriers' published forms, rubbish, and the command that shows what they come to."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from orders.adapters.tracking.codes import codes_of
from orders.adapters.tracking.sources import SOURCES, read_payload
from orders.domain.carrier_words import PayloadUnreadable
from orders.domain.tracking import Tracking

UPS = {
    "trackResponse": {
        "shipment": [
            {
                "package": [
                    {
                        "trackingNumber": "1Z999AA10123456784",
                        "activity": [
                            {
                                "location": {"address": {"city": "PARIS", "countryCode": "FR"}},
                                "status": {"type": "D", "description": "Delivered", "code": "FS"},
                                "date": "20260302",
                                "time": "101500",
                                "gmtOffset": "+01:00",
                            },
                            {
                                "status": {"type": "X", "description": "Held", "code": "A1"},
                                "date": "20260301",
                                "time": "091500",
                            },
                        ],
                    }
                ]
            }
        ]
    }
}
USPS_JSON = {
    "trackingNumber": "9400100000000000000000",
    "trackingEvents": [
        {
            "eventType": "Out for Delivery",
            "eventCode": "OF",
            "eventTimestamp": "2026-03-02T08:10:00Z",
        },
        {"eventType": "Odd", "eventCode": "Q7", "eventTimestamp": "2026-03-01T08:10:00Z"},
    ],
}
USPS_XML = """<TrackResponse><TrackInfo ID="9400"><TrackSummary><EventTime>9:05 am</EventTime>
<EventDate>March 2, 2026</EventDate><Event>Delivered</Event><EventCode>01</EventCode>
<EventCity>RENO</EventCity></TrackSummary></TrackInfo></TrackResponse>"""
CANADA_POST = """<tracking-detail xmlns="http://www.canadapost.ca/ws/track"><pin>1371134583769923</pin>
<significant-events><occurrence><event-identifier>1496</event-identifier>
<event-date>2026-03-02</event-date><event-time>10:15:00</event-time><event-time-zone>EST</event-time-zone>
<event-description>Item successfully delivered</event-description><event-site>OTTAWA</event-site>
<event-province>ON</event-province></occurrence></significant-events></tracking-detail>"""
CHRONOPOST = """<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>
<ns1:trackSkybillV2Response xmlns:ns1="http://cxf.tracking.soap.chronopost.fr/"><return>
<listEventInfoComp><skybillNumber>XY123456789FR</skybillNumber><events><code>D</code>
<eventDate>2026-03-02T10:15:00+01:00</eventDate><eventLabel>Livraison</eventLabel>
<officeLabel>Paris</officeLabel></events><events><code>ZZ</code>
<eventDate>2026-03-01T10:15:00+01:00</eventDate></events></listEventInfoComp></return>
</ns1:trackSkybillV2Response></soap:Body></soap:Envelope>"""
AUSTRALIA_POST = {
    "tracking_results": [
        {
            "trackable_items": [
                {
                    "article_id": "33XYZ000001",
                    "events": [
                        {
                            "description": "Onboard for delivery",
                            "date": "2026-03-02T08:00:00+11:00",
                        },
                        {"description": "Seen by a bird", "date": "2026-03-01T08:00:00+11:00"},
                    ],
                }
            ]
        }
    ]
}
KARRIO = {
    "carrier_name": "canadapost",
    "tracking_number": "123",
    "events": [
        {"date": "2026-03-02", "time": "10:15 AM", "code": "1496", "status": "delivered"},
        {"date": "2026-03-01", "time": "09:00", "code": "X", "description": "?"},
    ],
}
SHOPIFY = {
    "fulfillment_event": {
        "fulfillment_id": 255858046,
        "status": "attempted_delivery",
        "happened_at": "2026-03-02T10:15:00+01:00",
        "city": "Lyon",
    }
}
HERMES = {
    "shipmentinfo": [
        {
            "shipmentID": "H1000000000000000001",
            "status": [
                {
                    "timestamp": "2026-03-02T10:15:00+01:00",
                    "code": "1510",
                    "scanningUnit": {"city": "Hamburg", "countryCode": "DE"},
                },
                {"timestamp": "2026-03-02T11:15:00+01:00", "code": "030000017"},
                {"timestamp": "2026-03-02T12:15:00+01:00", "code": "9999"},
            ],
        }
    ]
}
ASENDIA_SYNC = [
    {
        "trackingNumber": "AS1",
        "trackingEvents": [
            {
                "id": 1,
                "code": "PU",
                "time": "2026-03-02T10:15:00Z",
                "locationName": "Bern",
                "locationCountry": "CH",
                "carrierEventDescription": "Picked up",
            }
        ],
    }
]
ASENDIA_USA = {
    "data": [
        {
            "trackingNumberVendor": "RL1CH",
            "trackingMilestoneEvents": [
                {
                    "eventCode": "s10",
                    "eventDescription": "Delivered",
                    "eventLocation": "",
                    "eventOn": "2026-03-02T11:13:00+00:00",
                },
                {"eventCode": "s2d", "eventOn": "2026-03-01T10:14:50.452565+00:00"},
            ],
        }
    ],
    "responseStatus": {"responseStatusCode": 200, "responseStatusMessage": ""},
}
AFTERSHIP_WEBHOOK = {
    "event": "tracking_update",
    "msg": {
        "slug": "ups",
        "tracking_number": "1Z",
        "checkpoints": [
            {
                "subtag": "Exception_013",
                "tag": "Exception",
                "checkpoint_time": "2026-03-02T10:00:00",
            }
        ],
    },
}
FORMS: list[tuple[str, Any, list[str]]] = [
    ("ups", UPS, ["delivered", "on_hold"]),
    ("usps", USPS_JSON, ["out_for_delivery", "unknown"]),
    ("usps", USPS_XML, ["delivered"]),
    ("canada-post", CANADA_POST, ["delivered"]),
    ("chronopost", CHRONOPOST, ["delivered", "unknown"]),
    ("australia-post", AUSTRALIA_POST, ["out_for_delivery", "unknown"]),
    ("karrio", KARRIO, ["delivered", "unknown"]),
    ("shopify", SHOPIFY, ["attempt_failed"]),
    ("hermes", HERMES, ["in_transit", "in_transit", "unknown"]),
    ("asendia", ASENDIA_SYNC, ["unknown"]),
    ("asendia", ASENDIA_USA, ["delivered", "in_transit"]),
    ("aftership", AFTERSHIP_WEBHOOK, ["lost_or_damaged"]),
]
LAUGHS = (
    """<!DOCTYPE a [<!ENTITY b "ha"><!ENTITY c "&b;&b;">]><tracking-detail>&c;</tracking-detail>"""
)


def written(payload: Any) -> bytes:
    return payload.encode() if isinstance(payload, str) else json.dumps(payload).encode()


@pytest.mark.parametrize(("source", "payload", "statuses"), FORMS, ids=lambda one: str(one)[:10])
def test_a_published_form_is_read(source: str, payload: Any, statuses: list[str]) -> None:
    events = read_payload(source, written(payload))

    assert [event.status for event in events] == statuses
    assert all(event.is_unmapped is (event.status == "unknown") for event in events)


def test_a_time_beside_its_offset_is_told_with_it() -> None:
    with_offset, local = read_payload("ups", written(UPS))

    assert with_offset.occurred_told == "2026-03-02T10:15:00+01:00"
    assert local.occurred_told == "2026-03-01T09:15:00"


@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize(
    "rubbish",
    [b"", b"{", b"[]", b"null", b"7", b"{}", b"<a/>", b"<a>", b"\xff\xfe", LAUGHS.encode()],
    ids=repr,
)
def test_rubbish_is_refused_with_one_clear_error(source: str, rubbish: bytes) -> None:
    with pytest.raises(PayloadUnreadable) as refused:
        read_payload(source, rubbish)

    assert refused.value.fields
    assert "Send the source's answer" in str(refused.value)


@pytest.mark.parametrize("source", [one for one, _, _ in FORMS])
def test_a_payload_that_was_cut_off_is_refused(source: str) -> None:
    payload = next(written(form) for name, form, _ in FORMS if name == source)

    with pytest.raises(PayloadUnreadable):
        read_payload(source, payload[: len(payload) * 2 // 3])


def test_a_payload_of_another_shape_is_refused() -> None:
    shapes: list[Any] = [
        {"parcels": [{"events": []}]},
        {"parcels": [{"unitno": "1", "events": [{}]}]},
    ]
    for told in shapes:
        with pytest.raises(PayloadUnreadable):
            read_payload("gls", written(told))


@pytest.mark.parametrize("source", SOURCES)
def test_every_table_is_read_and_guesses_nothing(source: str) -> None:
    table = codes_of(source)

    assert len(table) >= 3
    assert all(meaning.status is not Tracking.UNKNOWN for meaning in table.values())


@pytest.mark.parametrize(
    ("source", "codes", "statuses"),
    [
        (
            "chronopost",
            "DC DB DY SC TS SD TA D",
            (
                "pre_transit picked_up picked_up in_transit in_transit in_transit out_for_delivery "
                "delivered"
            ),
        ),
        ("asendia", "s1 s2a s4 s7 s10", "pre_transit picked_up in_transit in_transit delivered"),
        ("canada-post", "4310 4500 1408", "in_transit in_transit delivered"),
        ("laposte", "DO1 DO2 DO3", "customs in_transit customs"),
    ],
    ids=["chronopost", "asendia", "canada-post", "laposte"],
)
def test_codes_mean_what_published_answers_say_beside_them(
    source: str, codes: str, statuses: str
) -> None:
    table = codes_of(source)

    assert [table[code].status for code in codes.split()] == statuses.split()


def carnet(*words: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("carnet")), "orders", "normalise", *words],
        input=stdin,
        capture_output=True,
        check=False,
    )


def test_the_command_prints_events_and_what_nobody_knows(tmp_path: Path) -> None:
    file = tmp_path / "answer.xml"
    file.write_text(CHRONOPOST)

    as_json = carnet(str(file), "--carrier", "chronopost", "--json")
    for_people = carnet("-", "--carrier", "chronopost", stdin=CHRONOPOST.encode())

    told = json.loads(as_json.stdout)
    assert [event["status"] for event in told["events"]] == ["delivered", "unknown"]
    assert told["events"][0]["occurred_at"] == "2026-03-02T10:15:00+01:00"
    assert told["unmapped"] == [{"carrier": "chronopost", "code": "ZZ", "times": 1}]
    assert b"unmapped: the code 'ZZ' of chronopost, 1 times" in for_people.stdout


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (("-", "--carrier", "pigeon"), 2, b"Name one of aftership"),
        (("-", "--carrier", "dhl"), 1, b"is no JSON"),
        (("nowhere.json", "--carrier", "dhl"), 1, b"cannot be read: No such file"),
    ],
)
def test_the_command_refuses_in_one_line(words: tuple[str, ...], code: int, said: bytes) -> None:
    done = carnet(*words, stdin=b"{")

    assert (done.returncode, done.stdout) == (code, b"")
    assert said in done.stderr
    assert done.stderr.count(b"\n") == 1
