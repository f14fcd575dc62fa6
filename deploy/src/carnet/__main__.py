"""The program `carnet`, as `python -m carnet`."""

from carnet.main import run

run()
