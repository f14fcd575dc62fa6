"""`carnet up --detach`: the launcher in a session of its own, and who waits until it is ready."""

import contextlib
import json
import os
import signal
import traceback
from typing import IO

from carnet.data_directory import DataDirectory
from carnet.errors import CannotRun
from carnet.foreground import greeting
from carnet.launch import Launch, StoppedEarly
from carnet.wish import Wish


def up_in_background(wish: Wish) -> None:
    """Return when the suite is ready; raises `CannotRun` when it does not become so."""
    log = DataDirectory(wish.data_dir).launcher_log
    read_end, write_end = os.pipe()
    launcher = os.fork()
    if launcher == 0:
        os.close(read_end)
        os.setsid()
        with os.fdopen(write_end, "w") as news:
            _live(wish, news)
    os.close(write_end)
    with os.fdopen(read_end) as news:  # one line, not to its end: the processes inherit the pipe
        try:
            told = news.readline()
        except KeyboardInterrupt:
            os.kill(launcher, signal.SIGTERM)
            told = news.readline()
    if not told:
        raise CannotRun("Carnet ended while it started", mend=f"See {log}")
    wrong, mend, said = json.loads(told)
    if wrong:
        raise CannotRun(wrong, mend=mend)
    print(said)
    print("\nIt runs in the background: `carnet status`, `carnet down`.")


def _live(wish: Wish, news: IO[str]) -> None:
    """The launcher's whole life; never returns."""
    status = 1
    for descriptor, mode in ((0, os.O_RDONLY), (1, os.O_WRONLY), (2, os.O_WRONLY)):
        os.dup2(os.open(os.devnull, mode), descriptor)
    try:
        Launch(wish, _Pipe(wish, news)).run()
        status = 0
    except CannotRun as refused:
        _tell(news, refused.wrong, refused.mend, "")
    except StoppedEarly:
        _tell(news, "Stopped before it was ready", "Start again when you like", "")
    except Exception:  # noqa: BLE001 - a mistake of ours: nobody else could tell of it
        with DataDirectory(wish.data_dir).launcher_log.open("a") as log:
            traceback.print_exc(file=log)
    finally:
        os._exit(status)


class _Pipe:
    """Tells whoever waits in the terminal."""

    def __init__(self, wish: Wish, news: IO[str]) -> None:
        self._wish = wish
        self._news = news

    def ready(self, gateway_url: str, demo_keys: dict[str, str], seconds: float) -> None:
        _tell(self._news, "", "", greeting(self._wish, gateway_url, demo_keys, seconds))


def _tell(news: IO[str], wrong: str, mend: str, said: str) -> None:
    with contextlib.suppress(BrokenPipeError):
        news.write(json.dumps([wrong, mend, said]) + "\n")
        news.close()
