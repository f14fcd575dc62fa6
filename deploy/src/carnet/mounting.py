"""Commands that the parts of the suite bring, found by the entry point group `carnet.commands`.

An entry point's name is the command's path, with dots: `keys`, `import.customers`. Its module is
imported when the command runs, not when it is listed: its first docstring line is read from the
source.
"""

import ast
import importlib.util
from collections.abc import Sequence
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

_GROUP = "carnet.commands"


class MountedCommands(TyperGroup):
    """The launcher's own commands, and those of the parts."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        for point in sorted(entry_points(group=_GROUP), key=lambda point: point.name):
            _mount(self, point.name.split("."), point)

    def make_context(
        self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any
    ) -> Any:
        """Hand every command what it may ask of the launcher: `ctx.obj`."""
        return super().make_context(info_name, args, parent=parent, obj=_Launcher(), **extra)


class _Launcher:
    """What a part's command may ask of the launcher, which it cannot import."""

    @property
    def scratch_databases(self) -> Any:
        """Give `carnet.scratch.ScratchDatabases`, imported when it is asked for."""
        from carnet.scratch import ScratchDatabases  # noqa: PLC0415

        return ScratchDatabases()


class _LazyCommand(TyperCommand):
    """Stands for a command until it runs."""

    def __init__(self, name: str, point: EntryPoint) -> None:
        super().__init__(name, help=_first_line(point))
        self._point = point

    def make_context(
        self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any
    ) -> Any:
        """Become the real command: it parses its own arguments."""
        return _load(self._point).make_context(info_name, args, parent=parent, **extra)


def _mount(group: TyperGroup, path: Sequence[str], point: EntryPoint) -> None:
    name, *rest = path
    if not rest:
        group.add_command(_LazyCommand(name, point), name)
        return
    inner = group.commands.get(name)
    if not isinstance(inner, TyperGroup):
        inner = TyperGroup(name=name, help=f"The {name} commands.", no_args_is_help=True)
        group.add_command(inner, name)
    _mount(inner, rest, point)


def _load(point: EntryPoint) -> Any:
    found = point.load()
    if isinstance(found, typer.Typer):
        return typer.main.get_group(found)
    alone = typer.Typer(add_completion=False)
    alone.command()(found)
    return typer.main.get_command(alone)


def _first_line(point: EntryPoint) -> str:
    """The first line of the docstring of what the entry point names, or of its module."""
    spec = importlib.util.find_spec(point.module)
    if spec is None or spec.origin is None:
        return ""
    module = ast.parse(Path(spec.origin).read_text(encoding="utf-8"))
    named = (
        node
        for node in module.body
        if isinstance(node, ast.FunctionDef) and node.name == point.attr
    )
    said = ast.get_docstring(next(named, module)) or ""
    return said.partition("\n")[0]
