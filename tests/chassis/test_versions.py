"""ETags are read back as they were written, and nothing else is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.versions import InvalidIfMatch, etag, expected_version, read_etag


@given(st.integers(min_value=0, max_value=10**18 - 1))
def test_a_version_is_read_back_from_its_etag(version: int) -> None:
    assert expected_version(f" {etag(version)} ", mend="") == version


@pytest.mark.parametrize("if_match", [None, "*", " * "])
def test_whoever_says_none_or_a_star_takes_any_version(if_match: str | None) -> None:
    assert expected_version(if_match, mend="") is None


@pytest.mark.parametrize(
    "if_match",
    ["", "3", '"', '""', '"-3"', '"three"', 'W/"3"', '"3", "4"', '"³"', '"٣"', '"3"\n"4"'],
)
def test_what_is_no_etag_of_ours_is_refused_with_its_mend(if_match: str) -> None:
    with pytest.raises(InvalidIfMatch) as refused:
        expected_version(if_match, mend="Read it first.")
    assert [field.mend for field in refused.value.fields] == ["Read it first."]


def test_an_etag_that_is_longer_than_any_of_ours_is_none() -> None:
    assert read_etag(etag(10**18)) is None
