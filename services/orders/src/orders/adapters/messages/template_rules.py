"""What the language of templates consists of: everything else is refused before it is run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jinja2 import TemplateSyntaxError, nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

COUNTED = "_counted"
"""The filter that every loop goes through; no template can name it."""

_NODES = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For, nodes.Include),
    *(nodes.Name, nodes.Const, nodes.Getattr, nodes.Getitem, nodes.CondExpr),
    *(nodes.Filter, nodes.Test, nodes.Keyword, nodes.Compare, nodes.Operand),
    *(nodes.And, nodes.Or, nodes.Not),
)
"""Nothing here makes a longer text of two, keeps one, or calls: so no template grows by itself."""

_DEEPEST = 40
_DEEPEST_LOOPS = 2


def check(tree: nodes.Template) -> nodes.Template:
    """Refuse what a template may not hold, and have its loops counted.

    Raises `TemplateSyntaxError` with the line. A loop's every turn costs as much as it has nodes.
    """
    _check(tree, depth=0, loops=0)
    for loop in list(tree.find_all(nodes.For)):
        weight = nodes.Const(sum(1 for _ in _walk(loop)), lineno=loop.lineno)
        loop.iter = nodes.Filter(
            loop.iter, COUNTED, [weight], [], None, None, lineno=loop.iter.lineno
        )
    return tree


def _check(node: nodes.Node, *, depth: int, loops: int) -> None:
    problem = _problem(node, depth=depth, loops=loops)
    if problem is not None:
        raise TemplateSyntaxError(problem, node.lineno or 1)
    inner = loops + isinstance(node, nodes.For)
    for child in node.iter_child_nodes():
        _check(child, depth=depth + 1, loops=inner)


def _problem(node: nodes.Node, *, depth: int, loops: int) -> str | None:
    if depth > _DEEPEST:
        return f"parts lie at most {_DEEPEST} deep in each other"
    if not isinstance(node, _NODES):
        return f"{_shown(node)} cannot be used in a template"
    name = _name(node)
    if name is not None and name.startswith("_"):
        return f"{name} cannot be used in a template"
    if isinstance(node, nodes.For) and (node.recursive or loops >= _DEEPEST_LOOPS):
        return f"loops lie at most {_DEEPEST_LOOPS} deep"
    if isinstance(node, nodes.Include):
        return _problem_of_include(node, loops)
    return None


def _problem_of_include(node: nodes.Include, loops: int) -> str | None:
    """Keep includes, whose own loops are not counted, out of loops and to names that stand."""
    if loops:
        return "include cannot be used in a loop"
    is_named = isinstance(node.template, nodes.Const) and isinstance(node.template.value, str)
    return None if is_named else "include takes one name in quotes"


def _name(node: nodes.Node) -> str | None:
    if isinstance(node, nodes.Name | nodes.Filter | nodes.Test):
        return node.name
    if isinstance(node, nodes.Getattr):
        return node.attr
    if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const):
        return str(node.arg.value)
    return None


def _shown(node: nodes.Node) -> str:
    if isinstance(node, nodes.BinExpr):
        return node.operator or type(node).__name__.lower()
    if isinstance(node, nodes.Call):
        return f"{_name(node.node) or 'a call'}()"
    return type(node).__name__.lower()


def _walk(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _walk(child)
