"""Sharing work among processes: each does every n-th part of it."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Done = TypeVar("Done")
Told = TypeVar("Told")


def share_out(work: Callable[[Told, int, int], Done], told: Told, *, processes: int) -> list[Done]:
    """Call `work` with what is told, a share's number and how many there are; one stays here."""
    if processes == 1:
        return [work(told, 0, 1)]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        shares = [pool.submit(work, told, share, processes) for share in range(processes)]
        return [share.result() for share in shares]
