"""Official ids: kept as keyed hashes, or not at all; two verified ones keep people apart."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer.domain.official_ids import (
    OfficialId,
    Sealer,
    ToldId,
    WithheldId,
    conflicting,
    names_official_id,
)

KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
OTHER_KEY = base64.urlsafe_b64encode(bytes(32)).decode()
SEALER = Sealer(KEY)
ANY_TEXT = st.text(max_size=20) | st.text(alphabet="0123456789AB -", max_size=16)


def seal(kind: str, country: str, value: str) -> OfficialId | WithheldId:
    return SEALER.seal(ToldId(kind, country, value))


def test_spellings_of_one_id_have_one_hash_that_needs_the_key() -> None:
    sealed = seal("passport", "FR", "12AB34567")

    assert isinstance(sealed, OfficialId)
    assert (sealed.kind, sealed.country, len(sealed.hash)) == ("passport", "FR", 64)
    assert seal("Passeport", "FR", "12 ab-34567") == sealed
    assert seal("passport", "DE", "12AB34567") != sealed
    assert seal("national-id", "FR", "12AB34567") != sealed
    assert Sealer(OTHER_KEY).seal(ToldId("passport", "FR", "12AB34567")) != sealed


@pytest.mark.parametrize(
    ("kind", "country", "value"),
    [
        ("my-number", "JP", "123456789018"),
        ("マイナンバー", "JP", "1"),
        ("national-id", "JP", "1234 5678 9018"),
        ("government-id", "JP", "123456789018"),
        ("NIR", "FR", "185057800608491"),
        ("numero_de_securite_sociale", "FR", "1"),
        ("social-security", "FR", "1850578006084"),
        ("national-id", "FR", "1850578006084"),
        ("passport", "DE", "1 85 05 78 006 084 91"),
        ("national-id", "FR", "1 85 05 2A 006 084 11"),
        ("bsn", "NL", "111222333"),
        ("national-id", "NL", "111222333"),
        ("national-id", "KR", "850101-1234567"),
        ("national-id", "BE", "85.07.30-033.28"),
        ("national-id", "CH", "756.1234.5678.97"),
        ("national-id", "SG", "S1234567D"),
        ("steuer-id", "DE", "12345678901"),
        ("aadhaar", "IN", "123412341234"),
    ],
)
def test_national_numbers_are_withheld(kind: str, country: str, value: str) -> None:
    sealed = seal(kind, country, value)

    assert isinstance(sealed, WithheldId)
    assert "may not be kept" in sealed.problem
    assert value not in sealed.problem + sealed.mend


@pytest.mark.parametrize(
    ("kind", "country", "value"),
    [
        ("driving-licence", "JP", "123456789018"),
        ("national-id", "JP", "123456789012"),
        ("national-id", "FR", "X4RTBPFW4"),
        ("passport", "NL", "111222333"),
        ("government-id", "AU", "1804974"),
        ("tax-id", "IT", "RSSMRA85M01H501Z"),
    ],
)
def test_other_ids_are_kept_as_hashes(kind: str, country: str, value: str) -> None:
    assert isinstance(seal(kind, country, value), OfficialId)


@pytest.mark.parametrize("value", ["", "1", "0000000", "---", "N/A"])
def test_a_filler_is_nobodys_id(value: str) -> None:
    assert isinstance(seal("passport", "FR", value), WithheldId)


@given(ANY_TEXT, st.sampled_from(["FR", "JP", "NL", "BE", "CH", "ZZ"]), ANY_TEXT)
def test_no_text_breaks_sealing_nor_comes_out_of_it(kind: str, country: str, value: str) -> None:
    sealed = seal(kind, country, value)

    if isinstance(sealed, OfficialId):
        assert len(value.strip()) < 4 or value not in sealed.hash


@pytest.mark.parametrize("key", ["", "short", "!" * 43, base64.urlsafe_b64encode(b"x").decode()])
def test_a_key_of_another_form_is_refused_at_start(key: str) -> None:
    with pytest.raises(ValueError, match="32 bytes in base64url"):
        Sealer(key)


@pytest.mark.parametrize(
    ("left", "right", "conflict"),
    [
        ([("passport", "FR", "a", True)], [("passport", "FR", "b", True)], True),
        ([("passport", "FR", "a", True)], [("passport", "FR", "a", True)], False),
        ([("passport", "FR", "a", True)], [("passport", "FR", "b", False)], False),
        ([("passport", "FR", "a", True)], [("passport", "JP", "b", True)], False),
        ([("passport", "FR", "a", True)], [("national-id", "FR", "b", True)], False),
        (
            [("passport", "FR", "a", True), ("passport", "FR", "b", True)],
            [("passport", "FR", "b", True)],
            False,
        ),
        ([("passport", "FR", "a", True)], [], False),
    ],
)
def test_only_verified_ids_of_one_kind_and_country_conflict(
    *,
    left: list[tuple[str, str, str, bool]],
    right: list[tuple[str, str, str, bool]],
    conflict: bool,
) -> None:
    mine = [OfficialId(*told) for told in left]
    theirs = [OfficialId(*told) for told in right]

    assert conflicting(mine, theirs) is conflict
    assert conflicting(theirs, mine) is conflict


@pytest.mark.parametrize(
    ("word", "does"),
    [("my_number", True), ("passport_no", True), ("NIR", True), ("shoe size", False), ("", False)],
)
def test_a_fields_name_tells_whether_it_holds_an_official_id(word: str, *, does: bool) -> None:
    assert names_official_id(word) is does
