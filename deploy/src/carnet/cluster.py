"""A PostgreSQL cluster on disk: made whole or not at all, refused when it is not ours to run."""

import secrets
import shutil
import signal
import subprocess
from pathlib import Path

from carnet.account import MAJOR, Account
from carnet.errors import CannotRun
from carnet.parent import end_with_parent

SUPERUSER = "postgres"
ENVIRONMENT = {"LC_ALL": "C", "PATH": "/usr/bin:/bin"}
_ROOM_BYTES = 200 * 1024 * 1024


class Cluster:
    """The directory's `data/`, and the `password` of its superuser."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.data = directory / "data"
        self._password_file = directory / "password"

    @property
    def exists(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    @property
    def password(self) -> str:
        return self._password_file.read_text()

    def make(self, programs: Path, account: Account, *, durable: bool) -> None:
        """Run initdb on a directory of another name, so that a half-made cluster is never used."""
        if shutil.disk_usage(self._directory).free < _ROOM_BYTES:
            raise CannotRun(
                f"Less than {_ROOM_BYTES // 1024**2} MB are free for {self._directory}",
                mend="Make room on that disk, or choose another --data-dir",
            )
        unfinished = self._directory / "data.unfinished"
        for left in (unfinished, self.data):
            if left.exists():
                shutil.rmtree(left)
        unfinished.mkdir(mode=0o700)
        account.own(unfinished)
        self._password_file.touch(mode=0o600)
        self._password_file.write_text(secrets.token_urlsafe(32))
        account.own(self._password_file)
        made = subprocess.run(
            [
                programs / "initdb",
                f"--pgdata={account.spelled(unfinished)}",
                f"--username={SUPERUSER}",
                "--pwfile=../password",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--set=timezone=UTC",
                "--set=log_timezone=UTC",
                "--no-instructions",
                *([] if durable else ["--no-sync"]),
            ],
            cwd=unfinished,
            env=ENVIRONMENT,
            user=account.uid,
            group=account.gid,
            extra_groups=[] if account.is_another else None,
            preexec_fn=end_with_parent(signal.SIGTERM),
            check=False,
            capture_output=True,
            text=True,
        )
        if made.returncode != 0:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise self.failure(made.stderr, log=None)
        unfinished.rename(self.data)

    def refuse_unusable(self) -> None:
        """Raise `CannotRun` for a cluster of another version, or one whose password is lost."""
        found = (self.data / "PG_VERSION").read_text().strip()
        if found != MAJOR:
            raise CannotRun(
                f"{self.data} was made by PostgreSQL {found}, and this is PostgreSQL {MAJOR}",
                mend="Dump it with the version that made it, or choose another --data-dir",
            )
        if not self._password_file.exists():
            raise CannotRun(
                f"The password of the data in {self.data} is missing",
                mend=f"Restore {self._password_file}, or choose another --data-dir",
            )

    def failure(self, said: str, *, log: Path | None) -> CannotRun:
        """Why PostgreSQL failed, from what it said."""
        telling = [line for line in said.splitlines() if "FATAL" in line or "error:" in line]
        reason = (telling or said.splitlines() or ["it said nothing"])[-1].strip()
        if "No space left on device" in said:
            return CannotRun(
                f"The disk of {self._directory} is full",
                mend="Make room on it, or choose another --data-dir",
            )
        return CannotRun(
            f"PostgreSQL does not start: {reason}",
            mend=f"{f'See {log}' if log else 'Mend that'}, or choose another --data-dir",
        )
