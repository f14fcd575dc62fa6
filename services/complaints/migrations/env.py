"""Alembic's entry: which tables the migrations lead to."""

from __future__ import annotations

from chassis.migrations import run_env
from complaints.store.tables import METADATA

run_env(METADATA)
