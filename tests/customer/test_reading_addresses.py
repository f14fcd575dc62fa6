"""Addresses in one form, by the rules of their country; what is shown stays as told."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer.domain.addresses import address_form
from customer.domain.claims import Address
from customer.domain.postcodes import postcode_form

COUNTRIES = ["FR", "GB", "US", "DE", "IT", "ES", "JP", "NL", "BR", "", None]
ADDRESS_TEXT = st.text(max_size=25) | st.text(
    alphabet="12ab bis,-/.st丁目番号一二の十 ", max_size=15
)


def street(line: str, country: str, city: str | None = None) -> str:
    return address_form(Address(lines=(line,), city=city, country=country)).street


@pytest.mark.parametrize(
    ("country", "spellings", "form"),
    [
        (
            "FR",
            ["12 bis, Bd. St-Michel", "12bis boulevard Saint Michel", "12 BIS BLD ST MICHEL"],
            "12b boulevard saint michel",
        ),
        ("FR", ["3, av. du Gal Leclerc"], "3 avenue du general leclerc"),
        ("GB", ["10 Downing St.", "10, Downing Street"], "10 downing street"),
        ("GB", ["5 St Mary's Rd"], "5 saint marys road"),
        ("GB", ["Flat 2, 10 Downing Street"], "10 downing street"),
        ("US", ["1600 Pennsylvania Ave NW Apt 3"], "1600 pennsylvania avenue northwest"),
        ("DE", ["Hauptstr. 5a", "Hauptstraße 5 a", "HAUPTSTRASSE 5A"], "5a hauptstrasse"),
        ("IT", ["C.so Como, 10", "Corso Como 10"], "10 corso como"),
        ("IT", ["Via S. Marco n. 5/7", "v. San Marco 5-7"], "5-7 via san marco"),
        ("ES", ["C/ Mayor n.º 5, 3º B", "Calle Mayor 5"], "5 calle mayor"),
        ("ES", ["Avda. de la Paz 1", "Av de la Paz, 1"], "1 avenida de la paz"),
        ("NL", ["Keizersgr. 123-2", "Keizersgracht 123-2"], "123-2 keizersgracht"),
        (
            "JP",
            ["神南一丁目2番3号", "神南1-2-3", "神南１－２－３", "神南１の２の３ ハイツ5F"],
            "1-2-3神南",
        ),
        ("JP", ["東京都渋谷区神南1丁目2番地3"], "1-2-3渋谷区神南"),
    ],
)
def test_spellings_of_one_street_are_one(country: str, spellings: list[str], form: str) -> None:
    assert {street(line, country) for line in spellings} == {form}


def test_prefecture_and_city_are_left_out_of_a_japanese_line() -> None:
    assert street("東京都渋谷区神南1-2-3", "JP", "渋谷区") == "1-2-3神南"


@pytest.mark.parametrize(
    ("told", "country", "form"),
    [
        ("F-75005", "FR", "75005"),
        ("1000", "FR", "01000"),
        ("〒150-0041", "JP", "1500041"),
        ("600041", "JP", "0600041"),
        ("94103-1234", "US", "94103"),
        ("2138", "US", "02138"),
        ("sw1a 2aa", "GB", "SW1A2AA"),
        ("1015 cj", "NL", "1015CJ"),
        ("D-80331", "DE", "80331"),
        ("", "FR", ""),
        ("somewhere", "FR", "SOMEWHERE"),
    ],
)
def test_postcodes_have_one_form_by_country(told: str, country: str, form: str) -> None:
    assert postcode_form(told, country) == form


def test_a_city_is_compared_without_its_delivery_office() -> None:
    assert address_form(Address(city="Paris Cedex 05", country="FR")).city == "paris"


def test_the_records_country_counts_where_the_address_has_none() -> None:
    address = Address(lines=("Hauptstr. 5a",))

    assert address_form(address, "DE").street == "5a hauptstrasse"


@given(
    st.lists(ADDRESS_TEXT, max_size=3),
    ADDRESS_TEXT,
    st.text(max_size=10),
    st.sampled_from(COUNTRIES),
)
def test_no_text_breaks_the_reading_of_addresses(
    lines: list[str], city: str, postcode: str, country: str | None
) -> None:
    address = Address(lines=tuple(lines), city=city, postcode=postcode, country=country)

    assert address_form(address) == address_form(address, country)
