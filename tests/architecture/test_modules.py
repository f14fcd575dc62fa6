"""A module is short, says what it is, and has a name that says so too."""

import ast
from pathlib import Path

from tests.architecture.tree import ROOT, modules, shown

MOST_LINES = 300
MOST_LINES_OF_A_TEST = 400
EMPTY_NAMES = {
    *("utils", "util", "helpers", "helper", "common", "misc", "core", "base", "manager"),
    *("constants", "shared", "lib"),
}


def test_modules_are_short() -> None:
    lengths = {shown(module): len(module.read_text().splitlines()) for module in modules()}
    too_long = {
        name: lines
        for name, lines in lengths.items()
        if lines > (MOST_LINES_OF_A_TEST if name.startswith("tests/") else MOST_LINES)
    }
    assert not too_long, "find the noun that wants its own module"


def test_modules_open_with_a_sentence() -> None:
    silent = [shown(module) for module in modules() if not opens_with_a_sentence(module)]
    assert not silent, "say in one sentence what the module is"


def test_modules_have_telling_names() -> None:
    empty = [
        shown(module)
        for module in modules()
        if {*module.relative_to(ROOT).parent.parts, module.stem} & EMPTY_NAMES
    ]
    assert not empty, "name it for what it holds"


def opens_with_a_sentence(module: Path) -> bool:
    docstring = ast.get_docstring(ast.parse(module.read_text())) or ""
    return docstring.split("\n\n", maxsplit=1)[0].endswith((".", "?", "!"))
