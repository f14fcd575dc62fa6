"""A customer is erased: nothing of the person is left, and who asks is told that it is gone."""

from typing import Any

from sqlalchemy import text

from chassis.database import snapshot
from chassis.principal import HEADER, Principal, PrincipalSigner
from tests.customer.conftest import House
from tests.customer.erasing import erase, erasure_of, rows_that_name


async def test_an_erased_customer_answers_410_by_every_id_it_ever_had(house: House) -> None:
    old = await house.put("1", given_name="Anna", emails=["anna@example.com"])
    other = await house.put("2", given_name="Anna", cards=["CARD-1"])
    both = await house.put("3", given_name="Anna", emails=["anna@example.com"], cards=["CARD-1"])
    assert both["retired_ids"] == [other["customer_id"]]

    told = await erase(house, other["customer_id"])

    assert told["customer_id"] == old["customer_id"]
    for customer_id in (old["customer_id"], other["customer_id"]):
        for path in (
            f"/v1/customers/{customer_id}",
            f"/v1/customers/{customer_id}/source-records",
            f"/v1/aliases/{customer_id}",
            f"/v1/exports/{customer_id}",
        ):
            gone = await house.http.get(path)
            assert gone.status_code == 410, path
            assert gone.json()["type"] == "urn:carnet:problem:customer-erased"
            assert "erased on 20" in gone.json()["detail"]
            assert "Anna" not in gone.text


async def test_search_finds_nothing_of_an_erased_customer(house: House) -> None:
    anna = await house.put(
        "1", given_name="Anna", family_name="Blum", emails=["anna@example.com"], cards=["CARD-1"]
    )

    await erase(house, anna["customer_id"])

    assert await house.search(email="anna@example.com") == []
    assert await house.search(card="CARD-1") == []
    assert await house.search(customer_id=anna["customer_id"]) == []
    for name in ("Anna", "Blum"):
        assert await house.search(name=name) == []


async def test_no_row_names_the_person_any_more(house: House) -> None:
    words = ("Wilhelmine", "wilhelmine", "+33612345678", "612345678")
    anna = await house.put(
        "wilhelmine-17",
        given_name="Wilhelmine",
        emails=["wilhelmine@example.com"],
        phones=["+33612345678"],
        extra={"note": "Wilhelmine likes red"},
    )
    assert await rows_that_name(house, *words)

    await erase(house, anna["customer_id"])

    assert await rows_that_name(house, *words) == []


async def test_one_of_two_who_were_unmerged_is_erased_alone(house: House) -> None:
    anna = await house.put("1", given_name="Wilhelmine", emails=["anna@example.com"])
    paul = await house.put("2", given_name="Paul", cards=["CARD-2"])
    url = f"/v1/customers/{anna['customer_id']}"
    both = {"other_customer_id": paul["customer_id"], "reason": "one family"}
    assert (await house.http.post(f"{url}/merge", json=both)).status_code == 200
    apart = {"retired_id": paul["customer_id"], "reason": "two people"}
    assert (await house.http.post(f"{url}/unmerge", json=apart)).status_code == 200

    await erase(house, anna["customer_id"], reason="objection")

    assert (await house.http.get(url)).status_code == 410
    assert (await house.http.post(f"{url}/merge", json=both)).status_code == 410
    assert (await house.customer(paul["customer_id"]))["given_name"] == "Paul"
    assert [one["customer_id"] for one in await house.search(card="CARD-2")] == [
        paul["customer_id"]
    ]
    assert await rows_that_name(house, "ilhelmine", "two people", "one family") == []
    gone = {"other_customer_id": anna["customer_id"], "reason": "one family"}
    answer = await house.http.post(f"/v1/customers/{paul['customer_id']}/merge", json=gone)
    assert answer.status_code in {404, 410}


async def test_others_are_not_touched(house: House) -> None:
    anna = await house.put("1", given_name="Anna", emails=["anna@example.com"])
    paul = await house.put("2", given_name="Paul", emails=["paul@example.com"])

    await erase(house, anna["customer_id"])

    assert (await house.customer(paul["customer_id"]))["given_name"] == "Paul"
    assert len(await house.search(email="paul@example.com")) == 1


async def test_an_erasure_is_announced_with_ids_only(house: House) -> None:
    anna = await house.put("1", given_name="Anna", emails=["anna@example.com"])

    told = await erase(house, anna["customer_id"])

    kind, key, sequence, body = (await house.events())[-1]
    assert (kind, key) == ("customer.erased.v1", anna["customer_id"])
    assert sequence == 2
    assert body["erasure_id"] == told["erasure_id"]
    assert body["source_record_ids"] == [anna["source_record_id"]]
    assert body["retired_ids"] == []
    assert set(body) == {
        "erasure_id",
        "customer_id",
        "retired_ids",
        "source_record_ids",
        "erased_at",
    }


async def test_an_erasure_waits_for_three_parts(house: House) -> None:
    anna = await house.put("1", given_name="Anna", emails=["anna@example.com"])

    told = await erase(house, anna["customer_id"], reason="objection", reference="DPO-18")

    erasure = await erasure_of(house, told["erasure_id"])
    assert erasure["status"] == "waiting"
    assert erasure["waiting_for"] == ["orders", "complaints", "segmentation"]
    assert (erasure["reason"], erasure["reference"]) == ("objection", "DPO-18")
    [own] = [part for part in erasure["parts"] if part["part"] == "customer"]
    assert own["erased"]["source_records"] == own["erased"]["identifiers"] == 1
    assert {kept["what"] for kept in own["kept"]} >= {"ids", "record-hashes"}
    listed = (await house.http.get("/v1/erasures", params={"status": "waiting"})).json()
    assert listed["items"] == [erasure]


async def test_a_list_of_erasures_is_read_page_by_page(house: House) -> None:
    asked = [
        await erase(house, (await house.put(str(number)))["customer_id"]) for number in range(3)
    ]

    first = (await house.http.get("/v1/erasures", params={"limit": 2})).json()
    rest = await house.http.get("/v1/erasures", params={"cursor": first["next_cursor"]})

    ids = [erasure["erasure_id"] for erasure in (*first["items"], *rest.json()["items"])]
    assert ids == [told["erasure_id"] for told in reversed(asked)]
    assert rest.json()["next_cursor"] is None


async def test_a_customer_who_was_erased_is_answered_with_the_same_erasure(house: House) -> None:
    anna = await house.put("1", emails=["anna@example.com"])
    first = await erase(house, anna["customer_id"])

    assert await erase(house, anna["customer_id"], reason="child") == first
    assert len((await house.http.get("/v1/erasures")).json()["items"]) == 1


async def test_a_request_sent_twice_with_its_key_is_answered_twice(house: House) -> None:
    anna = await house.put("1", emails=["anna@example.com"])
    url = f"/v1/customers/{anna['customer_id']}/erasures"
    body = {"reason": "art-17-request", "requested_by": "agent-7"}
    header = {"Idempotency-Key": "once"}

    first = await house.http.post(url, json=body, headers=header)
    again = await house.http.post(url, json=body, headers=header)

    assert first.status_code == again.status_code == 202
    assert first.json() == again.json()
    assert again.headers["Idempotent-Replayed"] == "true"


async def test_answers_kept_for_a_key_are_forgotten_with_the_person(house: House) -> None:
    url = "/v1/source-records/till/1"
    body = {"channel": "shop", "country": "FR", "emails": ["no address"]}
    put = await house.http.put(url, json=body, headers={"Idempotency-Key": "put-1"})
    assert await house.count("idempotency") == 1

    await erase(house, put.json()["customer_id"])

    assert await house.count("idempotency") == 0


async def test_bad_requests_erase_nobody(house: House) -> None:
    anna = await house.put("1", given_name="Anna")
    url = f"/v1/customers/{anna['customer_id']}/erasures"
    good = {"reason": "art-17-request", "requested_by": "agent-7"}

    for wrong in (
        {"reason": "because"},
        {"requested_by": "anna@example.com"},
        {"requested_by": "Anna Blum"},
        {"reference": "her letter of Monday"},
        {"requested_at": "2026-03-01T10:00:00"},
        {"name": "Anna"},
    ):
        refused = await house.http.post(url, json=good | wrong)
        assert refused.status_code == 422, wrong
        assert refused.json()["errors"][0]["mend"]
    unknown = await house.http.post("/v1/customers/7K3M-92QX-F4TF/erasures", json=good)
    assert unknown.status_code == 404
    mistyped = await house.http.post("/v1/customers/7K3M-92QX-F4TG/erasures", json=good)
    assert mistyped.status_code == 422
    assert (await house.customer(anna["customer_id"]))["given_name"] == "Anna"
    missing = await house.http.get("/v1/erasures/ers_01jzq3v5c8e7m9r2t4w6y8a0bk")
    assert missing.status_code == 404


async def test_nobody_erases_without_the_scope_for_privacy(
    house: House, principal_keys: tuple[str, str]
) -> None:
    anna = await house.put("1", given_name="Anna")
    body = {"reason": "art-17-request", "requested_by": "agent-7"}
    scopes = frozenset({"customers:read", "customers:write", "customers:steward"})
    few = {HEADER: PrincipalSigner(principal_keys[0]).sign(Principal("till", scopes))}
    asked: tuple[tuple[str, str, Any], ...] = (
        ("POST", f"/v1/customers/{anna['customer_id']}/erasures", body),
        ("GET", "/v1/erasures", None),
        ("GET", "/v1/erasures/ledger", None),
        ("POST", "/v1/erasures/ledger", []),
        ("GET", f"/v1/exports/{anna['customer_id']}", None),
    )

    for method, url, json in asked:
        answer = await house.http.request(method, url, json=json, headers=few)
        assert answer.status_code == 403, url


async def test_a_household_goes_with_its_last_member(house: House) -> None:
    anna = await house.put("1", given_name="Anna")
    paul = await house.put("2", given_name="Paul")
    await _live_together(house, anna["customer_id"], paul["customer_id"])

    await erase(house, anna["customer_id"])
    assert await house.count("households") == 1
    await erase(house, paul["customer_id"])

    assert await house.count("households") == 0


async def _live_together(house: House, *customer_ids: str) -> None:
    """Write a household as the book holds it."""
    async with house.database.engine.begin() as tx:
        await tx.execute(
            text(
                "INSERT INTO households (id, name, version, created_at, updated_at)"
                " VALUES (gen_random_uuid(), 'Blum', 1, now(), now())"
            )
        )
        for customer_id in customer_ids:
            await tx.execute(
                text(
                    "INSERT INTO relationships (id, type, told_customer_id, to_household_id,"
                    " roles, source, version, client_id, created_at, updated_at)"
                    " SELECT gen_random_uuid(), 'member', :id, h.id, '{}', 'till', 1, 'till',"
                    " now(), now() FROM households h"
                ),
                {"id": customer_id.replace("-", "")},
            )
    async with snapshot(house.database) as connection:
        assert await connection.scalar(text("SELECT count(*) FROM relationships")) == len(
            customer_ids
        )
