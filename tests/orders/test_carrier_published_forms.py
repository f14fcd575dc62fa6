"""Answers in each form that carriers publish, each event held against what its list says."""

import json
from typing import Any

import pytest

from orders.adapters.tracking.sources import read_payload

UPS_V1: Any = {
    "trackResponse": {
        "shipment": [
            {
                "package": [
                    {
                        "trackingNumber": "1Z0001",
                        "activity": [
                            {
                                "status": {"type": "D", "code": "F4", "statusCode": "011"},
                                "date": "20260305",
                                "time": "101500",
                                "gmtOffset": "-05:00",
                            },
                            {
                                "status": {"type": "X", "code": "ZZ", "statusCode": "012"},
                                "date": "20260304",
                                "time": "101500",
                            },
                            {
                                "status": {"type": "X", "code": "48", "statusCode": "021"},
                                "date": "20260303",
                                "time": "101500",
                            },
                            {"status": {"type": "I", "code": "XD"}, "date": "20260302"},
                        ],
                    },
                    {
                        "trackingNumber": "1Z0002",
                        "activity": [
                            {"status": {"type": "M"}, "date": "20260301", "time": "080000"},
                            {"status": {"type": "NA", "code": "??"}, "date": "20260301"},
                        ],
                    },
                    {"trackingNumber": "1Z0003"},
                ]
            }
        ]
    }
}
UPS_BEFORE: Any = {
    "TrackResponse": {
        "Response": {"ResponseStatus": {"Code": "1"}},
        "Shipment": {
            "Package": {
                "TrackingNumber": "1Z0001",
                "Activity": {
                    "ActivityLocation": {"Address": {"City": "RENO", "CountryCode": "US"}},
                    "Status": {"Type": "D", "Code": "KB", "Description": "DELIVERED"},
                    "Date": "20260305",
                    "Time": "101500",
                },
            }
        },
    }
}


def fedex_scans(*scans: str) -> Any:
    """Write scans as `type`, `type:exception` or `type/derived`."""
    events: list[dict[str, str]] = []
    for scan in scans:
        code, _, derived = scan.partition("/")
        kind, _, exception = code.partition(":")
        events.append(
            {
                "date": "2026-03-02T10:15:00-06:00",
                "eventType": kind,
                "exceptionCode": exception,
                "derivedStatusCode": derived,
            }
        )
    shipment = {"trackingNumberInfo": {"trackingNumber": "7942"}, "scanEvents": events}
    return {"output": {"completeTrackResults": [{"trackResults": [shipment]}]}}


def dhl_unified(**event: str) -> Any:
    told = {"timestamp": "2026-03-02T10:15:00", **event}
    return {"shipments": [{"id": "00340", "service": "express", "events": [told]}]}


DHL_OF_ONE_STATUS: Any = {
    "shipments": [
        {"id": "1", "status": {"timestamp": "2026-03-02T10:15:00Z", "statusCode": "delivered"}},
        {"id": "2", "status": {"timestamp": "2026-03-02T10:15:00Z", "statusCode": "unknown"}},
    ]
}
MY_DHL: Any = {
    "shipments": [
        {
            "shipmentTrackingNumber": "1234567890",
            "status": "Success",
            "events": [
                {
                    "date": "2026-03-02",
                    "time": "10:15:00",
                    "GMTOffset": "+08:00",
                    "typeCode": "CR",
                    "serviceArea": [{"code": "SIN", "description": "Singapore-SG"}],
                },
                {"date": "2026-03-01", "time": "10:15:00", "typeCode": "RR"},
            ],
        },
        {
            "shipmentTrackingNumber": "1234567891",
            "events": [],
            "pieces": [
                {
                    "trackingNumber": "JD01",
                    "events": [{"date": "2026-03-02", "time": "10:15:00", "typeCode": "OK"}],
                },
                {
                    "trackingNumber": "JD02",
                    "events": [{"date": "2026-03-02", "time": "10:15:00", "typeCode": "NH"}],
                },
            ],
        },
    ]
}
DHL_XML = """<?xml version="1.0"?><r:TrackingResponse xmlns:r="http://www.dhl.com"><AWBInfo>
<AWBNumber>3180</AWBNumber><Status><ActionStatus>success</ActionStatus></Status><ShipmentInfo>
<ShipmentEvent><Date>2026-03-01</Date><Time>10:15:00</Time><ServiceEvent><EventCode>PU</EventCode>
</ServiceEvent><ServiceArea><Description>Milan - Italy </Description></ServiceArea></ShipmentEvent>
<ShipmentEvent><Date>2026-03-02</Date><Time>10:15:00</Time><ServiceEvent><EventCode>OK</EventCode>
</ServiceEvent></ShipmentEvent></ShipmentInfo></AWBInfo><AWBInfo><AWBNumber>3181</AWBNumber>
<ShipmentInfo><ShipmentEvent><Date>2026-03-01</Date><Time>10:15:00</Time><ServiceEvent>
<EventCode>RW</EventCode></ServiceEvent></ShipmentEvent></ShipmentInfo></AWBInfo></r:TrackingResponse>
"""
USPS_V3: Any = [
    {
        "trackingNumber": "9400",
        "statusCategory": "Delivered",
        "trackingEvents": [
            {
                "eventCode": "01",
                "eventTimestamp": "2026-03-02T10:15:00",
                "GMTTimestamp": "2026-03-02T16:15:00Z",
                "GMTOffset": "-06:00",
            },
            {"eventCode": "02", "eventTimestamp": "2026-03-01T10:15:00"},
            {"eventCode": "GX", "eventTimestamp": "2026-02-28T10:15:00.000Z"},
        ],
    },
    {"trackingNumber": "9401", "trackingEvents": []},
]
USPS_WEB_TOOLS = """<?xml version="1.0" encoding="UTF-8"?><TrackResponse><TrackInfo ID="9400">
<TrackSummary><EventTime/><EventDate>March 3, 2026</EventDate><Event>In Transit to Next Facility
</Event><EventCode>NT</EventCode></TrackSummary><TrackDetail><EventTime>8:10 pm</EventTime>
<EventDate>March 2, 2026</EventDate><EventCode>10</EventCode></TrackDetail><TrackDetail>
<EventTime>9:00 am</EventTime><EventDate>March 2, 2026</EventDate><EventCode>03</EventCode>
</TrackDetail></TrackInfo><TrackInfo ID="9401"><TrackSummary><EventTime>9:00 am</EventTime>
<EventDate>March 1, 2026</EventDate><EventCode>04</EventCode></TrackSummary></TrackInfo>
</TrackResponse>"""


def canada_post(*occurrences: tuple[str, str]) -> str:
    told = "".join(
        f"<occurrence><event-identifier>{code}</event-identifier><event-date>2026-03-02</event-date>"
        f"<event-time>10:15:00</event-time><event-description>{words}</event-description>"
        "</occurrence>"
        for code, words in occurrences
    )
    return (
        '<tracking-detail xmlns="http://www.canadapost.ca/ws/track-v2"><pin>7023</pin>'
        f"<significant-events>{told}</significant-events></tracking-detail>"
    )


CANADA_POST_RETURNED = canada_post(
    ("1498", "L’article a été renvoyé avec succès à l’expéditeur"),
    ("1418", "L'article est renvoyé à l'expéditeur"),
    ("0100", "Article traité"),
    ("1202", "La date de livraison a changé"),
)
CANADA_POST_JSON: Any = {
    "pin": "7023",
    "significantEvents": [
        {"eventIdentifier": "1438", "eventDate": "2026-03-02", "eventTime": "10:15:00"},
        {"eventIdentifier": "174", "eventDate": "2026-03-02", "eventTime": "07:15:00"},
    ],
}
CANADA_POST_PAGE: Any = [
    {
        "pin": "7023",
        "events": [
            {
                "cd": "1407",
                "datetime": {"date": "2026-03-02", "time": "10:15:00", "zoneOffset": "-05:00"},
                "descEn": "Item available for pickup at Post Office",
            }
        ],
    }
]
FORMS: list[tuple[str, str, Any, str]] = [
    (
        "ups",
        "the exception's package is with customs: its status of three digits says so",
        UPS_V1,
        "delivered customs attempt_failed:recipient-absent in_transit pre_transit unknown",
    ),
    ("ups", "one package and one activity are no lists", UPS_BEFORE, "delivered"),
    (
        "fedex",
        "scans of the way",
        fedex_scans("DL", "OD", "AR", "DP", "CC", "IT", "PU", "OC"),
        (
            "delivered out_for_delivery in_transit in_transit in_transit in_transit picked_up "
            "pre_transit"
        ),
    ),
    (
        "fedex",
        "exceptions say why",
        fedex_scans("DE:08", "DE:07", "DE:03", "DE:99", "SE:84", "CD", "DY:A52", "HL", "RS", "CA"),
        (
            "attempt_failed:recipient-absent attempt_failed:refused attempt_failed:address-wrong "
            "attempt_failed on_hold customs:customs-held on_hold:carrier-delay "
            "available_for_pickup return_to_sender on_hold:cancelled"
        ),
    ),
    (
        "fedex",
        "what FedEx derives speaks where the event has no row",
        fedex_scans("RR/IT", "HA/DL", "QQ/QQ", "QQ"),
        "in_transit delivered unknown unknown",
    ),
    (
        "dhl",
        "an Express checkpoint",
        dhl_unified(statusCode="transit", status="WC"),
        "out_for_delivery",
    ),
    ("dhl", "customs let go", dhl_unified(statusCode="transit", status="CR"), "in_transit"),
    ("dhl", "a checkpoint of no row", dhl_unified(statusCode="transit", status="QQ"), "in_transit"),
    ("dhl", "in capitals", dhl_unified(statusCode="DELIVERED"), "delivered"),
    (
        "dhl",
        "words of the parcel service",
        dhl_unified(
            statusCode="transit",
            status="The shipment has been loaded onto the delivery vehicle",
        ),
        "out_for_delivery",
    ),
    ("dhl", "no events, one status", DHL_OF_ONE_STATUS, "delivered unknown"),
    (
        "dhl",
        "MyDHL, and pieces that tell more than their shipment",
        MY_DHL,
        "in_transit customs delivered attempt_failed:recipient-absent",
    ),
    (
        "dhl",
        "XML Services; to weigh a shipment moves nothing",
        DHL_XML,
        "picked_up delivered unknown",
    ),
    ("usps", "v3", USPS_V3, "delivered attempt_failed:recipient-absent pre_transit"),
    (
        "usps",
        "Web Tools, of a day without a time",
        USPS_WEB_TOOLS,
        "in_transit in_transit picked_up return_to_sender:refused",
    ),
    (
        "canada-post",
        "the same code delivers to the sender, by its words",
        CANADA_POST_RETURNED,
        "returned return_to_sender in_transit unknown",
    ),
    (
        "canada-post",
        "delivered to whom it was sent",
        canada_post(("1498", "Item successfully delivered")),
        "delivered",
    ),
    (
        "canada-post",
        "JSON, whose codes lost a nought",
        CANADA_POST_JSON,
        "attempt_failed out_for_delivery",
    ),
    ("canada-post", "its page", CANADA_POST_PAGE, "available_for_pickup"),
]


def written(payload: Any) -> bytes:
    return payload.encode() if isinstance(payload, str) else json.dumps(payload).encode()


def told_by(source: str, payload: Any) -> list[str]:
    events = read_payload(source, written(payload))
    return [":".join(filter(None, (event.status, event.reason))) for event in events]


@pytest.mark.parametrize(
    ("source", "payload", "labels"),
    [(source, payload, labels) for source, _, payload, labels in FORMS],
    ids=[f"{source}: {case}" for source, case, _, _ in FORMS],
)
def test_a_form_says_what_its_list_does(source: str, payload: Any, labels: str) -> None:
    assert told_by(source, payload) == labels.split()


@pytest.mark.parametrize(
    ("source", "payload", "labels"),
    [(source, payload, labels) for source, _, payload, labels in FORMS],
    ids=[f"{source}: {case}" for source, case, _, _ in FORMS],
)
def test_a_byte_order_mark_changes_nothing(source: str, payload: Any, labels: str) -> None:
    events = read_payload(source, b"\xef\xbb\xbf" + written(payload))

    assert [event.status for event in events] == [
        label.partition(":")[0] for label in labels.split()
    ]


@pytest.mark.parametrize(
    ("source", "payload", "times"),
    [
        (
            "ups",
            UPS_V1,
            [
                "2026-03-05T10:15:00-05:00",
                "2026-03-04T10:15:00",
                "2026-03-03T10:15:00",
                "2026-03-02T00:00:00",
            ],
        ),
        ("dhl", MY_DHL, ["2026-03-02T10:15:00+08:00", "2026-03-01T10:15:00"]),
        (
            "usps",
            USPS_V3,
            ["2026-03-02T10:15:00-06:00", "2026-03-01T10:15:00", "2026-02-28T10:15:00+00:00"],
        ),
        (
            "usps",
            USPS_WEB_TOOLS,
            ["2026-03-03T00:00:00", "2026-03-02T20:10:00", "2026-03-02T09:00:00"],
        ),
        ("canada-post", CANADA_POST_PAGE, ["2026-03-02T10:15:00-05:00"]),
    ],
    ids=["ups", "dhl", "usps v3", "usps web tools", "canada post"],
)
def test_an_offset_is_kept_and_none_is_made_up(source: str, payload: Any, times: list[str]) -> None:
    events = read_payload(source, written(payload))

    assert [event.occurred_told for event in events][: len(times)] == times


@pytest.mark.parametrize(
    ("source", "payload", "numbers"),
    [
        ("ups", UPS_V1, ["1Z0001", "1Z0002"]),
        ("dhl", MY_DHL, ["1234567890", "JD01", "JD02"]),
        ("dhl", DHL_OF_ONE_STATUS, ["1", "2"]),
        ("dhl", DHL_XML, ["3180", "3181"]),
        ("usps", USPS_WEB_TOOLS, ["9400", "9401"]),
    ],
    ids=["ups", "my dhl", "dhl", "dhl xml", "usps"],
)
def test_each_parcel_of_an_answer_keeps_its_own_events(
    source: str, payload: Any, numbers: list[str]
) -> None:
    events = read_payload(source, written(payload))

    assert list(dict.fromkeys(event.tracking_number for event in events)) == numbers
