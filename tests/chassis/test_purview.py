"""How far a client sees: home regions by kind, kept in the principal that the gateway signs."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.principal import Principal, PrincipalSigner, PrincipalVerifier, new_key_pair
from chassis.purview import ALL_REGIONS, WHOLE_HOUSE, HomeRegionClosed, Purview, Regions

REGIONS = st.frozensets(st.sampled_from(["EU", "JP", "US"]))
SOME = st.builds(Regions, REGIONS, st.booleans())
EU_ONLY = Purview(frozenset({("purchases", Regions(frozenset({"EU"}), all_but=False))}))


def purviews() -> st.SearchStrategy[Purview]:
    by_kind = st.dictionaries(st.sampled_from(["purchases", "complaints"]), SOME)
    return by_kind.map(
        lambda told: Purview(frozenset(one for one in told.items() if not one[1].are_all))
    )


def test_a_region_is_in_what_names_it_or_in_all_but_others() -> None:
    assert "JP" in Regions(frozenset({"JP"}), all_but=False)
    assert "EU" not in Regions(frozenset({"JP"}), all_but=False)
    assert "JP" not in Regions(frozenset({"JP"}))
    assert "EU" in Regions(frozenset({"JP"}))
    assert "anywhere" in ALL_REGIONS


@given(SOME, REGIONS, st.sampled_from(["EU", "JP", "US", "elsewhere"]))
def test_more_regions_open_those_and_close_none(
    regions: Regions, more: frozenset[str], asked: str
) -> None:
    assert (asked in regions.and_also(more)) is (asked in regions or asked in more)


@given(purviews())
def test_a_purview_is_read_as_it_was_written(purview: Purview) -> None:
    assert Purview.of_document(purview.document()) == purview


@given(purviews())
def test_the_principal_carries_it_to_the_part(purview: Purview) -> None:
    private, public = new_key_pair()
    principal = Principal("till", frozenset({"orders:read"}), purview)

    assert PrincipalVerifier(public).verify(PrincipalSigner(private).sign(principal)) == principal


def test_a_word_that_is_not_known_closes_all_of_its_kind() -> None:
    purview = Purview.of_document({"purchases": {"some_new_word": ["EU"]}})

    assert "EU" not in purview.of("purchases")
    assert "EU" in purview.of("complaints")


def test_what_is_closed_is_refused_and_the_rest_is_not() -> None:
    EU_ONLY.refuse_closed("purchases", "EU")
    EU_ONLY.refuse_closed("complaints", "JP")
    WHOLE_HOUSE.refuse_unless_all("purchases")

    with pytest.raises(HomeRegionClosed, match="home region JP"):
        EU_ONLY.refuse_closed("purchases", "JP")
    with pytest.raises(HomeRegionClosed, match="Purchases of many"):
        EU_ONLY.refuse_unless_all("purchases")


def test_one_customers_home_regions_are_opened_for_one_kind() -> None:
    opened = EU_ONLY.with_regions("purchases", ["JP"])

    assert "JP" in opened.of("purchases")
    assert "US" not in opened.of("purchases")
    assert "JP" not in EU_ONLY.of("purchases")
