"""An erasure is complete when every part has answered, and its receipt says what each erased."""

import hashlib
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from prometheus_client import REGISTRY
from pydantic import ValidationError

from chassis.database import unit_of_work
from chassis.events import Incoming
from customer.domain.erasure import (
    TRANSITIONS,
    ErasureRules,
    ErasureStatus,
    IllegalErasureStep,
    next_status,
)
from customer.domain.official_ids import Sealer
from customer.jobs.tending_erasures import tend_once
from customer.worker import HANDLERS
from tests.customer.conftest import OFFICIAL_ID_KEY, House
from tests.customer.erasing import answer_all, answer_as, erase, erasure_of

RULES = ErasureRules(Sealer(OFFICIAL_ID_KEY), timedelta(hours=24))
INVOICES = {
    "what": "orders",
    "count": 2,
    "reason": "accounting documents: amounts, goods and times, without whose they were"
    " and without free text",
    "until": "2037-01-01T00:00:00Z",
}


async def test_the_last_part_completes_an_erasure(house: House) -> None:
    anna = await house.put("anna-1", given_name="Anna", emails=["anna@example.com"])
    told = await erase(house, anna["customer_id"], reference="DPO-17")
    url = f"/v1/erasures/{told['erasure_id']}/receipt"

    await answer_as(house, "orders", told, kept=[INVOICES])
    await answer_as(house, "segments", told, erased={})
    assert (await house.http.get(url)).status_code == 409
    assert "complaints" in (await house.http.get(url)).json()["detail"]
    await answer_as(house, "complaints", told)

    erasure = await erasure_of(house, told["erasure_id"])
    assert erasure["status"] == "complete"
    assert erasure["waiting_for"] == []
    answer = await house.http.get(url)
    receipt = answer.json()
    assert [part["part"] for part in receipt["parts"]] == [
        *("customer", "orders", "complaints", "segmentation")
    ]
    assert receipt["parts"][1]["erased"] == {"contacts": 2}
    assert receipt["parts"][1]["kept"] == [INVOICES | {"until": "2037-01-01"}]
    assert receipt["reference"] == "DPO-17"
    for word in ("Anna", "anna", anna["customer_id"], anna["customer_id"].replace("-", "")):
        assert word not in answer.text


async def test_the_receipt_is_proved_by_its_hash(house: House) -> None:
    anna = await house.put("1")
    told = await erase(house, anna["customer_id"])
    await answer_all(house, told)

    answer = await house.http.get(f"/v1/erasures/{told['erasure_id']}/receipt")

    canonical = orjson.dumps(answer.json(), option=orjson.OPT_SORT_KEYS)
    shown = hashlib.sha256(canonical).hexdigest()
    assert answer.headers["Carnet-Receipt-SHA256"] == shown
    assert (await erasure_of(house, told["erasure_id"]))["receipt_sha256"] == shown


async def test_the_person_gets_a_letter_in_their_language(house: House) -> None:
    anna = await house.put("1", emails=["anna@example.com"])
    told = await erase(house, anna["customer_id"], requested_at="2026-03-01T10:00:00Z")
    await answer_as(house, "orders", told, kept=[INVOICES])
    await answer_all(house, told, ("complaints", "segments"))
    url = f"/v1/erasures/{told['erasure_id']}/letter"

    french = await house.http.get(url, params={"language": "fr"})
    english = await house.http.get(url)
    japanese = await house.http.get(url, params={"language": "ja"})

    assert french.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert "Demande du 01/03/2026" in french.text
    assert "commandes : 2 (pièces comptables" in french.text
    assert "jusqu'au 01/01/2037" in french.text
    assert "orders: 2 (accounting documents" in english.text
    assert "until 01 January 2037" in english.text
    assert "2037年01月01日まで" in japanese.text
    for answer in (french, english, japanese):
        assert "_" not in answer.text.replace(told["erasure_id"], "")
        assert "anna" not in answer.text
    assert (await house.http.get(url, params={"language": "de"})).status_code == 422


async def test_an_answer_that_comes_twice_changes_no_receipt(house: House) -> None:
    anna = await house.put("1")
    told = await erase(house, anna["customer_id"])
    await answer_as(house, "orders", told, erased={"contacts": 3})
    await answer_as(house, "orders", told, erased={})
    await answer_all(house, told, ("complaints", "segments"))
    complete = await erasure_of(house, told["erasure_id"])
    assert complete["parts"][1]["erased"] == {"contacts": 3}

    await answer_as(house, "orders", told, erased={"contacts": 9})

    assert await erasure_of(house, told["erasure_id"]) == complete


async def test_a_part_that_does_not_answer_is_seen_and_counted(house: House) -> None:
    anna = await house.put("1")
    told = await erase(house, anna["customer_id"])
    await answer_all(house, told, ("orders", "segments"))
    now = datetime.now(UTC)

    await tend_once(house.database, RULES, now=now + timedelta(hours=23))
    assert (await erasure_of(house, told["erasure_id"]))["status"] == "waiting"
    await tend_once(house.database, RULES, now=now + timedelta(hours=25))

    late = await erasure_of(house, told["erasure_id"])
    assert (late["status"], late["waiting_for"]) == ("late", ["complaints"])
    assert REGISTRY.get_sample_value("carnet_erasures_open", {"status": "late"}) == 1
    await answer_all(house, told, ("complaints",))
    assert (await erasure_of(house, told["erasure_id"]))["status"] == "complete"
    await tend_once(house.database, RULES, now=now + timedelta(hours=26))
    assert REGISTRY.get_sample_value("carnet_erasures_open", {"status": "late"}) == 0


async def test_an_answer_to_an_erasure_that_is_not_known_is_passed_over(house: House) -> None:
    told = {"erasure_id": "ers_01jzq3v5c8e7m9r2t4w6y8a0bk", "customer_id": "7K3M-92QX-F4TF"}

    await answer_all(house, told)

    assert await house.count("erasure_parts") == 0


async def test_an_answer_that_cannot_be_read_is_not_taken(house: House) -> None:
    anna = await house.put("1")
    told = await erase(house, anna["customer_id"])
    data = orjson.dumps({"erasure_id": told["erasure_id"], "erased": {"contacts": -1}, "kept": []})
    incoming = Incoming("1", "orders", "orders.erased.v1", "k", 1, datetime.now(UTC), None, data)

    async with unit_of_work(house.database) as tx:
        with pytest.raises(ValidationError):
            await HANDLERS["orders"]["orders.erased.v1"](tx, incoming)

    assert "orders" in (await erasure_of(house, told["erasure_id"]))["waiting_for"]


def test_every_status_is_reached_and_every_other_step_is_refused() -> None:
    reached = {ErasureStatus.REQUESTED} | {end for ends in TRANSITIONS.values() for end in ends}
    assert reached == set(ErasureStatus)
    for present in ErasureStatus:
        for wanted in ErasureStatus:
            again = wanted is present is ErasureStatus.ERASING
            if wanted in TRANSITIONS[present] or again:
                assert next_status(present, wanted) is wanted
            else:
                with pytest.raises(IllegalErasureStep):
                    next_status(present, wanted)
