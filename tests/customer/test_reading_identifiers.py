"""Accounts, devices, companies, nicknames: what finds a person, and what never does."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer.domain.accounts import read_account, read_device
from customer.domain.companies import read_company_id, read_vat_number
from customer.domain.guard import Contradiction, allows_joining
from customer.domain.identifiers import LIMITS, IdentifierKind, Unusable
from customer.domain.nicknames import canonical_given
from customer.domain.text import fold

ANY_TEXT = st.text(max_size=30)


@pytest.mark.parametrize(
    ("told", "compared"),
    [
        ("4711", "shop:4711"),
        (" 47 11 ", "shop:4711"),
        ("crm:4711", "crm:4711"),
        ("A-1", "shop:A-1"),
        ("a-1", "shop:a-1"),
    ],
)
def test_an_account_is_its_sources_or_another_systems(told: str, compared: str) -> None:
    assert read_account(told, "shop").compared == compared


@pytest.mark.parametrize("told", ["guest", "0000", "N/A", "", "-", "crm:null", "unknown"])
def test_a_filler_is_nobodys_account(told: str) -> None:
    with pytest.raises(Unusable):
        read_account(told, "shop")


def test_a_device_is_compared_without_case() -> None:
    device = read_device("6D92078A-8246-4BA4-AE5B-76104861E7DC")

    assert device.compared == "6d92078a-8246-4ba4-ae5b-76104861e7dc"


@pytest.mark.parametrize(
    "told", ["00000000-0000-0000-0000-000000000000", "unknown", "abc", "", "undefined"]
)
def test_zeros_of_a_phone_that_allows_no_tracking_are_no_device(told: str) -> None:
    with pytest.raises(Unusable):
        read_device(told)


@pytest.mark.parametrize(
    ("told", "country", "number"),
    [
        ("FR 12 345678901", "FR", "FR12345678901"),
        ("12345678901", "FR", "FR12345678901"),
        ("de123456789", "FR", "DE123456789"),
        ("GR123456789", "GR", "EL123456789"),
        ("ATU12345678", "AT", "ATU12345678"),
        ("CHE-123.456.789 MWST", "CH", "CHE123456789MWST"),
        ("NL123456789B01", "NL", "NL123456789B01"),
        ("T1234567890123", "JP", "JPT1234567890123"),
    ],
)
def test_a_vat_number_is_read_with_its_country(told: str, country: str, number: str) -> None:
    assert read_vat_number(told, country) == number


@pytest.mark.parametrize(("told", "country"), [("12", "FR"), ("DE12", "DE"), ("x", None)])
def test_another_form_is_no_vat_number(told: str, country: str | None) -> None:
    with pytest.raises(Unusable):
        read_vat_number(told, country)


def test_a_registers_id_is_in_capitals_without_spaces() -> None:
    assert read_company_id("hrb 1234 b") == "HRB1234B"


@given(ANY_TEXT, st.sampled_from(["FR", "GR", "JP", None]))
def test_no_text_breaks_the_reading_of_ids(text: str, country: str | None) -> None:
    for read in (
        lambda: read_account(text, "shop").compared,
        lambda: read_device(text).compared,
        lambda: read_company_id(text),
        lambda: read_vat_number(text, country),
    ):
        with suppress(Unusable):
            assert read()


def test_kinds_are_ranked_by_trust_and_each_has_a_limit() -> None:
    assert [kind.value for kind in sorted(IdentifierKind, key=lambda kind: kind.rank)] == [
        *("official-id", "card", "account", "email", "phone", "device")
    ]
    assert LIMITS.keys() == set(IdentifierKind)


@pytest.mark.parametrize(
    ("kind", "joins"),
    [
        (IdentifierKind.ACCOUNT, True),
        (IdentifierKind.OFFICIAL_ID, True),
        (IdentifierKind.DEVICE, False),
        (IdentifierKind.PHONE, False),
    ],
)
def test_a_device_joins_only_where_nothing_speaks_against_it(
    *, kind: IdentifierKind, joins: bool
) -> None:
    assert allows_joining({kind}, set())
    assert allows_joining({kind}, {Contradiction.GIVEN_NAME}) is joins


@pytest.mark.parametrize(
    ("one", "other", "may_be_one"),
    [
        ("Bill", "William", True),
        ("Will", "Liam", True),
        ("Peggy", "MARGARET", True),
        ("Geo", "George", True),
        ("Hans", "Johannes", True),
        ("Pepe", "José", True),
        ("Gianni", "Giovanni", True),
        ("Aiko", "aiko", True),
        ("Bill", "Robert", False),
        ("Peter", "Paul", False),
        ("", "", False),
    ],
)
def test_nicknames_meet_in_the_names_that_they_stand_for(
    *, one: str, other: str, may_be_one: bool
) -> None:
    assert bool(canonical_given(one) & canonical_given(other)) is may_be_one


@given(ANY_TEXT)
def test_a_name_stands_for_itself(text: str) -> None:
    folded = fold(text)

    assert canonical_given(text) == canonical_given(folded)
    assert folded in canonical_given(text) or not folded
