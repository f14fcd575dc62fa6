"""When names and birth dates speak against being one person, and when they say nothing."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer.domain.birth_dates import compare_birth_dates
from customer.domain.names import (
    Names,
    are_nearly_one,
    are_read_apart,
    are_written_apart,
    compare_family,
    compare_given,
)
from customer.domain.word_likeness import Likeness

ALIKE, DIFFERENT, UNKNOWN = Likeness.ALIKE, Likeness.DIFFERENT, Likeness.UNKNOWN
MAYBE_TEXT = st.none() | st.text(alphabet="abcé 田ヤや-'", max_size=8)
NAMES = st.builds(Names, MAYBE_TEXT, MAYBE_TEXT, MAYBE_TEXT, MAYBE_TEXT, MAYBE_TEXT)


@pytest.mark.parametrize(
    ("left", "right", "likeness"),
    [
        (Names("Anna", "Rossi"), Names("ANNA", "Rossi"), ALIKE),
        (Names("Anna"), Names("A."), UNKNOWN),
        (Names("Anna"), Names("P."), DIFFERENT),
        (Names("A. Maria"), Names("Anna"), UNKNOWN),
        (Names("Clarie"), Names("Claire"), ALIKE),
        (Names("Leo"), Names("Elo"), ALIKE),
        (Names("Sara"), Names("Sarah"), ALIKE),
        (Names("Jan"), Names("Jana"), DIFFERENT),
        (Names("Lena", "Meier"), Names("Lina", "Meier"), DIFFERENT),
        (Names(full="Lena Meier"), Names(full="Lina Meier"), DIFFERENT),
        (Names(full="Lena Meier"), Names("Lina", "Meier"), DIFFERENT),
        (Names(full="Lena Meier"), Names(full="Lena Maier"), ALIKE),
        (Names(full="A. Meier"), Names(full="Anna Meier"), UNKNOWN),
        (Names("Jean-Pierre"), Names("Jean-Paul"), DIFFERENT),
        (Names("Anna Meier"), Names("Peter Meier"), DIFFERENT),
        (Names("Meier"), Names("Anna", "Meier"), UNKNOWN),
        (Names("Rossi", "Ana"), Names("Anna", "Rossi"), ALIKE),
        (Names("由紀", "田中"), Names("田中", "由紀"), ALIKE),
        (Names("裕子", given_kana="ユウコ"), Names("裕子", given_kana="ヒロコ"), DIFFERENT),
        (Names("裕子", given_kana="ユウコ"), Names("裕子", given_kana="ゆうこ"), ALIKE),
        (Names("裕子", given_kana="ユウコ"), Names("裕子"), ALIKE),
        (Names("ゆき"), Names("ゆみ"), DIFFERENT),
        (Names(full="Meier, Lena"), Names("Lena", "Meier"), ALIKE),
        (Names(full="Meier, Lena"), Names("Peter", "Meier"), DIFFERENT),
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
        (Names("Bill"), Names("William"), ALIKE),
        (Names("Bill"), Names(full="William Watts"), ALIKE),
        (Names(full="Bill Watts"), Names(full="William Watts"), ALIKE),
        (Names("Bill"), Names("Robert"), DIFFERENT),
        (Names("Dr Anna"), Names("Dr Paul"), DIFFERENT),
        (Names("由紀さん"), Names("由紀"), ALIKE),
        (Names("由紀", given_kana="ユキ"), Names("Yuki"), ALIKE),
        (Names("由紀", given_latin="Yuki"), Names("YUKI"), ALIKE),
        (Names(given_kana="マイケル"), Names("Michael"), UNKNOWN),
        (Names("민준"), Names("Minjun"), ALIKE),
        (Names("Юрий"), Names("Yuri"), ALIKE),
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
        (Names("Anna", "van der Berg"), Names("Anna", "Berg"), ALIKE),
        (Names("Anna", "de Souza"), Names("Anna", "de Silva"), DIFFERENT),
        (Names("Martin", "King Jr."), Names("Martin", "King"), ALIKE),
        (Names("由紀", "田中様"), Names("由紀", "田中"), ALIKE),
        (Names("由紀", "渡邊"), Names("由紀", "渡辺"), ALIKE),
        (Names("ショウイチ", "オオタニ"), Names("Shoichi", "Ohtani"), ALIKE),
        (Names("由紀", "田中"), Names("Yuki", "Tanaka"), UNKNOWN),
        (
            Names("裕子", "大谷", family_kana="オオタニ"),
            Names("裕子", "大谷", family_kana="オオヤ"),
            DIFFERENT,
        ),
        (Names(full="BRETECHE (de la) Jean"), Names(full="Jean de la Bretèche"), ALIKE),
        (Names(full="von der Heide Ursula"), Names("Ursula", "Heide"), ALIKE),
        (Names(full="LEYEN Ursula"), Names(full="MEYER Ursula"), DIFFERENT),
    ],
)
def test_family_names_are_compared_with_care(left: Names, right: Names, likeness: Likeness) -> None:
    assert compare_family(left, right) is likeness
    assert compare_family(right, left) is likeness


def test_names_in_scripts_that_sound_alike_are_not_written_apart() -> None:
    kana, latin = Names("ショウイチ", "オオタニ"), Names("Shoichi", "Ohtani")

    assert not are_written_apart(kana, latin)
    assert are_written_apart(Names("翔一", "大谷"), latin)
    assert not are_written_apart(Names("翔一", "大谷", None, "ショウイチ", "オオタニ"), latin)


def test_readings_told_by_both_sides_decide_where_the_writing_is_the_same() -> None:
    yuko = Names("裕子", "大谷", None, "ユウコ", "オオタニ")
    hiroko = Names("裕子", "大谷", None, "ヒロコ", "オオタニ")
    swapped = Names("大谷", "裕子", None, "オオタニ", "ユウコ")

    assert are_read_apart(yuko, hiroko)
    assert not are_read_apart(yuko, Names("裕子", "大谷"))
    assert not are_read_apart(yuko, swapped)


def test_only_names_that_would_pass_for_a_slip_are_nearly_one() -> None:
    assert are_nearly_one(Names("Lena", "Meier"), Names("Lina", "Meier"))
    assert are_nearly_one(Names(full="Jan Meier"), Names(full="Jana Meier"))
    assert not are_nearly_one(Names("Anna", "Meier"), Names("Peter", "Meier"))
    assert not are_nearly_one(Names("Claire", "Meier"), Names("Clarie", "Meier"))


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
