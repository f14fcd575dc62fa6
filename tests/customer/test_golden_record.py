"""The golden record: what survives of all that is told."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer.domain.claims import Normalised, RecordKey
from customer.domain.names import Names
from customer.domain.survivorship import (
    TellingRecord,
    display_name,
    golden_record,
    is_anonymous,
)

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def telling(number: int, *, days_ago: int, normalised: Normalised) -> TellingRecord:
    return TellingRecord(
        UUID(int=number), RecordKey("s", str(number)), NOW - timedelta(days=days_ago), normalised
    )


def test_the_most_recent_non_empty_value_survives_with_its_source() -> None:
    old = telling(1, days_ago=9, normalised=Normalised(names=Names("Aiko", "Sato")))
    new = telling(2, days_ago=1, normalised=Normalised(names=Names(None, "Tanaka")))

    golden = golden_record([old, new])

    assert (golden["given_name"][0].value, golden["given_name"][0].record) == ("Aiko", old)
    assert (golden["family_name"][0].value, golden["family_name"][0].record) == ("Tanaka", new)


def test_lists_keep_every_value_the_most_recent_first() -> None:
    old = telling(1, days_ago=9, normalised=Normalised(emails=("a@x.fr", "B@x.fr")))
    new = telling(2, days_ago=1, normalised=Normalised(emails=("b@x.fr",)))

    golden = golden_record([old, new])

    assert [told.value for told in golden["emails"]] == ["b@x.fr", "a@x.fr"]


@given(st.permutations(range(6)))
def test_the_order_of_rows_does_not_change_the_golden_record(order: list[int]) -> None:
    records = [
        telling(
            n, days_ago=n % 3, normalised=Normalised(names=Names(f"n{n}"), emails=(f"{n}@x.fr",))
        )
        for n in range(6)
    ]

    assert golden_record([records[n] for n in order]) == golden_record(records)


def test_who_tells_only_a_country_is_anonymous() -> None:
    assert is_anonymous(
        golden_record([telling(1, days_ago=0, normalised=Normalised(country="FR"))])
    )


@pytest.mark.parametrize(
    ("names", "country", "shown"),
    [
        (Names("Aiko", "Tanaka"), "FR", "Aiko Tanaka"),
        (Names("Aiko", "Tanaka"), "JP", "Aiko Tanaka"),
        (Names("愛子", "田中"), "FR", "田中 愛子"),
        (Names("Béla", "Bartók"), "HU", "Bartók Béla"),
        (Names(full="William Watts"), "GB", "William Watts"),
        (Names("Anna", None, "Anna Rossi"), "IT", "Anna Rossi"),
        (Names("Anna"), "IT", "Anna"),
    ],
)
def test_a_name_is_shown_in_the_order_of_its_script_or_country(
    names: Names, country: str, shown: str
) -> None:
    golden = golden_record(
        [telling(1, days_ago=0, normalised=Normalised(names=names, country=country))]
    )

    assert display_name(golden) == shown
