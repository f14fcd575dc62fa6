"""Pairwise and B-cubed accuracy against examples computed by hand."""

import random
from itertools import combinations

import pytest

from customer.domain.linkage.accuracy import Accuracy, b_cubed, pairwise


def test_a_perfect_partition_is_wholly_right() -> None:
    found, truth = ["a", "a", "b"], [1, 1, 2]

    assert pairwise(found, truth) == Accuracy(1.0, 1.0)
    assert b_cubed(found, truth) == Accuracy(1.0, 1.0)


def test_one_stranger_in_a_cluster_costs_precision() -> None:
    # Found {1,2,3} and {4}; true are {1,2} and {3,4}. One of three pairs found is true, and one of
    # two true pairs is found. Records 1 and 2 are right in 2/3 of their cluster, 3 in 1/3, 4 whole.
    found, truth = ["a", "a", "a", "b"], ["x", "x", "y", "y"]

    assert pairwise(found, truth) == Accuracy(1 / 3, 1 / 2)
    assert b_cubed(found, truth).precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4)
    assert b_cubed(found, truth).recall == pytest.approx((1 + 1 + 1 / 2 + 1 / 2) / 4)


def test_everybody_apart_is_precise_and_finds_nothing() -> None:
    found, truth = ["a", "b", "c"], ["x", "x", "x"]

    assert pairwise(found, truth) == Accuracy(1.0, 0.0)
    assert pairwise(found, truth).f1 == 0.0
    assert b_cubed(found, truth).precision == 1.0
    assert b_cubed(found, truth).recall == pytest.approx(1 / 3)


def test_two_large_people_taken_for_one_cost_half_the_precision_of_each() -> None:
    truth = [1] * 5 + [2] * 2 + [3] * 5
    found = ["a"] * 5 + ["b"] * 2 + ["a"] * 5

    assert b_cubed(found, truth).precision == pytest.approx((10 * 0.5 + 2) / 12)
    assert b_cubed(found, truth).recall == 1.0


def test_both_measures_equal_their_definitions_on_random_partitions() -> None:
    chooser = random.Random(7)
    found = [chooser.randrange(12) for _ in range(60)]
    truth = [chooser.randrange(12) for _ in range(60)]
    pairs = list(combinations(range(60), 2))
    said = [pair for pair in pairs if found[pair[0]] == found[pair[1]]]
    true = [pair for pair in pairs if truth[pair[0]] == truth[pair[1]]]
    both = set(said) & set(true)
    precisions: list[float] = []
    recalls: list[float] = []
    for one in range(60):
        mine = {other for other in range(60) if found[other] == found[one]}
        theirs = {other for other in range(60) if truth[other] == truth[one]}
        precisions.append(len(mine & theirs) / len(mine))
        recalls.append(len(mine & theirs) / len(theirs))

    assert pairwise(found, truth) == Accuracy(len(both) / len(said), len(both) / len(true))
    assert b_cubed(found, truth).precision == pytest.approx(sum(precisions) / 60)
    assert b_cubed(found, truth).recall == pytest.approx(sum(recalls) / 60)


def test_of_nothing_nothing_is_wrong() -> None:
    assert pairwise([], []) == Accuracy(1.0, 1.0)
    assert b_cubed([], []) == Accuracy(1.0, 1.0)
