"""pydantic's errors in our words, at their place in the file; each kind that can occur has a phrase."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pydantic_core import ErrorDetails

from harness.spec.model import FORMAT_VERSION, part_at
from harness.spec.problems import Problem, did_you_mean, hints, kind_of, listing, shown
from harness.spec.reading import Document, ValuePath
from harness.spec.snippets import PyExpression

_SHAPES = {
    "string_type": "a text",
    "bool_type": "`true` or `false`",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}

_CODE_KEYS = {"log", "read", "when", "becomes", "leaves", "usual", "check"}


def schema_problems(errors: Iterable[ErrorDetails], document: Document) -> list[Problem]:
    """One problem for each error of pydantic."""
    return [_problem(error, document) for error in errors if not _is_miscounted(error)]


def named(path: ValuePath) -> str:
    """A value in the words of a message: its key, or which item of which list it is."""
    if not path:
        return "an entry"
    if isinstance(path[-1], int) and len(path) > 1 and path[0] != "inputs":
        return f"item {path[-1] + 1} of `{path[-2]}`"
    return f"`{path[-1]}`"


def is_code(path: ValuePath) -> bool:
    """Whether the format wants Python at this path."""
    if len(path) == 2 and path[0] == "inputs":
        return True
    if len(path) == 4 and path[0] == "divergences" and path[2] == "region":
        return True
    owner = part_at(path[:-1]) if path else None
    return owner is not None and path[-1] in _CODE_KEYS and path[-1] in owner.model_fields


def _is_miscounted(error: ErrorDetails) -> bool:
    """Only well-formed items are counted by pydantic; the others have problems of their own."""
    return error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"]


def _problem(error: ErrorDetails, document: Document) -> Problem:
    path = _as_in_file(error["loc"], document)
    kind = error["type"]
    value = error["input"]
    if path and path[-1] == "[key]":
        path = path[:-1]
        return _bad_key(path, document)
    if kind == "missing":
        return _missing(path, document)
    if kind in ("extra_forbidden", "invalid_key"):
        return _unknown(path, document)
    return _wrong(kind, path, value, error.get("ctx", {}), document)


def _as_in_file(path: ValuePath, document: Document) -> ValuePath:
    """The path with its last key as it is; pydantic gives an empty key, which is no text, as text."""
    if path and path not in document.keys and isinstance(path[-1], str):
        for key in document.keys:
            if key[:-1] == path[:-1] and str(key[-1]) == path[-1]:
                return key
    return path


def _missing(path: ValuePath, document: Document) -> Problem:
    part = part_at(path[:-1])
    field = part.model_fields.get(str(path[-1])) if part else None
    message = f"{named(path[:-1])} needs the key `{path[-1]}`"
    return Problem("missing-key", message, document.value_place(path[:-1]), field and field.description)


def _unknown(path: ValuePath, document: Document) -> Problem:
    part = part_at(path[:-1])
    allowed = list(part.model_fields) if part else []
    key = path[-1]
    message = f"{named(path[:-1])} has no key {shown(str(key))}"
    hint = hints(did_you_mean(key, allowed), f"allowed: {listing(allowed)}" if allowed else None)
    return Problem("unknown-key", message, document.key_place(path), hint)


def _bad_key(path: ValuePath, document: Document) -> Problem:
    what = "recipe" if path[0] == "mlflow" else "key"
    message = f"{shown(str(path[-1]))} is not a name for a {what}"
    if path[0] == "mlflow":
        return Problem("bad-slug", message, document.key_place(path), _SLUG_HINT)
    return Problem("bad-key", message, document.key_place(path), "keys are texts: quote numbers")


_SLUG_HINT = "small letters, digits and single hyphens, beginning with a letter: `like-this-2`"


def _wrong(kind: str, path: ValuePath, value: Any, context: dict[str, Any], document: Document) -> Problem:
    name = named(path)
    place = document.value_place(path)
    key = path[-1] if path else None
    if value is None and kind != "missing":
        shape = "Python" if is_code(path) else _SHAPES.get(kind, "a value")
        return Problem("empty-value", f"{name} is empty; it needs {shape}", place, _empty_hint(kind))
    if kind == "literal_error" and path == ("harness",):
        message = f"the format version {shown(value)} is not known here"
        return Problem("format-version", message, place, f"this release reads version {FORMAT_VERSION}")
    if kind == "literal_error":
        allowed = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ").split(", ")
        message = f"{name} is {kind_of(value)}; it must be one of {listing(allowed)}"
        return Problem("wrong-value", message, place, did_you_mean(value, allowed))
    if kind == "string_pattern_mismatch" and (key in ("id", "disclosed_by")):
        return Problem("bad-slug", f"{shown(value)} is not a name for {name}", place, _SLUG_HINT)
    if kind in ("string_too_short", "string_pattern_mismatch") and not str(value).strip():
        shape = "Python" if is_code(path) else "some text"
        return Problem("empty-value", f"{name} is empty; it needs {shape}", place)
    if kind == "string_pattern_mismatch":
        hint = "fold long text with `>-`, or leave out the empty line"
        return Problem("several-lines", f"{name} has several lines; it must be one", place, hint)
    if kind == "too_short":
        needed = context.get("min_length", 1)
        count = "one item" if needed == 1 else f"{needed} items"
        return Problem("too-few", f"{name} has too few items; it needs {count} or more", place)
    if is_code(path):
        if isinstance(value, PyExpression):
            message = f"{name} is Python already; `!py` is for values of examples"
            return Problem("wrong-type", message, place, "leave out `!py`")
        hint = "quote it, or put it in a block that begins with `|`"
        if isinstance(value, (list, dict)):
            hint = (
                "quote Python that begins with `[` or `{` or has `: ` in it, or put it in a block after `|`"
            )
        return Problem("wrong-type", f"{name} must be Python as text, but is {kind_of(value)}", place, hint)
    shape = _SHAPES.get(kind, "something else")
    fix = None
    if kind == "string_type" and isinstance(value, (int, float)):
        fix = "quote it"
    elif kind in ("list_type", "tuple_type") and isinstance(value, str):
        fix = f"write `[{value}]`" if value.isprintable() and len(value) < 60 else None
    return Problem("wrong-type", f"{name} must be {shape}, but is {kind_of(value)}", place, fix)


def _empty_hint(kind: str) -> str | None:
    return "leave the key out if there is nothing to say" if kind == "empty_value" else None
