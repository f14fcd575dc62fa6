"""Files of people: which columns tell what, and what becomes of values that fit nowhere."""

from pathlib import Path
from typing import Any

import pytest

from customer.adapters.file_layouts import LayoutUnclear, adapt, choose_layout
from customer.adapters.person_files import PersonFile, Reading


def read(
    tmp_path: Path,
    text: str,
    *,
    mapped: list[tuple[str, str]] | None = None,
    constants: list[tuple[str, str]] | None = None,
) -> list[Reading]:
    file = tmp_path / "people.csv"
    file.write_text(text)
    people = PersonFile(file)
    layout = adapt(
        choose_layout(people.columns, file_name="people"),
        people.columns,
        mapped=mapped or [],
        constants=[("country", "FR"), *(constants or [])],
    )
    return list(people.read(layout, source="crm"))


def body(readings: list[Reading]) -> dict[str, Any]:
    [only] = readings
    assert only.body is not None
    return only.body


def test_columns_named_as_fields_are_found_whatever_spaces_stand_around(tmp_path: Path) -> None:
    told = body(
        read(
            tmp_path,
            "id, given_name_kana, family_name_latin, birth_year, company_name, vat, referred_by\n"
            "1,  ユキ, Tanaka, 1956, Maison, FR12345678901, crm/7\n",
        )
    )

    assert told == {
        "source": "crm",
        "channel": "import",
        "country": "FR",
        "external_id": "1",
        "given_name_kana": "ユキ",
        "family_name_latin": "Tanaka",
        "birth_year": "1956",
        "company_name": "Maison",
        "vat_number": "FR12345678901",
        "referred_by": "crm/7",
    }


def test_a_name_and_a_phone_are_a_record(tmp_path: Path) -> None:
    told = body(read(tmp_path, "id,first_name,mobile\n1, Anna , 06 12 34 56 78\n"))

    assert (told["given_name"], told["phones"]) == ("Anna", ["06 12 34 56 78"])


def test_a_government_id_is_an_official_id_that_nobody_verified(tmp_path: Path) -> None:
    told = body(read(tmp_path, "id,ssn\n1,12AB345\n", mapped=[("government_id", "ssn")]))

    assert told["official_ids"] == [{"kind": "government-id", "value": "12AB345"}]
    assert "extra" not in told


def test_two_columns_may_tell_one_street_and_lists_several_values(tmp_path: Path) -> None:
    told = body(
        read(
            tmp_path,
            "id,nr,road,town,login,app\n1,7,rue de la Paix,Paris,a4711,app:9\n",
            mapped=[("street", "nr+road"), ("account", "login"), ("account", "app")],
        )
    )

    assert told["addresses"] == [{"city": "Paris", "lines": ["7 rue de la Paix"], "country": "FR"}]
    assert told["accounts"] == ["a4711", "app:9"]


def test_a_column_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(LayoutUnclear, match="no column 'street'"):
        read(tmp_path, "id,nr\n1,7\n", mapped=[("street", "nr+street")])


def test_birth_dates_are_told_as_they_stand(tmp_path: Path) -> None:
    lines = read(tmp_path, "id,dob\n1,19081399\n2,09/04/1956\n3,昭和31年4月9日\n4,\n")

    told = [line.body.get("birth_date") for line in lines if line.body is not None]
    assert told == ["19081399", "09/04/1956", "昭和31年4月9日", None]
    assert all(line.remarks == () for line in lines)


def test_a_text_that_is_too_long_is_kept_aside_and_the_record_is_not_lost(tmp_path: Path) -> None:
    [line] = read(tmp_path, f"id,first_name,last_name,phone\n1,{'x' * 201},Rossi,{'1' * 201}\n")

    assert line.body is not None
    assert "given_name" not in line.body
    assert "phones" not in line.body
    assert line.body["family_name"] == "Rossi"
    assert line.body["extra"] == {"given_name": "x" * 201, "phone": "1" * 201}
    assert [remark.field for remark in line.remarks] == ["given_name", "phone"]


def test_a_government_id_that_is_too_long_is_not_kept_at_all(tmp_path: Path) -> None:
    [line] = read(tmp_path, f"id,gov\n1,{'9' * 65}\n", mapped=[("government_id", "gov")])

    assert "9" * 65 not in str(line)
    assert [(remark.field, remark.reason) for remark in line.remarks] == [
        ("government_id", "is too long: not kept")
    ]


def test_control_characters_become_spaces(tmp_path: Path) -> None:
    told = body(read(tmp_path, 'id,first_name,occupation\n1,An\x07na,"shop\nkeeper"\n'))

    assert (told["given_name"], told["occupation"]) == ("An na", "shop keeper")
