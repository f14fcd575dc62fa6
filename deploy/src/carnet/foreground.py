"""`carnet up` in the terminal that started it."""

import sys

from carnet.launch import Launch, StoppedEarly
from carnet.wish import Wish

_INTERRUPTED = 130


def up_in_foreground(wish: Wish) -> None:
    """Run until Ctrl-C or SIGTERM."""
    print(f"Starting Carnet over {wish.data_dir} …", flush=True)
    try:
        Launch(wish, _Terminal(wish)).run()
    except StoppedEarly:
        print("Stopped before it was ready.")
        sys.exit(_INTERRUPTED)
    print("Stopped. Start again with the same command; the data is kept.")


class _Terminal:
    def __init__(self, wish: Wish) -> None:
        self._wish = wish

    def ready(self, gateway_url: str, demo_keys: dict[str, str], seconds: float) -> None:
        print(greeting(self._wish, gateway_url, demo_keys, seconds))
        print("\nCtrl-C stops it; the data is kept.", flush=True)


def greeting(wish: Wish, gateway_url: str, demo_keys: dict[str, str], seconds: float) -> str:
    """What a newcomer needs to begin."""
    lines = [
        f"Carnet is ready after {seconds:.1f} s.\n",
        f"  Gateway            {gateway_url}",
        f"  API documentation  {gateway_url}/docs",
        f"  Data and logs      {wish.data_dir}",
    ]
    if demo_keys:
        lines.append("\n  API keys of the demo house, for the header X-API-Key:")
        lines += [f"    {client:<16} {key}" for client, key in demo_keys.items()]
    return "\n".join(lines)
