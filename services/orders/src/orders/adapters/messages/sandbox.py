"""Templates that people edit: they show what they are given, and can do nothing else.

Their language is small (`template_rules`), their loops are counted and what they write is bounded,
so that no template reaches the process or keeps it busy.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jinja2 import DictLoader, StrictUndefined, TemplateError, TemplateSyntaxError, Undefined
from jinja2.exceptions import SecurityError
from jinja2.filters import FILTERS, do_join
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import pass_context

from chassis.errors import FieldProblem
from orders.adapters.messages.template_rules import COUNTED, check
from orders.domain.messages import TemplateInvalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from jinja2 import Template
    from jinja2.runtime import Context

LARGEST_CHARACTERS = 4_000_000
"""Room for an order of 2,000 lines with long names, and still what mail servers take."""

_MOST_STEPS = 300_000
_STEPS = "_steps"
_FILTERS: dict[str, Any] = dict(FILTERS)
_OF_TEXTS = ("e", "escape", "lower", "title", "trim", "upper")
_OF_ALL = ("default", "first", "last", "length")
_TESTS = ("defined", "none", "undefined", "equalto", "eq")
_LONGEST_SEPARATOR = 100
_COMPILED_KEPT = 64
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
"""What neither PostgreSQL nor a mail keeps: control characters, halves of characters."""


class _Steps:
    """What a rendering may still do."""

    def __init__(self) -> None:
        self._left = _MOST_STEPS

    def spend(self, steps: int) -> None:
        self._left -= steps
        if self._left < 0:
            message = "takes too long for all its loops"
            raise SecurityError(message)


class _Environment(ImmutableSandboxedEnvironment):
    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.compiled = lru_cache(_COMPILED_KEPT)(self._compiled)

    def _compiled(self, source: str) -> Template:
        """Check and compile a template; that takes many times longer than filling it."""
        return self.from_string(check(self.parse(source)))

    def is_safe_callable(self, obj: Any) -> bool:
        del obj
        return False


class Sandbox:
    """Renders templates; `partials` are what `{% include %}` finds."""

    def __init__(self, partials: Mapping[str, str]) -> None:
        """Make the two environments: texts as they are, HTML with everything escaped."""
        self._text = _environment(partials, autoescape=False)
        self._html = _environment(partials, autoescape=True)

    def text(self, source: str, told: Mapping[str, Any], *, field: str) -> str:
        """Render a text; raises `TemplateInvalid` with the field and the line."""
        return _render(self._text, source, told, field)

    def html(self, source: str, told: Mapping[str, Any], *, field: str) -> str:
        """Render HTML; what is shown is escaped. Raises `TemplateInvalid`."""
        return _render(self._html, source, told, field)


def _environment(partials: Mapping[str, str], *, autoescape: bool) -> _Environment:
    environment = _Environment(
        autoescape=autoescape,
        undefined=StrictUndefined,
        loader=DictLoader(dict(partials)),
        finalize=_readable,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    filters: dict[str, Any] = {
        **{name: _FILTERS[name] for name in _OF_ALL},
        **{name: _of_text(_FILTERS[name]) for name in _OF_TEXTS},
        "join": _join,
        COUNTED: _counted,
    }
    environment.filters = filters
    environment.tests = {name: environment.tests[name] for name in _TESTS}
    environment.globals = {}
    return environment


def _render(environment: _Environment, source: str, told: Mapping[str, Any], field: str) -> str:
    if _NOT_TEXT.search(source):
        raise _invalid(field, "holds control characters")
    written: list[str] = []
    size = 0
    try:
        template = environment.compiled(source)
        for part in template.generate({**told, _STEPS: _Steps()}):
            size += len(part)
            if size > LARGEST_CHARACTERS:
                raise _invalid(field, f"writes more than {LARGEST_CHARACTERS} characters")
            written.append(part)
    except TemplateSyntaxError as error:
        raise _invalid(field, f"line {error.lineno}: {error.message}") from error
    except RecursionError as error:
        raise _invalid(field, "has parts too deep in each other") from error
    except (TemplateError, TypeError, ValueError, KeyError, AttributeError) as error:
        raise _invalid(field, f"{_line_of(error)}{error}") from error
    return _NOT_TEXT.sub("", "".join(written))


def _line_of(error: Exception) -> str:
    """Name the template's line, which Jinja puts into the traceback."""
    line, traceback = None, error.__traceback__
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == "<template>":
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return "" if line is None else f"line {line}: "


def _readable(value: object) -> object:
    """Show texts and numbers, nothing for what is not there, and no lists or insides."""
    if value is None:
        return ""
    if isinstance(value, str | int | float | Undefined):
        return value
    message = f"a {type(value).__name__} cannot be shown: name one of its parts"
    raise SecurityError(message)


def _of_text(shape: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Keep a filter to texts and numbers: that of a whole order would take long."""
    return lambda value: shape(_readable(value))


@pass_context
def _join(
    context: Context, value: Iterable[Any], separator: str = "", attribute: str | None = None
) -> Any:
    found = [one if attribute is None else one[attribute] for one in value]
    _steps_of(context).spend(len(found))
    texts = [_readable(one) for one in found]
    if not isinstance(_readable(separator), str) or len(separator) > _LONGEST_SEPARATOR:
        message = "join takes a short text to put between"
        raise SecurityError(message)
    return do_join(context.eval_ctx, texts, separator)


@pass_context
def _counted(context: Context, value: Iterable[Any], weight: int) -> Iterator[Any]:
    steps = _steps_of(context)
    for one in value:
        steps.spend(weight)
        yield one


def _steps_of(context: Context) -> _Steps:
    steps: _Steps = context[_STEPS]
    return steps


def _invalid(field: str, problem: str) -> TemplateInvalid:
    mend = "Use the names that the documentation lists, with if, for, include and plain filters."
    return TemplateInvalid(f"{field}: {problem}", fields=[FieldProblem(field, problem, mend)])
