"""What fails is logged with its place, and without the data that it failed on."""

import structlog

from chassis.logs import without_values

RENDER = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)


def logged(error: Exception) -> str:
    event = RENDER(None, "error", {"event": "x.failed", "exc_info": error})
    return str(without_values(None, "error", event))


def test_the_databases_words_are_kept_and_its_values_are_not() -> None:
    told = logged(RuntimeError('duplicate key "emails"\nDETAIL:  Key (email)=(anna@example.com)'))
    assert 'duplicate key "emails"' in told
    assert "anna" not in told
    told = logged(RuntimeError("cannot insert\n[SQL: INSERT …]\n[parameters: ('anna',)]"))
    assert "INSERT" in told
    assert "anna" not in told


def test_messages_that_repeat_what_was_told_are_left_out() -> None:
    assert "anna" not in logged(ValueError("invalid literal: 'anna'"))
    assert "anna" not in logged(KeyError("anna"))
    assert "ValueError" in logged(ValueError("invalid literal: 'anna'"))


def test_what_is_in_a_group_of_failures_is_no_exception() -> None:
    told = logged(ExceptionGroup("jobs", [ValueError("anna"), RuntimeError("gone\nDETAIL: anna")]))
    assert "anna" not in told
    assert "gone" in told
