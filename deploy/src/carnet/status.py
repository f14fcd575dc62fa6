"""`carnet status`: the launcher's word on its processes, and each process's own on its work."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from carnet.data_directory import DataDirectory
from carnet.readiness import problem_of


@dataclass(frozen=True, slots=True)
class ProcessStatus:
    name: str
    pid: int | None
    problem: str | None
    restarts: int
    url: str


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a suite; `gateway_url` is None when none runs."""

    data_dir: str
    gateway_url: str | None
    started_at: str | None
    processes: list[ProcessStatus]

    @property
    def is_running(self) -> bool:
        return self.gateway_url is not None

    @property
    def is_ready(self) -> bool:
        return self.is_running and all(one.problem is None for one in self.processes)

    def as_json(self) -> dict[str, Any]:
        return {"running": self.is_running, "ready": self.is_ready, **asdict(self)}

    def as_text(self) -> str:
        if not self.is_running:
            return f"Carnet does not run in {self.data_dir}. Start it with `carnet up`."
        lines = [f"{self.gateway_url}, since {self.started_at}, data in {self.data_dir}"]
        for one in self.processes:
            again = f", started again {one.restarts} times" if one.restarts else ""
            lines.append(f"  {one.name:<20} {one.pid or '-':>8}  {one.problem or 'ready'}{again}")
        return "\n".join(lines)


def read_status(data_dir: Path) -> Status:
    """Ask now."""
    directory = DataDirectory(data_dir)
    running = directory.running()
    if running is None:
        return Status(str(directory.root), None, None, [])
    processes = [
        ProcessStatus(
            name=one.name,
            pid=one.pid,
            problem="is being started again" if one.pid is None else problem_of(one.ready_url),
            restarts=one.restarts,
            url=one.ready_url.removesuffix("/readyz"),
        )
        for one in running.processes
    ]
    return Status(str(directory.root), running.gateway_url, running.started_at, processes)
