"""The README's tour works as printed."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.end_to_end.house import House

pytestmark = [pytest.mark.kafka, pytest.mark.slow]

ROOT = Path(__file__).parents[2]


def test_the_tour_works_as_printed(house: House) -> None:
    text = (ROOT / "README.md").read_text()
    tour = text[text.index("## A tour") : text.index("## On Kafka")]
    script = "\n".join(re.findall(r"```bash\n(.*?)```", tour, flags=re.DOTALL))
    script = script.replace("http://127.0.0.1:8000", house.url)
    script = script.replace(".venv/bin/carnet", str(Path(sys.executable).with_name("carnet")))
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=ROOT,
        env={"CARNET_DATA_DIR": str(house.data_dir), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    ids = re.findall(r'"customer_id": "([0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4})"', done.stdout)
    assert len(ids) > 5
    assert len(set(ids)) == 1, "somebody was not recognised"
    assert "Send a value of 1 or more." in done.stdout
    assert "wrong check character" in done.stdout
