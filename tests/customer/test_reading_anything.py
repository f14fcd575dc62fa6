"""Whatever a source tells, reading it gives an answer: normal forms, flags, and no exception."""

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from customer.domain.claims import Address, Claim, RecordKey
from customer.domain.linkage.traits import traits_of
from customer.domain.names import Names, are_written_apart, compare_family, compare_given
from customer.domain.normalisation import read_claim

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
LETTERS = "aZé 0123-@./+田中ヤーっ김юΩ\u202e\u3000ß💎N/A"
TEXT = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
ANY = TEXT | st.text(alphabet=LETTERS, max_size=20)
MAYBE = st.none() | ANY
SOME = st.lists(ANY, max_size=3).map(tuple)
COUNTRY = st.sampled_from(["FR", "JP", "US", "DE", "ZZ", "AQ"])
NAMES = st.builds(Names, MAYBE, MAYBE, MAYBE, MAYBE, MAYBE, MAYBE, MAYBE)
CLAIMS = st.builds(
    Claim,
    key=st.just(RecordKey("till", "1")),
    body=st.just(b"{}"),
    received_at=st.just(NOW),
    channel=st.just("shop"),
    country=COUNTRY,
    brand=st.just("house"),
    legal_entity=st.just("house"),
    home_region=st.just("house"),
    language=st.sampled_from([None, "und", "ja", "zh-Hans"]),
    names=NAMES,
    birth_date=MAYBE,
    birth_year=st.none() | st.integers() | ANY,
    birth_month=st.none() | st.integers(-1, 14) | ANY,
    birth_day=st.none() | st.integers(-1, 33) | ANY,
    gender=MAYBE,
    birth_place=MAYBE,
    occupation=MAYBE,
    emails=SOME,
    phones=SOME,
    cards=SOME,
    accounts=SOME,
    devices=SOME,
    company_name=MAYBE,
    vat_number=MAYBE,
    company_registration_id=MAYBE,
    referred_by=MAYBE,
    addresses=st.lists(
        st.builds(Address, SOME, MAYBE, MAYBE, MAYBE, st.none() | COUNTRY), max_size=2
    ).map(tuple),
)


@settings(max_examples=150)
@given(CLAIMS)
def test_nothing_that_a_source_tells_breaks_its_reading(claim: Claim) -> None:
    reading = read_claim(claim)

    assert all(flag.problem and flag.mend.endswith(".") for flag in reading.flags)
    assert all(use.identifier.value for use in reading.usable)
    assert len({use.identifier for use in reading.usable}) == len(reading.usable)


@settings(max_examples=100)
@given(CLAIMS)
def test_reading_is_the_same_each_time(claim: Claim) -> None:
    assert read_claim(claim) == read_claim(claim)


@settings(max_examples=100)
@given(CLAIMS, CLAIMS)
def test_whatever_was_read_can_be_compared(one: Claim, other: Claim) -> None:
    mine, theirs = read_claim(one).normalised, read_claim(other).normalised

    assert traits_of(mine) == traits_of(mine)
    for compare in (compare_given, compare_family, are_written_apart):
        assert compare(mine.names, theirs.names) is compare(theirs.names, mine.names)
