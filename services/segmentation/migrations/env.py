"""Runs the migrations of segmentation."""

from chassis.migrations import run_env
from segmentation.store.tables import metadata

run_env(metadata)
