"""How long `carnet up` takes, cold and warm, and how much memory the suite takes at rest."""

import shutil
import tempfile
import time
from pathlib import Path

import psutil

from bench.figures import Figure, median, report
from carnet.data_directory import DataDirectory
from carnet.ports import free_ports
from tests.end_to_end.house import carnet

ROUNDS = 5
REST_SECONDS = 15


def main() -> None:
    """Start a new house and the same house again, five times each in turn."""
    cold: list[float] = []
    warm: list[float] = []
    memory: list[float] = []
    for _ in range(ROUNDS):
        folder = Path(tempfile.mkdtemp(prefix="carnet-bench-"))
        data_dir = folder / "data"
        try:
            cold.append(_start(data_dir))
            carnet("down", "--data-dir", str(data_dir))
            warm.append(_start(data_dir))
            time.sleep(REST_SECONDS)
            memory.append(_summed_pss_gb(data_dir))
            carnet("down", "--data-dir", str(data_dir))
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    report(
        "starting",
        [
            Figure("cold start with demo house", median(cold), "s", 8, at_most=True),
            Figure("warm start", median(warm), "s", 4, at_most=True),
            Figure("whole suite at rest, summed PSS", median(memory), "GB", 1.5, at_most=True),
        ],
    )


def _start(data_dir: Path) -> float:
    [port] = free_ports(1)
    began = time.perf_counter()
    carnet("up", "--detach", "--data-dir", str(data_dir), "--port", str(port))
    return time.perf_counter() - began


def _summed_pss_gb(data_dir: Path) -> float:
    running = DataDirectory(data_dir).running()
    if running is None:
        raise RuntimeError("The house is not running.")
    launcher = psutil.Process(running.pid)
    total = 0
    for process in [launcher, *launcher.children(recursive=True)]:
        total += process.memory_full_info().pss
    return total / 1e9


if __name__ == "__main__":
    main()
