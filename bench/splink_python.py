"""Finding a Python that has Splink, the peer: it is no library of the project's own."""

import os
import shutil
import subprocess
import sys
from pathlib import Path


def splink_python(folder: Path) -> Path | None:
    """Give the Python that CARNET_SPLINK_PYTHON names, or one made with `uv`; None without both."""
    named = os.environ.get("CARNET_SPLINK_PYTHON")
    if named:
        return Path(named)
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    python = folder / "splink" / "bin" / "python"
    try:
        subprocess.run([uv, "venv", "-q", folder / "splink"], check=True)
        install = [uv, "pip", "install", "-q", "--python", python, "splink>=5"]
        subprocess.run(install, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return python
