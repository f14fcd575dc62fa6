"""Global customer ids survive being read aloud, typed, and mistyped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.global_ids import (
    ALPHABET,
    InvalidGlobalId,
    new_global_id,
    read_global_id,
    show_global_id,
)

drawn_ids = st.integers(0, 2**55 - 1).map(lambda bits: new_global_id(lambda _size: bits))


@given(drawn_ids)
def test_an_id_is_read_back_from_what_is_shown(stored: str) -> None:
    assert read_global_id(show_global_id(stored)) == stored


@given(drawn_ids)
def test_case_hyphens_spaces_and_look_alikes_are_forgiven(stored: str) -> None:
    typed = show_global_id(stored).lower().replace("0", "o").replace("1", "l").replace("-", " - ")
    assert read_global_id(typed) == stored


@given(drawn_ids)
def test_every_single_substitution_is_caught(stored: str) -> None:
    for position, right in enumerate(stored):
        for wrong in ALPHABET.replace(right, ""):
            with pytest.raises(InvalidGlobalId):
                read_global_id(stored[:position] + wrong + stored[position + 1 :])


@given(drawn_ids)
def test_every_transposition_is_caught(stored: str) -> None:
    for first in range(len(stored)):
        for second in range(first + 1, len(stored)):
            if stored[first] == stored[second]:
                continue
            characters = list(stored)
            characters[first], characters[second] = characters[second], characters[first]
            with pytest.raises(InvalidGlobalId):
                read_global_id("".join(characters))


@pytest.mark.parametrize(
    "text", ["", "7K3M", "7K3M-92QX-F4T", "7K3M-92QX-F4TFF", "7K3M-92QX-F4TU", "7K3M-92QX-F4é1"]
)
def test_what_is_no_id_is_refused_with_its_field_and_a_mend(text: str) -> None:
    with pytest.raises(InvalidGlobalId) as caught:
        read_global_id(text)
    assert caught.value.fields[0].field == "customer_id"
    assert "Type the twelve characters" in caught.value.fields[0].mend


def test_the_documented_example_is_a_valid_id() -> None:
    assert show_global_id(read_global_id("7K3M-92QX-F4TF")) == "7K3M-92QX-F4TF"
