"""The keys under which a source record is found."""

import pytest

from customer.domain.claims import Address, Normalised, RecordKey
from customer.domain.names import Names
from customer.domain.search_keys import SearchKind, search_keys_of, search_text

KEY = RecordKey("till", "W 1001")


@pytest.mark.parametrize(
    ("names", "typed"),
    [
        (Names("Aiko", "Tanaka"), "tanaka a"),
        (Names("Aiko", "Tanaka"), "AIKO TAN"),
        (Names("Élodie", "Lefèvre-Dubois"), "lefevre dub"),
        (Names("Élodie", "Lefèvre-Dubois"), "dubois élodie"),
        (Names("愛子", "田中", given_kana="アイコ", family_kana="タナカ"), "田中愛"),
        (Names("愛子", "田中", given_kana="アイコ", family_kana="タナカ"), "愛子"),
        (Names("愛子", "田中", given_kana="アイコ", family_kana="タナカ"), "たなか あい"),
        (Names("愛子", "田中", given_kana="ｱｲｺ", family_kana="ﾀﾅｶ"), "アイコ"),
        (Names(full="田中愛子"), "愛子"),
        (Names(full="William Whitehead Watts"), "watts will"),
        (Names("愛子", "田中", given_kana="アイコ", family_kana="タナカ"), "tanaka ai"),
        (Names("翔一", "大谷", given_kana="ショウイチ", family_kana="オオタニ"), "otani"),
        (Names("裕子", "田中"), "tanaka hiro"),
        (Names("裕子", "田中"), "yuko"),
        (Names(full="田中愛子"), "aiko tana"),
        (Names("愛子", "田中", given_latin="Ayko"), "ayko"),
        (Names("Иван", "Иванов"), "ivan"),
        (Names("Mary Ann", "Evans"), "evans ann"),
    ],
)
def test_a_name_is_found_from_any_of_its_words(names: Names, typed: str) -> None:
    keys = search_keys_of(Normalised(names=names), RecordKey("till", "1"))

    assert any(key.startswith(search_text(typed)) for kind, key in keys if kind == "name")


def test_a_phone_is_found_from_its_end_and_a_record_by_its_own_id() -> None:
    normalised = Normalised(phones=("+33612345678", "+331234567;ext=9"))

    assert search_keys_of(normalised, KEY) == {
        (SearchKind.PHONE, "87654321633"),
        (SearchKind.PHONE, "765432133"),
        (SearchKind.EXTERNAL, "w1001"),
    }


def test_a_city_stands_before_the_name_and_behind_its_first_word() -> None:
    normalised = Normalised(
        names=Names("Anna Maria", "Rossi"), addresses=(Address(city="New York"),)
    )

    keys = search_keys_of(normalised, KEY)

    assert {key for kind, key in keys if kind is SearchKind.NAME_AND_PLACE} == {
        "anna new york maria rossi",
        "rossi new york anna maria",
    }
    assert {key for kind, key in keys if kind is SearchKind.PLACE} == {
        "new anna maria rossi york",
        "new rossi anna maria york",
        "york anna maria rossi new",
        "york rossi anna maria new",
    }


@pytest.mark.parametrize(
    ("normalised", "most"),
    [
        (Normalised(), 1),
        (Normalised(names=Names("Marie", "Dupont")), 5),
        (
            Normalised(
                names=Names("Marie", "Dupont"),
                phones=("+33612345678",),
                addresses=(Address(city="Lyon"),),
            ),
            10,
        ),
        (
            Normalised(
                names=Names("愛子", "田中", given_kana="アイコ", family_kana="タナカ"),
                phones=("+819012345678",),
                addresses=(Address(city="渋谷区"),),
            ),
            13,
        ),
        (Normalised(names=Names(full=" ".join("abcdefghijklmnop"))), 7),
        (
            Normalised(
                names=Names(
                    *(" ".join(f"{letter}alpha{n}" for n in "bcdefgh") for letter in "xyz")
                ),
                addresses=tuple(Address(city=f"Ville {n} sur Mer") for n in range(20)),
            ),
            27,
        ),
    ],
)
def test_keys_are_few_whatever_is_told(normalised: Normalised, most: int) -> None:
    assert len(search_keys_of(normalised, KEY)) <= most
