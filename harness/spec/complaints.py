"""pydantic's errors in our words, at their place in the file; each kind that can occur has a phrase."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from pydantic_core import ErrorDetails

from harness.spec.model import FORMAT_VERSION, Part, part_at
from harness.spec.problems import Location, Problem, did_you_mean, hints, kind_of, listing, shown
from harness.spec.reading import Document, ValuePath
from harness.spec.snippets import PyExpression

_SHAPES = {
    "string_type": "a text",
    "bool_type": "`true` or `false`",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping of keys to values",
    "model_type": "a mapping of keys to values",
    "model_attributes_type": "a mapping of keys to values",
    "int_type": "a whole number",
    "line_range": "the number of a line, or the first and the last line: `[17, 33]`",
    "sha256": "64 hexadecimal digits in small letters",
}

_CODE_KEYS = {"log", "read", "when", "becomes", "leaves", "usual", "check"}


@dataclass(frozen=True)
class Format:
    """A kind of file.

    Attributes:
        whole: What messages call it.
        version_key: The key of its version.
        version: The version of it that this package reads.
        part_at: Which of its mappings is which part.
    """

    whole: str
    version_key: str
    version: int
    part_at: Callable[[ValuePath], type[Part] | None]


ENTRY = Format("an entry", "harness", FORMAT_VERSION, part_at)


def schema_problems(
    errors: Iterable[ErrorDetails], document: Document, form: Format = ENTRY
) -> list[Problem]:
    """One problem for each error of pydantic; the keys that one part lacks are one problem."""
    lacking: dict[ValuePath, list[str]] = {}
    others = []
    for error in errors:
        if error["type"] == "missing":
            lacking.setdefault(error["loc"][:-1], []).append(str(error["loc"][-1]))
        elif not _is_miscounted(error):
            others.append(_problem(error, document, form))
    return [*(_missing(path, keys, document, form) for path, keys in lacking.items()), *others]


def named(path: ValuePath, form: Format = ENTRY) -> str:
    """A value in the words of a message: its key, or which item of which list it is."""
    if not path:
        return form.whole
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


def _problem(error: ErrorDetails, document: Document, form: Format) -> Problem:
    path = _as_in_file(error["loc"], document)
    kind = error["type"]
    value = error["input"]
    if path and path[-1] == "[key]":
        path = path[:-1]
        return _bad_key(path, document)
    if kind in ("extra_forbidden", "invalid_key"):
        return _unknown(path, document, form)
    return _wrong(kind, path, value, error.get("ctx", {}), document, form)


def _as_in_file(path: ValuePath, document: Document) -> ValuePath:
    """The path with its last key as it is; pydantic gives an empty key, which is no text, as text."""
    if path and path not in document.keys and isinstance(path[-1], str):
        for key in document.keys:
            if key[:-1] == path[:-1] and str(key[-1]) == path[-1]:
                return key
    return path


def _missing(path: ValuePath, keys: list[str], document: Document, form: Format) -> Problem:
    part = form.part_at(path)
    fields = part.model_fields if part else {}
    says = {key: fields[key].description for key in keys if key in fields}
    what = "the key" if len(keys) == 1 else "the keys"
    hint = says.get(keys[0]) if len(keys) == 1 else hints(*(f"{key}: {text}" for key, text in says.items()))
    message = f"{named(path, form)} needs {what} {listing(keys)}"
    return Problem("missing-key", message, document.value_place(path), hint)


def _unknown(path: ValuePath, document: Document, form: Format) -> Problem:
    part = form.part_at(path[:-1])
    allowed = [field.alias or name for name, field in part.model_fields.items()] if part else []
    key = path[-1]
    message = (
        f"{named(path[:-1], form)} has no key {shown(key) if isinstance(key, str) else f'`{shown(key)}`'}"
    )
    hint = hints(did_you_mean(key, allowed), f"allowed: {listing(allowed)}" if allowed else None)
    return Problem("unknown-key", message, document.key_place(path), hint)


def _bad_key(path: ValuePath, document: Document) -> Problem:
    key = path[-1]
    if path[0] == "mlflow":
        return _bad_slug(key, "the name of a recipe", document.key_place(path))
    return Problem(
        "bad-key", f"a key must be a text, not {kind_of(key)}", document.key_place(path), "quote it"
    )


def _bad_slug(value: Any, what: str, place: Location) -> Problem:
    return Problem("bad-slug", f"{shown(str(value))} cannot be {what}", place, slug_hint(value))


def slug_hint(value: Any) -> str | None:
    """What a text that cannot be an id may have been meant to be, and what is allowed."""
    fitting = re.sub(r"[^a-z0-9]+", "-", re.sub(r"^[^a-z]+", "", str(value)[:60].lower())).strip("-")
    return hints(f"write `{fitting}`" if fitting else None, _SLUG_HINT)


_SLUG_HINT = "allowed: small letters, digits and single hyphens, beginning with a letter: `like-this-2`"


def _wrong(
    kind: str, path: ValuePath, value: Any, context: dict[str, Any], document: Document, form: Format
) -> Problem:
    name = named(path, form)
    place = document.value_place(path)
    key = path[-1] if path else None
    if value is None:
        shape = "Python" if is_code(path) else _SHAPES.get(kind, "a value")
        return Problem("empty-value", f"{name} is empty; it needs {shape}", place, _empty_hint(kind))
    if kind == "literal_error" and path == (form.version_key,):
        message = f"{name} is {kind_of(value)}, which is no version of the format that is known here"
        hint = f"this release reads version {form.version}: `{key}: {form.version}`"
        return Problem("format-version", message, place, hint)
    if kind == "literal_error":
        allowed = str(context.get("expected", "")).replace("'", "").replace(" or ", ", ").split(", ")
        message = f"{name} is {kind_of(value)}; it must be one of {listing(allowed)}"
        return Problem("wrong-value", message, place, did_you_mean(value, allowed))
    if kind == "string_pattern_mismatch" and (key in ("id", "disclosed_by", "entry")):
        return _bad_slug(value, f"an {name}" if key == "id" else name, place)
    if kind in ("string_too_short", "string_pattern_mismatch") and not str(value).strip():
        shape = "Python" if is_code(path) else "some text"
        return Problem("empty-value", f"{name} is empty; it needs {shape}", place)
    if kind == "string_pattern_mismatch":
        hint = "fold long text with `>-`, or leave out the empty line"
        return Problem("several-lines", f"{name} has several lines; it must be one", place, hint)
    if kind == "too_short":
        needed = context.get("min_length", 1)
        count = "one item" if needed == 1 else f"{needed} items"
        to_do = (
            None
            if key in ("examples", "claims", "states")
            else "leave the key out if there is nothing to say"
        )
        return Problem("too-few", f"{name} needs {count} or more", place, to_do)
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
    elif kind == "bool_type" and str(value).lower() in ("true", "false"):
        fix = "leave out the quotes"
    elif kind in ("list_type", "tuple_type") and isinstance(value, str):
        fix = f"write `[{value}]`" if value.isprintable() and len(value) < 60 else None
    return Problem("wrong-type", f"{name} must be {shape}, but is {kind_of(value)}", place, fix)


def _empty_hint(kind: str) -> str | None:
    return "leave the key out if there is nothing to say" if kind == "empty_value" else None
