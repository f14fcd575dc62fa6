"""Whom the model takes for one person, and whom it does not: examples of people."""

from datetime import date
from typing import Any

import pytest

from customer.domain.claims import Address, Normalised
from customer.domain.linkage.blocking import blocking_keys
from customer.domain.linkage.model import DEFAULT_MODEL
from customer.domain.linkage.traits import Traits, traits_of
from customer.domain.names import Names

THOUSANDS = 5_000
MILLIONS = 5_000_000
HOME = Address(lines=("Hauptstr. 3",), city="Berlin", postcode="10117")
BORN = date(1980, 3, 14)


def person(given: str | None = None, family: str | None = None, **told: Any) -> Traits:
    """Give the traits of a person."""
    names = {name: told.pop(name) for name in list(told) if name in Names.__dataclass_fields__}
    return traits_of(Normalised(names=Names(given=given, family=family, **names), **told))


def is_one(left: Traits, right: Traits, size: int = THOUSANDS) -> bool:
    """Tell whether two records that meet would be linked by themselves."""
    meet = set(blocking_keys(left)) & set(blocking_keys(right))
    weight = DEFAULT_MODEL.weigh(left, right)
    return bool(meet) and weight >= DEFAULT_MODEL.thresholds(size).link


def test_name_birth_date_and_postcode_link_in_a_base_of_thousands() -> None:
    left = person("Anna", "Müller", birth_date=BORN, addresses=(Address(postcode="10117"),))

    assert is_one(left, left)


def test_a_common_name_and_a_city_are_for_a_person_to_decide_in_a_base_of_millions() -> None:
    left = person("John", "Smith", addresses=(Address(city="London"),))
    weight, thresholds = DEFAULT_MODEL.weigh(left, left), DEFAULT_MODEL.thresholds(MILLIONS)

    assert weight < thresholds.link


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (("Anna", "Müller"), ("Ana", "Mueller")),
        (("William", "Smith"), ("Bill", "Smyth")),
        (("Anna", "Müller"), ("Müller", "Anna")),
        (("Katarzyna", "Nowak"), ("KATARZYNA", "NOWAK")),
        (("Jan", "van den Berg"), ("Jan", "Berg")),
    ],
    ids=["slips", "nickname", "swapped", "case", "particles"],
)
def test_names_written_differently_link_with_birth_date_and_address(
    left: tuple[str, str], right: tuple[str, str]
) -> None:
    one = person(*left, birth_date=BORN, addresses=(HOME,))
    other = person(*right, birth_date=BORN, addresses=(HOME,))

    assert is_one(one, other)


@pytest.mark.parametrize("born", [date(1980, 3, 15), date(1980, 3, 4), date(1990, 3, 14)])
def test_one_slip_in_the_birth_date_is_forgiven(born: date) -> None:
    one = person("Anna", "Müller", birth_date=BORN, addresses=(HOME,))
    other = person("Anna", "Müller", birth_date=born, addresses=(HOME,))

    assert is_one(one, other)


def test_kanji_kana_and_latin_of_one_japanese_name_meet_and_link() -> None:
    born = {"birth_date": BORN, "language": "ja", "addresses": (Address(postcode="1000001"),)}
    kanji = person("太郎", "田中", **born)
    kana = person("太郎", "田中", given_kana="タロウ", family_kana="タナカ", **born)
    latin = person("Taro", "Tanaka", **born)

    assert is_one(kanji, kana)
    assert is_one(kana, latin)
    assert is_one(kanji, latin)


def test_spouses_at_one_address_with_one_telephone_are_two() -> None:
    shared = {"addresses": (HOME,), "phones": ("+4930123456",)}
    wife = person("Anna", "Müller", birth_date=BORN, **shared)
    husband = person("Thomas", "Müller", birth_date=date(1977, 11, 2), **shared)

    assert not is_one(wife, husband)


def test_spouses_whose_birth_dates_nobody_knows_are_two() -> None:
    shared = {"addresses": (HOME,), "phones": ("+4930123456",)}

    assert not is_one(person("Anna", "Müller", **shared), person("Thomas", "Müller", **shared))


def test_twins_are_two() -> None:
    shared = {"birth_date": BORN, "addresses": (HOME,), "phones": ("+4930123456",)}

    assert not is_one(person("Anna", "Müller", **shared), person("Thomas", "Müller", **shared))


def test_father_and_son_of_one_name_are_two() -> None:
    father = person("Karl", "Müller", birth_date=date(1941, 5, 30), addresses=(HOME,))
    son = person("Karl", "Müller", birth_date=date(1969, 12, 1), addresses=(HOME,))

    assert not is_one(father, son)


def test_a_telephone_and_a_first_name_are_not_enough_to_link() -> None:
    left = person("Anna", phones=("+4930123456",))

    assert DEFAULT_MODEL.weigh(left, left) < DEFAULT_MODEL.thresholds(MILLIONS).link


def test_titles_and_honorifics_are_no_names() -> None:
    assert person(full="Dr. Anna Müller") == person(full="Anna Müller")
    assert person(full="Sir Robert Wexmoor, 1st Baronet").family == "wexmoor"


def test_silence_is_no_evidence() -> None:
    whole = person("Anna", "Müller", birth_date=BORN, addresses=(HOME,), emails=("a@b.de",))
    short = person("Anna", "Müller", birth_date=BORN)

    assert DEFAULT_MODEL.weigh(whole, short) == DEFAULT_MODEL.weigh(short, short)


def test_addresses_of_namesakes_differ_in_a_number_and_are_not_close() -> None:
    one = person("Jane", "Smith", emails=("jane.smith12@example.com",))
    namesake = person("Jane", "Smith", emails=("jane.smith47@example.com",))
    slip = person("Jane", "Smith", emails=("jane.smtih12@example.com",))

    assert DEFAULT_MODEL.weigh(one, slip) > DEFAULT_MODEL.weigh(one, namesake)
    assert not is_one(one, namesake)
