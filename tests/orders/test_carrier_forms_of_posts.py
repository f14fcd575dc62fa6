"""Answers of parcel services and posts, each event held against what the source says it means."""

import json
from typing import Any

import pytest

from orders.adapters.tracking.sources import read_payload


def gls_group(*events: tuple[str, str], **more: Any) -> Any:
    listed = [
        {"code": code, "eventDateTime": "2026-03-02T10:15:00+0100", "description": words}
        for code, words in events
    ]
    return {"parcels": [{"unitno": "0001", "requested": "0001", "events": listed, **more}]}


GLS_STATUSES: Any = {
    "parcels": [
        {"unitno": "1", "status": "DELIVEREDPS", "statusDateTime": "2026-03-02T10:15:00+0100"},
        {"unitno": "2", "status": "INTRANSIT", "statusDateTime": "2026-03-02T10:15:00+0100"},
        {"requested": "3", "errorCode": "E001", "errorMessage": "not found"},
    ]
}
MY_GLS: Any = {
    "ClientReference": None,
    "GetParcelStatusErrors": [],
    "ParcelNumber": 7000123,
    "ParcelStatusList": [
        {"StatusCode": "05", "StatusDate": "/Date(1772442900000+0100)/", "DepotCity": "Praha"},
        {"StatusCode": "12", "StatusDate": "/Date(1772442900000)/"},
        {"StatusCode": "62", "StatusDate": "/Date(1772442900000-0330)/"},
        {"StatusCode": "99", "StatusDate": "/Date(1772442900000+0100)/"},
    ],
}
SHIP_IT: Any = {
    "UnitDetail": {
        "TrackID": "ZABC1234",
        "History": [
            {"StatusCode": "HUB", "Date": "2026-03-01T10:15:00+01:00", "Description": "..."},
            {
                "StatusCode": "DELIVERED",
                "Date": "2026-03-02T10:15:00+01:00",
                "Description": "The parcel has reached the GLS ParcelShop.",
            },
        ],
    }
}


def dpd_soap(*states: tuple[str, str, str], number: str = "") -> str:
    """Write states by name, whether they were reached, and when."""
    told = "".join(
        f"<statusInfo><status>{status}</status><statusHasBeenReached>{reached}"
        f"</statusHasBeenReached><date><content>{date}</content></date></statusInfo>"
        for status, reached, date in states
    )
    label = f"<parcelLabelNumber><content>{number}</content></parcelLabelNumber>"
    return (
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        '<r:getTrackingDataResponse xmlns:r="http://dpd.com/common/service/types/'
        f'ParcelLifeCycleService/2.0"><trackingresult>'
        f"<shipmentInfo>{label if number else ''}</shipmentInfo>{told}"
        "</trackingresult></r:getTrackingDataResponse></soap:Body></soap:Envelope>"
    )


DPD_JSON: Any = {
    "parcellifecycleResponse": {
        "parcelLifeCycleData": {
            "shipmentInfo": {"parcelLabelNumber": "0998"},
            "statusInfo": [
                {
                    "status": "ACCEPTED",
                    "statusHasBeenReached": True,
                    "date": "02.03.2026, 10:15",
                    "description": {"content": ["handed", "over"]},
                },
                {"status": "DELIVERED", "statusHasBeenReached": False},
            ],
        }
    }
}
BPOST_JSON: Any = {
    "items": [
        {
            "itemCode": "3232",
            "events": [
                {
                    "date": "2026-03-02",
                    "time": "10:15",
                    "key": {"EN": {"description": "Item delivered"}},
                    "location": {"locationName": "GENT", "countryCode": "BE"},
                },
                {"date": "2026-03-02", "key": {"NL": {"description": "Zending afgeleverd"}}},
            ],
        }
    ]
}


def bpost_states(*states: tuple[str, str]) -> str:
    told = "".join(
        f"<stateInfo><stateCode>{code}</stateCode><stateDescription>{words}</stateDescription>"
        "<time>2026-03-02T10:15:00+01:00</time></stateInfo>"
        for code, words in states
    )
    return (
        '<itemTracking xmlns="http://schema.post.be/tracking/v1/"><itemCode>3232</itemCode>'
        f"{told}</itemTracking>"
    )


def chronopost(*events: tuple[str, str]) -> str:
    told = "".join(
        f"<events><code>{code}</code><eventDate>2026-03-02T10:15:00+01:00</eventDate>"
        f"<eventLabel>{words}</eventLabel></events>"
        for code, words in events
    )
    return (
        '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
        "<trackSkybillV2Response><return><errorCode>0</errorCode><listEventInfoComp>"
        f"<skybillNumber>XY1FR</skybillNumber>{told}</listEventInfoComp></return>"
        "</trackSkybillV2Response></soap:Body></soap:Envelope>"
    )


def australia_post(*words: str) -> Any:
    events = [{"description": one, "date": "2026-03-02T10:15:00+11:00"} for one in words]
    told: list[Any] = [{"article_id": "33X01", "events": events}, {"article_id": "33X02"}]
    consignment = {"consignment_id": "33X", "items": told}
    return {"tracking_results": [{"tracking_id": "33X", "trackable_items": [consignment]}]}


def australia_post_page(*codes: str) -> Any:
    events = [{"eventCode": one, "localeDateTime": "2026-03-02T10:15:00+11:00"} for one in codes]
    detail = {"articleId": "33X01", "events": events}
    return [{"shipment": {"articles": [{"articleId": "33X01", "details": [detail]}]}}]


def asendia_branded(*events: tuple[str, str]) -> Any:
    """Write events by source and code."""
    detail = [
        {
            "eventCode": code,
            "eventSource": source,
            "eventOn": "2026-03-02T10:15:00",
            "eventLocationDetails": {"city": "Lyon", "province": None, "countryIso2": "FR"},
        }
        for source, code in events
    ]
    summary = {"trackingNumberVendor": "RL1CH"}
    return {"data": {"trackingBrandedSummary": summary, "trackingBrandedDetail": detail}}


ASENDIA_ONE: Any = {
    "data": {
        "trackingMilestone": {
            "trackingNumberVendor": "RL1CH",
            "trackingMilestoneEvents": [{"eventCode": "s7", "eventOn": "2026-03-02T10:15:00Z"}],
        }
    }
}


def laposte(*codes: str) -> Any:
    events = [{"code": one, "date": "2026-03-02T10:15:00+01:00", "label": "…"} for one in codes]
    shipment = {"idShip": "6A1", "event": events}
    return [
        {"returnCode": 200, "shipment": shipment},
        {"returnCode": 104, "idShip": "6A2", "returnMessage": "unknown"},
    ]


FORMS: list[tuple[str, str, Any, str]] = [
    (
        "gls",
        "codes of the group",
        gls_group(
            ("INTIAL.PREADVICE", ""),
            ("INBOUD.NORMAL", ""),
            ("OUTBOD.HUB", ""),
            ("OUTDEL.NORMAL", ""),
            ("DELIVD.PARCELSHOP", ""),
            ("DELIVD.NORMAL", ""),
            ("DELIVD.WHO_KNOWS", ""),
        ),
        "pre_transit in_transit in_transit out_for_delivery available_for_pickup delivered unknown",
    ),
    (
        "gls",
        "words where the code has no row",
        gls_group(
            ("NOTDEL.X", "The parcel could not be delivered as the consignee was absent."),
            ("DELIVD.X", "The parcel has been delivered at the neighbour´s (see signature)"),
            ("DELIVD.X", "Das Paket wurde zugestellt."),
        ),
        "attempt_failed:recipient-absent delivered unknown",
    ),
    ("gls", "statuses without events", GLS_STATUSES, "available_for_pickup in_transit"),
    (
        "gls",
        "MyGLS",
        MY_GLS,
        "delivered attempt_failed:recipient-absent customs:customs-held unknown",
    ),
    ("gls", "ShipIT's words say more than its status", SHIP_IT, "in_transit available_for_pickup"),
    (
        "dpd",
        "what is only expected is no event",
        dpd_soap(
            ("ACCEPTED", "true", "3/1/2026 8:10:00 AM"),
            ("ON_THE_ROAD", "true", "3/2/2026 1:10:00 PM"),
            ("DELIVERED", "false", ""),
        ),
        "picked_up in_transit",
    ),
    (
        "dpd",
        "names of two meanings",
        dpd_soap(
            ("PICKED_UP", "true", "02.03.2026, 10:15"),
            ("AT_PARCELSHOP", "true", "02.03.2026 10:15"),
            ("RETURN_TO_SENDER", "true", "2026-03-02T10:15:00"),
            number="0998",
        ),
        "unknown available_for_pickup return_to_sender",
    ),
    ("dpd", "JSON", DPD_JSON, "picked_up"),
    (
        "bpost",
        "states by code, or by the name before the dash",
        bpost_states(
            ("T00", "…"),
            ("", "OutForDelivery - in distribution"),
            ("U01", "DistributedNormally - delivered"),
            ("X99", "DistributedAfterBTS - delivered"),
        ),
        "in_transit out_for_delivery delivered unknown",
    ),
    ("bpost", "its tracker, of which only English is known", BPOST_JSON, "delivered unknown"),
    (
        "chronopost",
        "partners use codes again",
        chronopost(
            ("SD", "Tri effectué dans l'agence de distribution"),
            ("SD", "Livraison reportée de 24h"),
            ("RI", "Colis remis au destinataire au point de retrait."),
            ("RI", "…"),
            ("CL", "…"),
        ),
        "in_transit on_hold:carrier-delay delivered unknown unknown",
    ),
    (
        "australia-post",
        "fixed words up to a place",
        australia_post(
            "Delivered - Left in a safe place",
            "Awaiting collection at CBD LPO",
            "It’s coming today",
            "Attempted delivery",
            "Cleared and awaiting international departure",
            "Item received into Customs for clearance.",
            "Arrived in New Zealand",
            "Your delivery preference was noted",
        ),
        (
            "delivered available_for_pickup out_for_delivery attempt_failed in_transit customs "
            "in_transit unknown"
        ),
    ),
    (
        "australia-post",
        "codes of its page",
        australia_post_page("ADMIN-ER39", "AFC-ER16", "TTP-ER8", "DD-ER11", "DD-ER8", "DD-ER13"),
        (
            "pre_transit picked_up in_transit:missorted attempt_failed:recipient-absent unknown "
            "delivered"
        ),
    ),
    (
        "asendia",
        "a code means what its source means by it",
        asendia_branded(
            ("FullTrack API", "DELIVERY"),
            ("FullTrack API", "DELFAILABS"),
            ("FullTrack API", "RETURNUNCL"),
            ("A1 Event Data", "2.1"),
            ("A1 Event Data", "DELIVERY"),
            ("Local Carrier", "DELIVERY"),
        ),
        (
            "delivered attempt_failed:recipient-absent return_to_sender:not-collected in_transit "
            "unknown unknown"
        ),
    ),
    ("asendia", "one milestone that is no list", ASENDIA_ONE, "in_transit"),
    (
        "laposte",
        "a number nobody knows, beside one that is told",
        laposte("DR1", "PC1", "ET1", "DO3", "DO2", "EP1", "MD1", "ND1", "AG1", "DI1", "DI2", "??"),
        (
            "pre_transit picked_up in_transit customs:customs-held in_transit in_transit "
            "out_for_delivery attempt_failed available_for_pickup delivered returned unknown"
        ),
    ),
]


def written(payload: Any) -> bytes:
    return payload.encode() if isinstance(payload, str) else json.dumps(payload).encode()


@pytest.mark.parametrize(
    ("source", "payload", "labels"),
    [(source, payload, labels) for source, _, payload, labels in FORMS],
    ids=[f"{source}: {case}" for source, case, _, _ in FORMS],
)
def test_a_form_says_what_its_list_does(source: str, payload: Any, labels: str) -> None:
    events = read_payload(source, b"\xef\xbb\xbf" + written(payload))

    told = [":".join(filter(None, (event.status, event.reason))) for event in events]
    assert told == labels.split()


@pytest.mark.parametrize(
    ("source", "payload", "times"),
    [
        (
            "gls",
            MY_GLS,
            [
                "2026-03-02T10:15:00+01:00",
                "2026-03-02T09:15:00+00:00",
                "2026-03-02T05:45:00-03:30",
            ],
        ),
        (
            "dpd",
            dpd_soap(
                ("ACCEPTED", "true", "3/1/2026 8:10:00 PM"),
                ("ACCEPTED", "true", "02.03.2026, 10:15"),
                ("ACCEPTED", "true", "2026-03-02 10:15:00 +0100"),
            ),
            ["2026-03-01T20:10:00", "2026-03-02T10:15:00", "2026-03-02T10:15:00+01:00"],
        ),
        ("bpost", BPOST_JSON, ["2026-03-02T10:15:00", "2026-03-02T00:00:00"]),
    ],
    ids=["my gls", "dpd", "bpost"],
)
def test_an_offset_is_kept_and_none_is_made_up(source: str, payload: Any, times: list[str]) -> None:
    events = read_payload(source, written(payload))

    assert [event.occurred_told for event in events][: len(times)] == times


def test_an_answer_without_its_number_is_of_the_one_that_was_asked_for() -> None:
    [named] = read_payload("dpd", written(DPD_JSON))
    [unnamed] = read_payload("dpd", dpd_soap(("ACCEPTED", "true", "02.03.2026, 10:15")).encode())

    assert (named.tracking_number, unnamed.tracking_number) == ("0998", "as asked")
