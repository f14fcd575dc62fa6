"""Reading claims: normal forms, and flags for what cannot be used."""

import unicodedata
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from email_validator import EmailNotValidError, validate_email
from hypothesis import given
from hypothesis import strategies as st

from customer.domain.cards import read_card
from customer.domain.claims import Claim, Gender, RecordKey
from customer.domain.emails import read_email
from customer.domain.identifiers import Unusable
from customer.domain.normalisation import read_claim
from customer.domain.phones import read_phone
from customer.domain.text import fold, tidy

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
TEXTS = st.text(
    alphabet=st.characters(codec="utf-8", exclude_characters="\0"), min_size=0, max_size=40
)


def claim(
    *,
    country: str = "FR",
    emails: tuple[str, ...] = (),
    phones: tuple[str, ...] = (),
    cards: tuple[str, ...] = (),
    gender: str | None = None,
    birth_date: date | None = None,
    observed_at: datetime | None = None,
) -> Claim:
    return Claim(
        key=RecordKey("till", "1"),
        body=b"{}",
        received_at=NOW,
        channel="shop",
        country=country,
        brand="house",
        legal_entity="house",
        home_region="house",
        emails=emails,
        phones=phones,
        cards=cards,
        gender=gender,
        birth_date=birth_date,
        observed_at=observed_at,
    )


@given(TEXTS)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(TEXTS)
def test_unicode_form_and_case_do_not_change_what_is_folded(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)
    assert fold(unicodedata.normalize("NFKC", text)) == fold(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("François  Müller", "francois muller"),
        ("O'Brien", "obrien"),
        ("O’BRIEN", "obrien"),
        ("Jean-Pierre", "jean pierre"),
        ("Strauß", "strauss"),
        ("Søren Łukasz", "soren lukasz"),
        ("ヤマダ タロウ", "やまだ たろう"),
        ("ﾔﾏﾀﾞ", "やまだ"),
        ("田中 由紀", "田中 由紀"),
        ("김 민준", "김 민준"),
        ("ＴＡＮＡＫＡ", "tanaka"),
        ("---", ""),
    ],
)
def test_names_of_many_scripts_are_folded(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_nothing_is_left_of_blank_text() -> None:
    assert tidy(" \u3000\t ") is None


@pytest.mark.parametrize(
    ("told", "shown", "compared"),
    [
        ("Aiko.Tanaka@Example.COM", "Aiko.Tanaka@example.com", "aiko.tanaka@example.com"),
        (" a.b.c+shop@gmail.com ", "a.b.c+shop@gmail.com", "abc@gmail.com"),
        ("abc@googlemail.com", "abc@googlemail.com", "abc@gmail.com"),
        ("a.b+tag@outlook.com", "a.b+tag@outlook.com", "a.b@outlook.com"),
        ("a.b+tag@example.com", "a.b+tag@example.com", "a.b+tag@example.com"),
        ("ａｉｋｏ@example.com", "aiko@example.com", "aiko@example.com"),
    ],
)
def test_an_address_is_shown_as_written_and_compared_as_delivered(
    told: str, shown: str, compared: str
) -> None:
    email = read_email(told)

    assert (email.shown, email.compared) == (shown, compared)


@pytest.mark.parametrize(
    "told",
    ["not an address", "a@b", "@example.com", "a@@example.com", "a b@example.com", "x@localhost"],
)
def test_a_wrong_address_is_unusable(told: str) -> None:
    with pytest.raises(Unusable, match="is not an e-mail address"):
        read_email(told)


@given(
    st.from_regex(r"[A-Za-z0-9_+.'-]{1,66}", fullmatch=True) | st.sampled_from(["INFO", "Admin"]),
    st.from_regex(r"[A-Za-z0-9.-]{1,12}", fullmatch=True)
    | st.sampled_from(["Example.COM", "xn--bcher-kva.example", "localhost", "a.test", "1.2.3.4"]),
)
def test_the_common_form_is_read_as_the_library_reads_it(local: str, domain: str) -> None:
    try:
        valid = validate_email(
            f"{local}@{domain}", check_deliverability=False, test_environment=True
        )
    except EmailNotValidError:
        with pytest.raises(Unusable):
            read_email(f"{local}@{domain}")
    else:
        with suppress(Unusable):  # nobody's address
            assert read_email(f"{local}@{domain}").shown == valid.normalized


@pytest.mark.parametrize("told", ["noreply@example.com", "No-Reply2@shop.example.com"])
def test_an_address_of_nobody_is_unusable(told: str) -> None:
    with pytest.raises(Unusable, match="belongs to no person"):
        read_email(told)


@pytest.mark.parametrize(
    ("told", "country", "e164"),
    [
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "JP", "+33612345678"),
        ("0033612345678", "GB", "+33612345678"),
        ("090-1234-5678", "JP", "+819012345678"),
        ("０９０－１２３４－５６７８", "JP", "+819012345678"),
        ("(212) 555-0123", "US", "+12125550123"),
        ("(212) 555-0123 ext. 12", "US", "+12125550123;ext=12"),
        ("07700 900123", "GB", "+447700900123"),
    ],
)
def test_a_phone_is_read_in_its_country(told: str, country: str, e164: str) -> None:
    assert read_phone(told, country) == e164


@pytest.mark.parametrize(
    ("told", "country"),
    [
        ("12", "FR"),
        ("call me", "FR"),
        ("", "FR"),
        ("555-0123", "US"),
        ("0000000000", "FR"),
        ("1234567890", "US"),
        ("+999 12345678", "FR"),
        ("1" * 60, "FR"),
    ],
)
def test_an_impossible_phone_is_unusable(told: str, country: str) -> None:
    with pytest.raises(Unusable):
        read_phone(told, country)


@given(TEXTS)
def test_no_text_breaks_the_reading_of_identifiers(text: str) -> None:
    reading = read_claim(claim(emails=(text,), phones=(text,), cards=(text,), gender=text))

    fields = {flag.field for flag in reading.flags} | {use.field for use in reading.usable}
    told = {"emails.0", "phones.0", "cards.0"} if tidy(text) is not None else set[str]()
    assert fields - {"gender"} == told


def test_a_card_is_trimmed_and_in_capitals_and_compared_without_spaces() -> None:
    card = read_card(" vip-0042 17 ")

    assert (card.shown, card.compared) == ("VIP-0042 17", "VIP-004217")


@pytest.mark.parametrize("told", ["N/A", "0000000", "none", "42"])
def test_a_filler_is_no_card(told: str) -> None:
    with pytest.raises(Unusable):
        read_card(told)


def test_unusable_values_are_flagged_and_the_others_used() -> None:
    reading = read_claim(
        claim(emails=("aiko@example.com", "wrong"), phones=("12",), gender="t2227949974")
    )

    assert [flag.field for flag in reading.flags] == ["emails.1", "phones.0", "gender"]
    assert reading.normalised.emails == ("aiko@example.com",)
    assert [use.identifier.name for use in reading.usable] == ["email:aiko@example.com"]


def test_two_spellings_of_one_address_are_one_identifier() -> None:
    reading = read_claim(claim(emails=("A.B@gmail.com", "ab@googlemail.com")))

    assert reading.normalised.emails == ("A.B@gmail.com", "ab@googlemail.com")
    assert len(reading.usable) == 1


@pytest.mark.parametrize(
    ("told", "gender"), [("F", Gender.FEMALE), ("男性", Gender.MALE), ("divers", Gender.OTHER)]
)
def test_gender_is_read_in_several_languages(told: str, gender: Gender) -> None:
    assert read_claim(claim(gender=told)).normalised.gender is gender


def test_a_filler_date_is_flagged_and_not_used() -> None:
    reading = read_claim(claim(birth_date=date(1900, 1, 1)))

    assert reading.normalised.birth_date is None
    assert [flag.field for flag in reading.flags] == ["birth_date"]


def test_a_clock_that_runs_ahead_is_flagged_and_never_refused() -> None:
    reading = read_claim(claim(observed_at=NOW + timedelta(days=1)))

    assert reading.observed_at == NOW
    assert [flag.field for flag in reading.flags] == ["observed_at"]


def test_a_birth_today_in_the_first_time_zone_is_no_future() -> None:
    born_today = read_claim(claim(birth_date=date(2026, 3, 2)))
    unborn = read_claim(claim(birth_date=date(2026, 3, 3)))

    assert (born_today.normalised.birth_date, born_today.flags) == (date(2026, 3, 2), ())
    assert unborn.normalised.birth_date is None
    assert [flag.field for flag in unborn.flags] == ["birth_date"]
