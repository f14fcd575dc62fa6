"""Undoing what a merge did to the memberships of one profile."""

from uuid import UUID

import pytest

from segmentation.domain.undoing import Membership, Undone, undo
from tests.segmentation.telling import NOW

OPEN = Membership(UUID(int=1), "loyal", NOW, None, None, None)
ENDED = Membership(UUID(int=2), "new", NOW, NOW, None, None)
ENDED_BY_IT = Membership(UUID(int=3), "new", NOW, NOW, None, "B")
BEGUN_BY_IT = Membership(UUID(int=4), "loyal", NOW, None, "B", None)


@pytest.mark.parametrize("history", [[OPEN, ENDED_BY_IT], [ENDED_BY_IT, OPEN]])
def test_nothing_is_reopened_beside_what_is_open(history: list[Membership]) -> None:
    assert undo(history, merge_of="B", segment="loyal") is None


@pytest.mark.parametrize(
    "history", [[ENDED, ENDED_BY_IT, BEGUN_BY_IT], [ENDED_BY_IT, BEGUN_BY_IT, ENDED]]
)
def test_of_one_moment_the_membership_that_the_merge_ended_was_the_last(
    history: list[Membership],
) -> None:
    undone = undo(history, merge_of="B", segment="new")
    assert undone == Undone(ENDED_BY_IT.membership_id, (BEGUN_BY_IT.membership_id,))
