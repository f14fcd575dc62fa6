"""Whole names in one field: which part is the family name, where the writing tells it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer.domain.claims import Normalised
from customer.domain.linkage.traits import Traits, traits_of
from customer.domain.names import Names
from customer.domain.whole_names import parts_as_written


def _traits(whole: str) -> Traits:
    return traits_of(Normalised(names=Names(full=whole)))


@pytest.mark.parametrize(
    "whole",
    [
        "Jean de la Bretèche",
        "de la Bretèche, Jean",
        "DE LA BRETECHE, JEAN",
        "BRETECHE (de la) Jean",
        "Jean BRETECHE",
        "M. Jean de la BRETÈCHE",
        "de la Bretèche Jean",
        "Bretèche, Jean de la",
        "Bretèche, M. Jean",
    ],
)
def test_a_whole_name_is_parted_alike_however_it_is_written(whole: str) -> None:
    assert _traits(whole) == Traits(given="jean", family="breteche")


@pytest.mark.parametrize(
    ("whole", "given_name", "family_name"),
    [
        ("von der Heide Ursula", "ursula", "heide"),
        ("Dr. Ursula VON DER HEIDE", "ursula", "heide"),
        ("García Robles, Inés", "ines", "robles"),
        ("DUPONT Jean-Pierre", "jean", "dupont"),
        ("O'NEIL Shaun", "shaun", "oneil"),
        ("Sir Robert Wexmoor, 1st Baronet", "robert", "wexmoor"),
        ("Martin Hale, Jr.", "martin", "hale"),
        ("Hale, Martin Jr.", "martin", "hale"),
        ("John Smith MBA", "john", "smith"),
        ("JOHN SMITH", "john", "smith"),
        ("Van Tran Long", "tran", "long"),
    ],
)
def test_commas_capitals_and_particles_tell_the_family_name_and_titles_do_not(
    whole: str, given_name: str, family_name: str
) -> None:
    traits = _traits(whole)

    assert (traits.given, traits.family) == (given_name, family_name)


def test_a_part_that_is_told_besides_is_not_both_parts_of_the_whole_name() -> None:
    traits = traits_of(Normalised(names=Names(given="John", full="Smith John")))

    assert (traits.given, traits.family) == ("john", "smith")


@given(st.text(alphabet="ABCabc ,.()'-éÉ田ヤ", max_size=30))
def test_no_text_breaks_the_parting_and_parts_are_of_the_text(whole: str) -> None:
    parts = parts_as_written(whole)

    assert parts is None or all(set(part) <= {*whole, " "} for part in parts)
