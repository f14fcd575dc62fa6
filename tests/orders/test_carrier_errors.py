"""Carriers' errors in place of events: each is refused by the field that tells it."""

import json
from typing import Any

import pytest

from orders.adapters.tracking.sources import read_payload
from orders.domain.carrier_words import PayloadUnreadable

UPS_FAULT = {
    "Fault": {
        "faultcode": "Client",
        "detail": {"Errors": {"ErrorDetail": {"PrimaryErrorCode": {"Code": "151018"}}}},
    }
}
UPS_UNKNOWN = {
    "trackResponse": {
        "shipment": [{"inquiryNumber": "1Z", "warnings": [{"code": "TW0001", "message": "?"}]}]
    }
}
FEDEX_UNKNOWN = {
    "output": {
        "completeTrackResults": [
            {
                "trackingNumber": "7942",
                "trackResults": [
                    {"error": {"code": "TRACKING.TRACKINGNUMBER.NOTFOUND", "message": "7942?"}}
                ],
            }
        ]
    }
}
USPS_V3: Any = {"apiVersion": "v3", "error": {"code": "404", "message": "?", "errors": []}}
USPS_WEB_TOOLS = """<TrackResponse><TrackInfo ID="9400"><Error><Number>-2147219283</Number>
<Description>9400 is not yet known.</Description></Error></TrackInfo></TrackResponse>"""
CANADA_POST = """<messages xmlns="http://www.canadapost.ca/ws/messages"><message><code>004</code>
<description>No Pin History</description></message></messages>"""
DPD_FAULT = """<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>
<soap:Fault><faultcode>soap:Server</faultcode><faultstring>Fault occured</faultstring><detail>
<f:faults xmlns:f="http://dpd.com/common/service/exceptions"><errorCode>LOGIN_5</errorCode>
<message>0998?</message></f:faults></detail></soap:Fault></soap:Body></soap:Envelope>"""
CHRONOPOST = """<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>
<trackSkybillV2Response><return><errorCode>1</errorCode><errorMessage>?</errorMessage></return>
</trackSkybillV2Response></soap:Body></soap:Envelope>"""
AUSTRALIA_POST = {
    "tracking_results": [
        {"tracking_id": "33X", "errors": [{"code": "ESB-10001", "name": "Invalid tracking ID"}]}
    ]
}
MY_GLS = {"GetParcelStatusErrors": [{"ErrorCode": 4, "ErrorDescription": "?"}]}
DHL_XML = """<TrackingResponse><AWBInfo><AWBNumber/><Status><Condition>
<ConditionCode>103</ConditionCode><ConditionData>3180?</ConditionData></Condition></Status>
</AWBInfo></TrackingResponse>"""
HERMES = {"shipmentinfo": [{"shipmentID": "H1", "result": {"code": "e001", "message": "H1?"}}]}
ERRORS: list[tuple[str, Any, str]] = [
    ("ups", {"response": {"errors": [{"code": "TV1002", "message": "?"}]}}, "errors.code TV1002"),
    ("ups", UPS_FAULT, "PrimaryErrorCode.Code 151018"),
    ("ups", UPS_UNKNOWN, "warnings.code TW0001"),
    ("fedex", {"errors": [{"code": "NOT.AUTHORIZED.ERROR"}]}, "errors.code NOT.AUTHORIZED.ERROR"),
    ("fedex", FEDEX_UNKNOWN, "trackResults.error.code TRACKING.TRACKINGNUMBER.NOTFOUND"),
    ("dhl", {"title": "No result found", "status": 404, "detail": "00340?"}, "status 404"),
    ("dhl", DHL_XML, "Condition.ConditionCode 103"),
    ("hermes", HERMES, "shipmentinfo.result.code e001"),
    ("usps", USPS_V3, "error.code 404"),
    ("usps", USPS_WEB_TOOLS, "Error.Number -2147219283"),
    ("canada-post", CANADA_POST, "message.code 004"),
    ("gls", {"parcels": [{"requested": "1", "errorCode": "E001"}]}, "parcels.errorCode E001"),
    ("gls", MY_GLS, "GetParcelStatusErrors.ErrorCode 4"),
    ("dpd", DPD_FAULT, "errorCode LOGIN_5"),
    ("bpost", {"error": "NO_DATA_FOUND"}, "error NO_DATA_FOUND"),
    ("chronopost", CHRONOPOST, "errorCode 1"),
    ("laposte", {"returnCode": 404, "returnMessage": "6A1?"}, "returnCode 404"),
    ("laposte", [{"returnCode": 404}], "returnCode 404"),
    ("australia-post", AUSTRALIA_POST, "tracking_results.errors.code ESB-10001"),
    (
        "asendia",
        {"data": None, "responseStatus": {"responseStatusCode": 404}},
        "responseStatus.responseStatusCode 404",
    ),
    ("aftership", {"meta": {"code": 4004, "type": "NotFound"}, "data": {}}, "meta.code 4004"),
    ("easypost", {"error": {"code": "TRACKER.NOT_FOUND", "message": "?"}}, "TRACKER.NOT_FOUND"),
    ("shopify", {"errors": "[API] Invalid API key"}, "errors"),
]
EMPTY: list[tuple[str, Any]] = [
    ("ups", {"trackResponse": {"shipment": []}}),
    ("fedex", {"output": {"alerts": [{"code": "VIRTUAL.RESPONSE"}], "documents": []}}),
    ("dhl", {"shipments": []}),
    ("usps", {"trackingNumber": "9400", "trackingEvents": []}),
    ("canada-post", "<tracking-detail><pin>7023</pin><significant-events/></tracking-detail>"),
    ("canada-post", {"pin": "7023", "significantEvents": []}),
    ("gls", {"parcels": [{"unitno": "1", "events": []}]}),
    ("gls", {"ParcelNumber": 7, "ParcelStatusList": [], "GetParcelStatusErrors": []}),
    ("dpd", "<a><trackingresult/></a>"),
    ("bpost", {"items": [{"itemCode": "3232", "events": []}]}),
    ("bpost", "<itemTracking><itemCode>3232</itemCode></itemTracking>"),
    ("australia-post", {"tracking_results": [{"trackable_items": []}]}),
    ("asendia", {"data": {"trackingMilestone": None}, "responseStatus": {}}),
    ("laposte", {"returnCode": 200, "shipment": {"idShip": "6A1", "event": []}}),
]


def written(payload: Any) -> bytes:
    return payload.encode() if isinstance(payload, str) else json.dumps(payload).encode()


@pytest.mark.parametrize(
    ("source", "payload", "said"),
    ERRORS,
    ids=[f"{source}: {said}" for source, _, said in ERRORS],
)
def test_an_error_is_refused_by_the_field_that_tells_it(
    source: str, payload: Any, said: str
) -> None:
    with pytest.raises(PayloadUnreadable) as refused:
        read_payload(source, written(payload))

    assert f"{said} " in f"{refused.value} ".replace(" tells the carrier's error", "").replace(
        ",", ""
    )
    assert refused.value.fields
    assert refused.value.fields[0].problem.endswith("and no event")


@pytest.mark.parametrize(
    ("source", "payload", "secret"),
    [
        ("fedex", FEDEX_UNKNOWN, "7942"),
        ("dhl", {"title": "?", "status": 404, "detail": "no 00340"}, "00340"),
        ("dpd", DPD_FAULT, "0998"),
        ("bpost", {"error": "Nothing is known of 3232"}, "3232"),
    ],
    ids=["fedex", "dhl", "dpd", "bpost"],
)
def test_what_an_error_says_in_words_is_not_repeated(
    source: str, payload: Any, secret: str
) -> None:
    with pytest.raises(PayloadUnreadable) as refused:
        read_payload(source, written(payload))

    assert secret not in str(refused.value)


def test_one_error_among_parcels_hides_none_of_them() -> None:
    known = {
        "trackingNumber": "1",
        "trackResults": [{"scanEvents": [{"eventType": "DL", "date": "2026-03-02T10:15:00"}]}],
    }
    [unknown] = FEDEX_UNKNOWN["output"]["completeTrackResults"]
    both = {"output": {"completeTrackResults": [unknown, known]}}

    assert [event.status for event in read_payload("fedex", written(both))] == ["delivered"]


@pytest.mark.parametrize(
    ("source", "payload"),
    EMPTY,
    ids=[f"{source} {place}" for place, (source, _) in enumerate(EMPTY)],
)
def test_an_answer_without_events_gives_none(source: str, payload: Any) -> None:
    assert read_payload(source, written(payload)) == ()
