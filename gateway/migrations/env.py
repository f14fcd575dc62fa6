"""Alembic's entry: the gateway's tables on the connection that `chassis.migrations` gives."""

from chassis.migrations import run_env
from gateway.store.tables import METADATA

run_env(METADATA)
