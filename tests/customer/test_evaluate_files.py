"""Reading files whose people are known, however they write their columns and dates."""

from pathlib import Path

import pytest

from customer.adapters.day_order import day_reader
from customer.adapters.file_layouts import LayoutUnclear
from customer.adapters.labelled_files import Labels
from customer.jobs.evaluate_identity import read_cases


def test_a_known_file_is_recognised_with_its_truth(tmp_path: Path) -> None:
    file = tmp_path / "febrl.csv"
    file.write_text(
        "rec_id, given_name, surname, street_number, address_1, address_2, suburb, postcode,"
        " state, date_of_birth, soc_sec_id\n"
        "rec-7-org, anna, muller, 3, main street, flat 2, perth, 6000, wa, 19560409, 1804974\n"
        "rec-7-dup-0, ana, muller, 3, main street, , perth, 6000, wa, 19560409, 1804974\n"
    )

    first, second = Labels().read(file)

    assert first.person == second.person == "rec-7"
    assert first.name == "rec-7-org"
    assert first.body["given_name"] == "anna"
    assert [case.traits.birth for case in read_cases([[first, second]])] == ["19560409"] * 2


def test_with_a_map_only_mapped_columns_are_read(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("given_name,family,who,city,ssn\nAnna,Muller,7,Ulm,12345\n")

    [record] = Labels(
        truth="who", mapped=[("family_name", "family"), ("government_id", "ssn")]
    ).read(file)

    assert record.body["family_name"] == "Muller"
    assert "given_name" not in record.body
    assert "addresses" not in record.body
    assert [told["value"] for told in record.body["official_ids"]] == ["12345"]
    assert record.person == "7"


def test_a_record_without_a_label_is_read_but_not_labelled(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("given_name,who\nAnna,7\nOtto,\n")

    assert [record.person for record in Labels(truth="who").read(file)] == ["7", None]


def test_telephones_of_an_unnamed_country_are_read_where_most_can_be(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("phone,who\n415-555-2671,7\n(415) 555 2671,7\n")

    one, other = read_cases([Labels(truth="who").read(file)])

    assert one.traits.phones == other.traits.phones == ("+14155552671",)


def test_a_birth_date_with_an_impossible_part_still_tells_its_year(tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("birth_date,who\n1852-21-01,7\n")

    [case] = read_cases([Labels(truth="who").read(file)])

    assert case.traits.birth.startswith("1852")


@pytest.mark.parametrize(
    ("labels", "said"),
    [
        (Labels(truth="whom"), "--truth names no column 'whom'"),
        (Labels(truth="who", mapped=[("given_name", "nam")]), "--map names no column 'nam'"),
        (Labels(truth="who", mapped=[("shoe", "who")]), "no field 'shoe'"),
        (Labels(), "--truth COLUMN"),
    ],
)
def test_what_is_unclear_is_refused_with_the_option_that_mends_it(
    tmp_path: Path, labels: Labels, said: str
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("given_name,who\nAnna,7\n")

    with pytest.raises(LayoutUnclear, match=said):
        labels.read(file)


@pytest.mark.parametrize(
    ("told", "read"),
    [
        (["09/04/1956", "25/12/1980"], ["1956-04-09", "1980-12-25"]),
        (["04/09/1956", "12/25/1980"], ["1956-04-09", "1980-12-25"]),
        (["9.4.1956"], ["1956-04-09"]),
        (["1956/4/9", "19560409", "unknown"], ["1956-04-09", "19560409", "unknown"]),
    ],
)
def test_a_file_shows_in_which_order_it_writes_its_dates(told: list[str], read: list[str]) -> None:
    reader = day_reader(told)

    assert [reader(day) for day in told] == read
