"""Appointments: their steps, and no advisor with two customers at once."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer.domain.appointments import (
    FIRST,
    OPEN,
    TRANSITIONS,
    AppointmentStatus,
    AppointmentStep,
    StepNotAllowed,
    after,
)
from tests.customer.conftest import House

DAY = datetime(2027, 3, 1, tzinfo=UTC)


def at(hour: float, day: datetime = DAY) -> str:
    return (day + timedelta(hours=hour)).isoformat()


def asked(customer_id: str, starts: float = 10, ends: float = 11, **more: Any) -> dict[str, Any]:
    return {
        "customer_id": customer_id,
        "source": "crm",
        "store": "ginza",
        "advisor": "advisor-1",
        "starts_at": at(starts),
        "ends_at": at(ends),
        **more,
    }


async def post(house: House, body: dict[str, Any], **headers: str) -> httpx.Response:
    return await house.http.post("/v1/appointments", json=body, headers=headers)


async def made(house: House, body: dict[str, Any]) -> dict[str, Any]:
    answer = await post(house, body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def step(house: House, appointment: dict[str, Any], name: str) -> httpx.Response:
    path = f"/v1/appointments/{appointment['appointment_id']}/steps"
    return await house.http.post(path, json={"step": name})


def test_every_status_is_reached() -> None:
    reached, last = {FIRST}, set[AppointmentStatus]()
    while reached != last:
        last = set(reached)
        reached |= {TRANSITIONS[one] for one in TRANSITIONS if one[0] in reached}

    assert reached == set(AppointmentStatus)


@pytest.mark.parametrize(("status", "taken"), list(product(AppointmentStatus, AppointmentStep)))
def test_every_step_is_in_the_table_or_refused(
    status: AppointmentStatus, taken: AppointmentStep
) -> None:
    if (status, taken) in TRANSITIONS:
        assert after(status, taken) is TRANSITIONS[status, taken]
        return
    with pytest.raises(StepNotAllowed, match=status.value):
        after(status, taken)


@given(st.lists(st.sampled_from(AppointmentStep), max_size=8))
def test_whatever_is_tried_an_end_is_final(steps: list[AppointmentStep]) -> None:
    status, ended = FIRST, False
    for taken in steps:
        try:
            status = after(status, taken)
        except StepNotAllowed:
            continue
        assert not ended
        ended = status not in OPEN


async def test_an_appointment_is_read_as_it_was_told(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]

    appointment = await made(
        house, asked(customer_id, time_zone="Asia/Tokyo", subject="fitting", begun_by="house")
    )

    path = f"/v1/appointments/{appointment['appointment_id']}"
    answer = await house.http.get(path)
    assert answer.json() == appointment
    assert answer.headers["ETag"] == '"1"'
    assert appointment["status"] == "proposed"
    assert (appointment["time_zone"], appointment["begun_by"]) == ("Asia/Tokyo", "house")
    listed = await house.http.get(f"/v1/customers/{customer_id}/appointments")
    assert listed.json()["items"] == [appointment]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ends_at": at(10)}, "ends_at"),
        ({"ends_at": at(9)}, "ends_at"),
        ({"ends_at": at(10 + 25)}, "ends_at"),
        ({"starts_at": "2027-03-01T10:00:00"}, "starts_at"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"advisor": "Anna Martin"}, "advisor"),
        ({"store": ""}, "store"),
        ({"source": None}, "source"),
        ({"customer_id": None}, "body"),
    ],
)
async def test_what_cannot_be_is_refused_by_field(
    house: House, change: dict[str, Any], field: str
) -> None:
    customer_id = (await house.put("1"))["customer_id"]

    answer = await post(house, asked(customer_id) | change)

    assert answer.status_code == 422
    assert field in {error["field"] for error in answer.json()["errors"]}


async def test_nobody_has_an_appointment(house: House) -> None:
    assert (await post(house, asked("7K3M-92QX-F4TF"))).status_code == 404
    unknown = "/v1/appointments/apt_01jzq3v5c8e7m9r2t4w6y8a0bg"
    assert (await house.http.get(unknown)).status_code == 404


async def test_an_advisor_is_not_booked_twice_but_times_may_touch(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]
    first = await made(house, asked(customer_id))

    inside = await post(house, asked(customer_id, 10.25, 10.5))
    across = await post(house, asked(customer_id, 9.5, 10.5))
    around = await post(house, asked(customer_id, 9, 12))
    touching = [await post(house, asked(customer_id, *hours)) for hours in ((9, 10), (11, 12))]
    elsewhere = await post(house, asked(customer_id, advisor="advisor-2"))
    await step(house, first, "cancel")
    freed = await post(house, asked(customer_id))

    assert [one.status_code for one in (inside, across, around)] == [409] * 3
    assert inside.json()["type"].endswith("advisor-taken")
    assert [one.status_code for one in (*touching, elsewhere, freed)] == [201] * 4


async def test_of_racing_requests_for_one_advisor_one_is_booked(house: House) -> None:
    customer_ids = [(await house.put(str(n)))["customer_id"] for n in range(16)]

    answers = await asyncio.gather(
        *(
            post(house, asked(customer_id, 10 + n / 100, 11 + n / 100))
            for n, customer_id in enumerate(customer_ids)
        )
    )

    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 15
    assert await house.count("appointments") == 1


async def test_racing_moves_to_one_time_leave_one_there(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]
    own = [await made(house, asked(customer_id, hour, hour + 1)) for hour in range(8)]
    plan = asked(customer_id, 12, 13)
    del plan["customer_id"], plan["source"]

    answers = await asyncio.gather(
        *(
            house.http.put(
                f"/v1/appointments/{one['appointment_id']}", json=plan, headers={"If-Match": '"1"'}
            )
            for one in own
        )
    )

    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7


async def test_steps_follow_the_table_and_a_kept_one_is_an_interaction(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]
    yesterday = datetime.now(UTC) - timedelta(days=1)
    appointment = await made(
        house,
        asked(customer_id) | {"starts_at": at(0, yesterday), "ends_at": at(1, yesterday)},
    )

    early = await step(house, appointment, "keep")
    confirmed = await step(house, appointment, "confirm")
    kept = await step(house, appointment, "keep")
    over = await step(house, appointment, "cancel")

    assert [one.status_code for one in (early, confirmed, kept, over)] == [409, 200, 200, 409]
    assert "proposed" in early.json()["detail"]
    assert (kept.json()["status"], kept.json()["version"]) == ("kept", 3)
    page = (await house.http.get(f"/v1/customers/{customer_id}/interactions")).json()
    [interaction] = page["items"]
    assert interaction["channel"] == "appointment"
    assert interaction["agent"] == "advisor-1"
    assert interaction["external_reference"] == appointment["appointment_id"]
    told = [row[0] for row in await house.events()]
    assert told.count("interaction.recorded.v1") == 1


async def test_what_has_not_begun_is_neither_kept_nor_missed(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]
    appointment = await made(house, asked(customer_id))
    await step(house, appointment, "confirm")

    answers = [await step(house, appointment, name) for name in ("keep", "miss")]

    assert [answer.status_code for answer in answers] == [409, 409]
    assert answers[0].json()["type"].endswith("appointment-ahead")


async def test_racing_steps_are_taken_once(house: House) -> None:
    appointment = await made(house, asked((await house.put("1"))["customer_id"]))

    answers = await asyncio.gather(*(step(house, appointment, "confirm") for _ in range(8)))

    assert sorted(answer.status_code for answer in answers) == [200] + [409] * 7


async def test_an_appointment_is_planned_anew_while_it_is_open(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]
    appointment = await made(house, asked(customer_id))
    path = f"/v1/appointments/{appointment['appointment_id']}"
    plan = asked(customer_id, 10.5, 11.5, advisor="advisor-2")
    del plan["customer_id"], plan["source"]

    without = await house.http.put(path, json=plan)
    moved = await house.http.put(path, json=plan, headers={"If-Match": '"1"'})
    late = await house.http.put(path, json=plan, headers={"If-Match": '"1"'})
    await step(house, appointment, "cancel")
    over = await house.http.put(path, json=plan, headers={"If-Match": '"3"'})

    assert [one.status_code for one in (without, moved, late, over)] == [428, 200, 412, 409]
    assert (moved.json()["advisor"], moved.json()["status"]) == ("advisor-2", "proposed")


async def test_a_calendar_lists_a_stores_or_an_advisors_appointments(house: House) -> None:
    customer_id = (await house.put("1"))["customer_id"]
    for hour, advisor, store in ((12, "a", "ginza"), (10, "b", "ginza"), (11, "a", "paris")):
        await made(house, asked(customer_id, hour, hour + 1, advisor=advisor, store=store))
    window = {"starts_from": at(0), "starts_before": at(24)}

    async def calendar(**query: Any) -> list[str]:
        seen: list[str] = []
        while True:
            answer = await house.http.get("/v1/appointments", params=window | query | {"limit": 1})
            assert answer.status_code == 200, answer.text
            seen += [item["starts_at"][11:13] for item in answer.json()["items"]]
            if answer.json()["next_cursor"] is None:
                return seen
            query["cursor"] = answer.json()["next_cursor"]

    assert await calendar(store="ginza") == ["10", "12"]
    assert await calendar(advisor="a") == ["11", "12"]
    assert await calendar(store="paris", advisor="b") == []


@pytest.mark.parametrize(
    "query",
    [
        {"starts_from": at(0), "starts_before": at(24)},
        {"store": "ginza", "starts_from": at(0)},
        {"store": "ginza", "starts_from": at(24), "starts_before": at(0)},
        {"store": "ginza", "starts_from": at(0), "starts_before": at(24 * 40)},
        {"store": "ginza", "starts_from": at(0), "starts_before": at(24), "cursor": "x"},
    ],
)
async def test_a_calendar_is_bounded(house: House, query: dict[str, str]) -> None:
    assert (await house.http.get("/v1/appointments", params=query)).status_code == 422


async def test_an_idempotency_key_books_once(house: House) -> None:
    body = asked((await house.put("1"))["customer_id"])

    answers = [await post(house, body, **{"Idempotency-Key": "k-1"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert await house.count("appointments") == 1
