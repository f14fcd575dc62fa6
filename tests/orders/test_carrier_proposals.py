"""The next carrier: the cheapest that is reliable enough, by what its parcels came to."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from bench.carrier_choice import simulate
from chassis.database import Database
from orders.domain.proposals import Evidence, Offer, Reason, Width, propose
from orders.domain.scorecards import Outcomes, Spread
from orders.use_cases.measure_carriers import measure_carriers
from tests.orders.conftest import Body
from tests.orders.test_scorecards import HANDED_OVER, House, house

__all__ = ["house"]


def arrived(*, in_time: int, late: int) -> Outcomes:
    spread = Spread({24: in_time, 200: late})
    return Outcomes(parcels=in_time + late, ended=in_time + late, transits=spread)


EVIDENCE = {
    ("cheap", ""): Evidence(lane=arrived(in_time=60, late=40)),
    ("good", ""): Evidence(lane=arrived(in_time=990, late=10)),
    ("best", ""): Evidence(lane=arrived(in_time=1_000, late=0)),
    ("new", ""): Evidence(lane=arrived(in_time=29, late=0)),
    ("far", ""): Evidence(
        lane=arrived(in_time=20, late=0), countries=arrived(in_time=980, late=20)
    ),
}


def offers(**costs: int) -> list[Offer]:
    return [Offer(carrier, None, cost) for carrier, cost in costs.items()]


def test_the_cheapest_that_reaches_the_bar_is_proposed() -> None:
    found = propose(offers(cheap=100, best=900, good=500), EVIDENCE, hours=48, bar=0.9)

    assert [(one.offer.carrier, one.rank) for one in found] == [
        ("good", 1),
        ("best", 2),
        ("cheap", 3),
    ]
    assert [one.reasons for one in found] == [
        (Reason.REACHES_BAR, Reason.CHEAPEST),
        (Reason.REACHES_BAR,),
        (Reason.BELOW_BAR,),
    ]


def test_where_none_reaches_the_bar_the_most_reliable_is_proposed() -> None:
    found = propose(offers(cheap=100, good=500), EVIDENCE, hours=12, bar=0.9)
    again = propose(offers(cheap=100, good=500), EVIDENCE, hours=48, bar=0.999)

    assert [one.offer.carrier for one in found] == ["cheap", "good"]
    assert [one.offer.carrier for one in again] == ["good", "cheap"]
    assert again[0].reasons == (Reason.BELOW_BAR, Reason.MOST_RELIABLE)


def test_whom_too_few_parcels_speak_for_is_named_and_not_ranked() -> None:
    found = propose(offers(new=1, stranger=1, good=500), EVIDENCE, hours=48, bar=0.9)

    assert [(one.offer.carrier, one.rank) for one in found] == [
        ("good", 1),
        ("new", None),
        ("stranger", None),
    ]
    assert found[1].kept is not None
    assert found[2].kept is None
    assert all(Reason.TOO_FEW in one.reasons for one in found[1:])


def test_where_a_lane_has_too_few_parcels_those_between_its_countries_speak() -> None:
    [found] = propose(offers(far=300), EVIDENCE, hours=48, bar=0.9)

    assert found.width is Width.COUNTRIES
    assert found.kept is not None
    assert (found.kept.of, Reason.BETWEEN_COUNTRIES in found.reasons) == (1_020, True)


@pytest.mark.parametrize("seed", range(3))
def test_on_simulated_held_out_parcels_it_beats_cheapest_first(seed: int) -> None:
    by_scorecard, cheapest = simulate(seed, history=6_000, held_out=4_000)

    assert by_scorecard.share > cheapest.share


def a_question(**changes: Any) -> Body:
    return {
        "origin": "FR-69",
        "destination": "FR-75",
        "handed_over_at": "2026-12-01T08:00:00Z",
        "promised_until": "2026-12-03T08:00:00Z",
        "on_time_at_least": 0.5,
        "offers": [
            {"carrier": "slow", "cost_minor": 300, "currency": "EUR"},
            {"carrier": "dhl", "service": "express", "cost_minor": 900, "currency": "EUR"},
            {"carrier": "ups", "cost_minor": 100, "currency": "EUR"},
        ],
        **changes,
    }


async def test_offers_are_ranked_by_the_houses_own_parcels(
    client: httpx.AsyncClient, house: House, database: Database
) -> None:
    now = HANDED_OVER + timedelta(days=40)
    for number in range(31):
        await house.parcel((30, "delivered"))
        await house.parcel((90, "delivered"), carrier="slow", service=None)
        if number:
            await house.parcel((30, "delivered"), destination="FR-13")
    await measure_carriers(database, now=now)

    answer = await client.post("/v1/carrier-proposals", json=a_question())
    elsewhere = await client.post(
        "/v1/carrier-proposals", json=a_question(destination="FR-20", on_time_at_least=None)
    )

    assert answer.status_code == 200, answer.text
    found = answer.json()["offers"]
    assert [(one["carrier"], one["rank"], one["width"]) for one in found] == [
        ("dhl", 1, "lane"),
        ("slow", 2, "lane"),
        ("ups", None, "countries"),
    ]
    assert found[0]["in_time"]["of"] == 31
    assert found[0]["in_time"]["lower"] == pytest.approx(0.8897, abs=1e-4)
    assert found[0]["reasons"] == ["reaches-bar", "cheapest-that-reaches-bar"]
    assert elsewhere.json()["on_time_at_least"] == 0.9
    assert [one["in_time"] and one["in_time"]["of"] for one in elsewhere.json()["offers"]] == [
        61,
        31,
        None,
    ]


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"promised_until": "2026-11-30T08:00:00Z"}, "promise-in-the-past"),
        (
            {
                "offers": [
                    {"carrier": "a", "cost_minor": 1, "currency": "EUR"},
                    {"carrier": "b", "cost_minor": 1, "currency": "JPY"},
                ]
            },
            "offers-in-several-currencies",
        ),
        ({"offers": []}, "invalid"),
        ({"destination": "10 Downing Street"}, "invalid"),
    ],
    ids=["past", "currencies", "nobody", "an-address"],
)
async def test_a_question_that_cannot_be_answered_is_refused(
    client: httpx.AsyncClient, changes: Body, problem: str
) -> None:
    answer = await client.post("/v1/carrier-proposals", json=a_question(**changes))

    assert answer.status_code == 422
    assert answer.json()["type"] == f"urn:carnet:problem:{problem}"
