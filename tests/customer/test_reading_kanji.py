"""Likely readings of names in kanji: several, from a dictionary, and none where it has none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer.domain.kanji import family_readings, given_readings, parted

ANY_TEXT = st.text(alphabet=st.characters(codec="utf-8"), max_size=20)
KANJI_TEXT = st.text(alphabet="田中大谷山本由紀翔結愛髙邊々ノさくら様 a1", max_size=8)


@pytest.mark.parametrize(
    ("written", "readings"),
    [
        ("田中", {"tanaka"}),
        ("大谷", {"otani", "oya"}),
        ("髙橋", {"takahashi"}),
        ("田中様", {"tanaka"}),
        ("渡邊", {"watanabe"}),
        ("小鳥遊", {"takanashi"}),
        ("Tanaka", set[str]()),
        ("たなか", set[str]()),
        ("", set[str]()),
    ],
)
def test_a_family_name_has_all_its_likely_readings(written: str, readings: set[str]) -> None:
    assert set(family_readings(written)) == readings


def test_a_given_name_has_all_its_likely_readings() -> None:
    assert set(given_readings("裕子")) == {"hiroko", "yuko"}


@pytest.mark.parametrize(
    ("written", "parts"),
    [
        ("田中由紀", ("田中", "由紀")),
        ("田中 由紀", ("田中", "由紀")),
        ("長谷川翔太", ("長谷川", "翔太")),
        ("髙橋健司", ("高橋", "健司")),
        ("田中由紀様", ("田中", "由紀")),
        ("由紀", None),
        ("Yuki Tanaka", None),
        ("", None),
    ],
)
def test_a_whole_name_is_parted_where_it_is_clear(
    written: str, parts: tuple[str, str] | None
) -> None:
    assert parted(written) == parts


@given(ANY_TEXT | KANJI_TEXT)
def test_no_text_breaks_the_dictionary(text: str) -> None:
    for readings in (family_readings(text), given_readings(text)):
        assert len(readings) <= 3
        assert all(reading.isascii() and reading for reading in readings)
    parted(text)
