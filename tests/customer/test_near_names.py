"""Given names that look alike: one with a slip, or two as brothers and sisters have them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer.domain.near_names import are_two_names

LETTERS = st.text(alphabet="abcdehiklmnorstuy", min_size=1, max_size=9)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("lena", "lina"),
        ("lena", "lana"),
        ("jan", "jana"),
        ("jan", "janina"),
        ("paul", "paula"),
        ("maria", "marie"),
        ("maria", "mario"),
        ("julia", "julius"),
        ("daniel", "danielle"),
        ("gabriel", "gabriella"),
        ("christian", "christina"),
        ("christian", "christopher"),
        ("simon", "simone"),
        ("marina", "karina"),
        ("ella", "bella"),
        ("alexander", "alexandra"),
        ("haruka", "haruko"),
        ("emilie", "emilia"),
        ("andrea", "andreas"),
    ],
)
def test_two_names_are_two_however_alike(left: str, right: str) -> None:
    assert are_two_names(left, right)
    assert are_two_names(right, left)


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("claire", "clarie"),
        ("claire", "clare"),
        ("thomas", "tohmas"),
        ("thomas", "tomas"),
        ("thomas", "thomss"),
        ("peter", "petr"),
        ("peter", "peteer"),
        ("emma", "enma"),
        ("katarzyna", "katarzyma"),
        ("michelle", "michele"),
        ("sara", "sarah"),
        ("stefan", "stephan"),
        ("filip", "philipp"),
        ("catherine", "katherine"),
        ("viktor", "wiktor"),
        ("erik", "eric"),
        ("bob", "robert"),
        ("will", "william"),
        ("alex", "alexandra"),
        ("anna", "ana"),
        ("alexandre", "alexander"),
        ("sebastian", "sebastien"),
        ("philippe", "philip"),
        ("katie", "katy"),
    ],
)
def test_a_slip_a_spelling_and_a_short_form_are_one_name(left: str, right: str) -> None:
    assert not are_two_names(left, right)
    assert not are_two_names(right, left)


@given(LETTERS, LETTERS)
def test_the_question_has_no_direction_and_no_name_is_two(left: str, right: str) -> None:
    assert are_two_names(left, right) is are_two_names(right, left)
    assert not are_two_names(left, left)
