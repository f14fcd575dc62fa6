"""Birth dates as people and systems write them: read where they are clear, flagged where not."""

from contextlib import suppress
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer.domain.claims import BirthParts, Claim, RecordKey
from customer.domain.identifiers import Unusable
from customer.domain.normalisation import read_claim
from customer.domain.told_dates import read_date

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
APRIL = date(1956, 4, 9)
DATE_LIKE = st.text(alphabet="0123456789-/. 年月日昭和令元十二MSavril", max_size=14)


def claim(
    told: str | None = None,
    *,
    year: int | str | None = None,
    month: int | str | None = None,
    day: int | str | None = None,
    country: str = "FR",
) -> Claim:
    return Claim(
        key=RecordKey("till", "1"),
        body=b"{}",
        received_at=NOW,
        channel="shop",
        country=country,
        brand="house",
        legal_entity="house",
        home_region="house",
        birth_date=told,
        birth_year=year,
        birth_month=month,
        birth_day=day,
    )


@pytest.mark.parametrize(
    "told",
    [
        "1956-04-09",
        "1956/4/9",
        "1956.04.09",
        "19560409",
        "1956-04-09T00:00:00Z",
        "1956-04-09 00:00:00",
        "1956年4月9日",
        "昭和31年4月9日",
        "昭和三十一年四月九日",
        "S31.4.9",
        "S310409",
        "１９５６／４／９",
        "9.4.1956",
        "9 avril 1956",
        "April 9th, 1956",
        "9 de abril de 1956",
        "9. April 1956",
        " 1956-04-09 ",
    ],
)
def test_a_clear_date_is_read_without_a_flag(told: str) -> None:
    reading = read_claim(claim(told))

    assert (reading.normalised.birth_date, reading.flags) == (APRIL, ())


@pytest.mark.parametrize(
    ("told", "country", "on"),
    [
        ("09/04/1956", "FR", date(1956, 4, 9)),
        ("09/04/1956", "US", date(1956, 9, 4)),
        ("09-04-1956", "GB", date(1956, 4, 9)),
        ("09041956", "FR", date(1956, 4, 9)),
        ("04/25/1956", "FR", date(1956, 4, 25)),
        ("25/04/1956", "US", date(1956, 4, 25)),
        ("1956-25-04", "FR", date(1956, 4, 25)),
    ],
)
def test_a_doubtful_date_is_read_by_the_country_and_flagged(
    told: str, country: str, on: date
) -> None:
    reading = read_claim(claim(told, country=country))

    assert reading.normalised.birth_date == on
    assert [flag.field for flag in reading.flags] == ["birth_date"]


@pytest.mark.parametrize(("told", "country"), [("25/04/1956", "FR"), ("04/25/1956", "US")])
def test_what_can_be_one_day_only_has_no_flag(told: str, country: str) -> None:
    assert read_claim(claim(told, country=country)).flags == ()


@pytest.mark.parametrize(
    "told",
    [
        *("1990-02-31", "19081399", "yesterday", "9/4/56", "昭和70年1月1日", "0000-00-00"),
        *("2999-01-01", "1900-01-01", "1111-11-11", "13/13/1956", "2150", "-", "1" * 60),
    ],
)
def test_what_is_no_birth_date_is_flagged_and_not_used(told: str) -> None:
    reading = read_claim(claim(told))

    assert reading.normalised.birth_date is None
    assert reading.normalised.birth_parts is None
    assert [flag.field for flag in reading.flags] == ["birth_date"]
    assert all(flag.mend for flag in reading.flags)


@pytest.mark.parametrize(
    ("told", "parts"),
    [
        ("1956", BirthParts(1956)),
        ("1956-04", BirthParts(1956, 4)),
        ("04/1956", BirthParts(1956, 4)),
        ("昭和31年", BirthParts(1956)),
        ("mars 1956", BirthParts(1956, 3)),
        ("1956-04-00", BirthParts(1956, 4)),
        ("--04-09", BirthParts(None, 4, 9)),
        ("4月9日", BirthParts(None, 4, 9)),
    ],
)
def test_parts_of_a_date_are_kept(told: str, parts: BirthParts) -> None:
    reading = read_claim(claim(told))

    assert (reading.normalised.birth_date, reading.normalised.birth_parts) == (None, parts)
    assert reading.flags == ()


def test_three_parts_make_a_day_and_a_whole_date_outweighs_parts() -> None:
    parts = read_claim(claim(year=1956, month="4", day="09")).normalised
    whole = read_claim(claim("1956-04-09", year=1960)).normalised
    both = read_claim(claim("1956", month=4, day=9)).normalised

    assert (parts.birth_date, parts.birth_parts) == (APRIL, None)
    assert (whole.birth_date, whole.birth_parts) == (APRIL, None)
    assert (both.birth_date, both.birth_parts) == (APRIL, None)


def test_a_wrong_part_is_flagged_and_the_others_are_kept() -> None:
    reading = read_claim(claim(year=1956, month=13, day="ninth"))

    assert reading.normalised.birth_parts == BirthParts(1956)
    assert [flag.field for flag in reading.flags] == ["birth_month", "birth_day"]


def test_parts_that_make_no_day_are_flagged() -> None:
    reading = read_claim(claim(year=1990, month=2, day=31))

    assert reading.normalised.birth_date is None
    assert [flag.field for flag in reading.flags] == ["birth_day"]


@given(DATE_LIKE | st.text(max_size=20), st.sampled_from(["FR", "US", "JP", None]))
def test_no_text_breaks_the_reading_of_dates(text: str, country: str | None) -> None:
    with suppress(Unusable):
        told = read_date(text, country)
        assert (told.on is None) != (told.parts is None)


@given(
    DATE_LIKE,
    st.none() | st.integers() | st.text(max_size=5),
    st.none() | st.integers(-1, 40) | st.text(max_size=5),
    st.none() | st.integers(-1, 40) | st.text(max_size=5),
)
def test_no_parts_break_the_reading(
    told: str, year: int | str | None, month: int | str | None, day: int | str | None
) -> None:
    normalised = read_claim(claim(told, year=year, month=month, day=day)).normalised

    assert normalised.birth_date is None or normalised.birth_parts is None


@given(st.dates(date(1901, 1, 1), date(2020, 1, 1)))
def test_every_day_is_read_in_every_clear_form(on: date) -> None:
    written = (
        on.isoformat(),
        f"{on:%Y%m%d}",
        f"{on.year}年{on.month}月{on.day}日",
        f"{on.day}.{on.month}.{on.year}",
        f"{on.day} {on:%B} {on.year}",
    )

    assert {read_date(form, "FR").on for form in written} == {on}
