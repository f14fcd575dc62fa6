"""The environment variables that the code reads."""

import re
from functools import cache
from importlib import import_module

from pydantic_settings import BaseSettings

from tests.architecture.tree import ROOT, SOURCES, modules

NAME = re.compile(r"\bCARNET_[A-Z_]*[A-Z]\b")


@cache
def fields() -> set[str]:
    """Give those that are fields of a process's settings."""
    names: set[str] = set()
    for package in SOURCES.keys() - {"chassis", "carnet"}:
        settings: type[BaseSettings] = import_module(f"{package}.settings").Settings
        prefix = settings.model_config.get("env_prefix", "")
        names |= {f"{prefix}{field}".upper() for field in settings.model_fields}
    return names


@cache
def written() -> set[str]:
    """Give those that are written out in the code."""
    sources = [ROOT / "Makefile", *modules()]
    return {name for source in sources for name in NAME.findall(source.read_text())}
