"""Races: what the database says when another transaction was first."""

from __future__ import annotations

from asyncpg import PostgresError
from sqlalchemy.exc import DBAPIError

_UNIQUE, _SERIALISATION, _DEADLOCK, _LOCK_TIMEOUT = "23505", "40001", "40P01", "55P03"
_FOREIGN_KEY = "23503"  # what a row points to was erased meanwhile


class BookChangedMeanwhile(Exception):
    """Others merged the same customers again and again while the book was opened."""


MAY_BE_LOST_RACES = (BookChangedMeanwhile, PostgresError, DBAPIError)


def is_lost_race(error: BaseException) -> bool:
    """Tell whether the same call, run once more, will find the other's work and use it."""
    if isinstance(error, BookChangedMeanwhile):
        return True
    cause = error.orig if isinstance(error, DBAPIError) else error
    return getattr(cause, "sqlstate", None) in {
        _UNIQUE,
        _SERIALISATION,
        _DEADLOCK,
        _LOCK_TIMEOUT,
        _FOREIGN_KEY,
    }
