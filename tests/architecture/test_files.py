"""No file of ours names a machine, or the address of one house's package index."""

import re
from pathlib import Path

import pytest

from tests.architecture.tree import files, shown

OUGHT_TO_BE_ELSEWHERE = {
    "a path of one machine": r"(?<![\w.:/])/(?:root|home|Users|work|opt)/\w",
    "the address of a package index": (
        r"pypi\.org|pythonhosted\.org|npmjs\.org|repo1?\.maven|artifactory|:8081/|devpi"
        r"|--(?:extra-)?index-url[ =]|--find-links[ =]"
    ),
}
THIS_FILE = "tests/architecture/test_files.py"


@pytest.mark.parametrize("what", OUGHT_TO_BE_ELSEWHERE)
def test_no_file_names(what: str) -> None:
    pattern = re.compile(OUGHT_TO_BE_ELSEWHERE[what])
    found = [
        f"{shown(file)}:{number}: {line.strip()[:80]}"
        for file in files()
        if shown(file) != THIS_FILE and not is_binary(file)
        for number, line in enumerate(file.read_text().splitlines(), start=1)
        if pattern.search(line)
    ]
    assert not found


def is_binary(file: Path) -> bool:
    """Tell by a zero byte, as git does."""
    return b"\0" in file.read_bytes()[:8000]
