"""When names and birth dates speak against being one person, and when they say nothing."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer.domain.birth_dates import compare_birth_dates
from customer.domain.names import Likeness, Names, compare_family, compare_given

ALIKE, DIFFERENT, UNKNOWN = Likeness.ALIKE, Likeness.DIFFERENT, Likeness.UNKNOWN
MAYBE_TEXT = st.none() | st.text(alphabet="abcé 田ヤや-'", max_size=8)
NAMES = st.builds(Names, MAYBE_TEXT, MAYBE_TEXT, MAYBE_TEXT, MAYBE_TEXT, MAYBE_TEXT)


@pytest.mark.parametrize(
    ("left", "right", "likeness"),
    [
        (Names("Anna", "Rossi"), Names("ANNA", "Rossi"), ALIKE),
        (Names("Anna"), Names("A."), ALIKE),
        (Names("Will"), Names("William"), ALIKE),
        (Names("Michelle"), Names("Michele"), ALIKE),
        (Names("Anna Maria"), Names("Maria"), ALIKE),
        (Names("Anna"), Names("Paul"), DIFFERENT),
        (Names("Anna"), Names(None, "Rossi"), UNKNOWN),
        (Names("Anna"), Names(full="Rossi"), UNKNOWN),
        (Names("Anna"), Names(full="Anna Rossi"), ALIKE),
        (Names("Anna"), Names(full="Paul Rossi"), DIFFERENT),
        (Names("Yuki", "Tanaka"), Names("Tanaka", "Yuki"), ALIKE),
        (Names("由紀", "田中"), Names("Yuki", "Tanaka"), UNKNOWN),
        (Names("由紀", given_kana="ユキ"), Names("有希", given_kana="ゆき"), ALIKE),
        (Names("健司"), Names("由紀"), DIFFERENT),
        (Names(full="William Watts"), Names(full="William Whitehead Watts"), ALIKE),
        (Names(full="Anna Rossi"), Names(full="Paul Rossi"), DIFFERENT),
        (Names(), Names("Anna"), UNKNOWN),
    ],
)
def test_given_names_are_compared_with_care(left: Names, right: Names, likeness: Likeness) -> None:
    assert compare_given(left, right) is likeness
    assert compare_given(right, left) is likeness


@pytest.mark.parametrize(
    ("left", "right", "likeness"),
    [
        (Names("Anna", "Rossi"), Names("Anna", "Rosi"), ALIKE),
        (Names("Anna", "Rossi"), Names("Anna", "Bianchi"), DIFFERENT),
        (Names("Anna", "Rossi-Bianchi"), Names("Anna", "Bianchi"), ALIKE),
        (Names("Anna", "Rossi"), Names("Anna"), UNKNOWN),
        (Names("Anna"), Names("Paul"), UNKNOWN),
        (Names("Anna", "Rossi"), Names(full="Paul Rossi"), ALIKE),
        (Names(full="Anna Rossi"), Names(full="Paul Rossi"), UNKNOWN),
        (Names(full="Anna Rossi"), Names(full="Paul Schmidt"), DIFFERENT),
    ],
)
def test_family_names_are_compared_with_care(left: Names, right: Names, likeness: Likeness) -> None:
    assert compare_family(left, right) is likeness
    assert compare_family(right, left) is likeness


@given(NAMES, NAMES)
def test_comparing_names_has_no_direction(left: Names, right: Names) -> None:
    assert compare_given(left, right) is compare_given(right, left)
    assert compare_family(left, right) is compare_family(right, left)


@given(NAMES)
def test_nobody_differs_from_himself(names: Names) -> None:
    assert compare_given(names, names) is not DIFFERENT
    assert compare_family(names, names) is not DIFFERENT


@pytest.mark.parametrize(
    ("left", "right", "likeness"),
    [
        (date(1971, 6, 24), date(1971, 6, 24), ALIKE),
        (date(1971, 6, 24), date(1971, 5, 24), ALIKE),
        (date(1971, 6, 4), date(1971, 4, 6), ALIKE),
        (date(1971, 6, 24), date(1981, 6, 24), ALIKE),
        (date(1971, 6, 24), date(1956, 6, 24), DIFFERENT),
        (date(1971, 6, 24), date(1972, 6, 25), DIFFERENT),
        (date(1971, 6, 24), None, UNKNOWN),
    ],
)
def test_a_slip_in_a_birth_date_is_forgiven(
    left: date, right: date | None, likeness: Likeness
) -> None:
    assert compare_birth_dates(left, right) is likeness
