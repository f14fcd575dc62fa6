"""Nothing stands in the documents that does not exist: paths, targets, commands, settings."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tests.architecture import settings
from tests.architecture.tree import ROOT, files, shown

TARGET = re.compile(r"^([a-z]+):", re.MULTILINE)
LINK = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")
QUOTED = re.compile(r"`([^`\n]+)`")
FENCE = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)
PLACEHOLDER = re.compile(r"[<>*…{}$]|NNNN")
WORD = re.compile(r"[a-z][a-z0-9-]*")
MADE_HERE = (".carnet", ".venv", "/")


def test_linked_files_exist() -> None:
    missing = [
        f"{shown(document)}: {link}"
        for document in documents()
        for link in LINK.findall(document.read_text())
        if not (document.parent / link).exists()
    ]
    assert not missing


def test_named_paths_exist() -> None:
    missing = [
        f"{shown(document)}: {path}"
        for document in documents()
        for path in QUOTED.findall(without_fences(document))
        if is_path(path) and not any((above / path).exists() for above in (ROOT, document.parent))
    ]
    assert not missing


def test_named_targets_exist() -> None:
    targets = set(TARGET.findall((ROOT / "Makefile").read_text()))
    unknown = [
        f"{shown(document)}: make {words[0]}"
        for document in documents()
        for words in commands(document, "make")
        if words and WORD.fullmatch(words[0]) and words[0] not in targets
    ]
    assert not unknown


def test_named_commands_and_options_exist() -> None:
    unknown = [
        f"{shown(document)}: carnet {' '.join(words)}"
        for document in documents()
        for words in commands(document, "carnet")
        if not command_exists(words)
    ]
    assert not unknown


def test_named_settings_exist() -> None:
    known = settings.fields() | settings.written()
    unknown = [
        f"{shown(document)}: {name}"
        for document in documents()
        for name in settings.NAME.findall(document.read_text())
        if name not in known
    ]
    assert not unknown


def documents() -> list[Path]:
    return sorted(files(suffix=".md"))


def without_fences(document: Path) -> str:
    return FENCE.sub("", document.read_text())


def is_path(quoted: str) -> bool:
    """Tell what is typed as a path from our root; a placeholder stands for no file."""
    if PLACEHOLDER.search(quoted) or " " in quoted or quoted.startswith(MADE_HERE):
        return False
    return (ROOT / quoted.split("/", maxsplit=1)[0]).exists()


def commands(document: Path, program: str) -> Iterator[list[str]]:
    """Yield the words after the program, wherever a document tells the reader to run it."""
    text = document.read_text().replace("\\\n", " ")
    fenced = [line for block in FENCE.findall(text) for line in block.splitlines()]
    for line in [*QUOTED.findall(FENCE.sub("", text)), *fenced]:
        for part in re.split(r"&&|\||;|#|\$\(", line):
            words = part.strip().removeprefix("$ ").split()
            while words and re.match(r"[A-Z_]+=", words[0]):
                words.pop(0)
            if words and words[0].removeprefix(".venv/bin/") == program:
                yield words[1:]


def command_exists(words: list[str]) -> bool:
    """Follow the words down to a command, and look for the options in what it says of itself."""
    path: tuple[str, ...] = ()
    while commands_below(path) and len(words) > len(path):
        word = words[len(path)]
        if word not in commands_below(path):
            return word == "--help" or bool(PLACEHOLDER.search(word))
        path = (*path, word)
    named = {word.split("=", maxsplit=1)[0] for word in words if re.match(r"--[a-z]", word)}
    return named <= set(re.findall(r"--[a-z-]+", help_of(path)))


def commands_below(path: tuple[str, ...]) -> list[str]:
    """List a group's commands; a command has none."""
    told = help_of(path)
    return re.findall(r"^│ ([a-z-]+)", told, re.MULTILINE) if "COMMAND [ARGS]" in told else []


@cache
def help_of(path: tuple[str, ...]) -> str:
    carnet = Path(sys.executable).with_name("carnet")
    wide = os.environ | {"COLUMNS": "250", "NO_COLOR": "1", "TERM": "dumb"}
    return subprocess.run(
        [carnet, *path, "--help"], env=wide, capture_output=True, text=True, check=True
    ).stdout
