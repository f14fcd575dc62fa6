"""A child process that ends with its parent, even when the parent is killed with SIGKILL."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

_PR_SET_PDEATHSIG = 1


def end_with_parent(death_signal: signal.Signals) -> Callable[[], None]:
    """A function for the child to call first; elsewhere than on Linux it does nothing.

    Linux sends the signal when the *thread* that spawned the child ends, so children are spawned by
    the main thread only. A parent that died before the call is noticed by its changed process id.
    """
    parent = os.getpid()
    if not sys.platform.startswith("linux"):
        return _nothing
    prctl = ctypes.CDLL(None, use_errno=True).prctl

    def ask_the_kernel() -> None:
        prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)

    return ask_the_kernel


def _nothing() -> None:
    """Only Linux tells a child of its parent's death."""
