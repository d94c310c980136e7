"""What an entry writes, as text that is the same as long as it is: to be kept, and to be held against a later one.

Nothing is evaluated, so that it can be had of any entry, and costs nothing.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from harness.spec.model import Claim, Entry
from harness.spec.snippets import PyExpression


def expression_of(value: Any) -> str:
    """A value of an entry as one Python expression; what is written as `!py` stays as its author wrote it."""
    return value.text.strip() if isinstance(value, PyExpression) else _nested(value)


def given_to(entry: Entry, claim: Claim) -> dict[str, str] | None:
    """The inputs that the check of a claim sees, and the `clock` where it needs a certain one; None without a check."""
    if claim.check is None:
        return None
    first = entry.examples[0]
    if claim.given is not None:
        return {name: expression_of(value) for name, value in claim.given.items()}
    clock = {} if first.clock is None else {"clock": first.clock}
    return {**{name: expression_of(value) for name, value in first.inputs.items()}, **clock}


def hashes_of(entry: Entry) -> dict[str, str]:
    """SHA-256 of those parts of an entry on which results rest, and of which a report has no more than that."""
    parts = {
        "examples": entry.examples,
        "stores": entry.stores,
        "starts_runs": entry.starts_runs,
        "v1.refuses": entry.v1.refuses,
        "leaves": {each.id: each.leaves for each in entry.divergences if each.leaves is not None},
        "reads_across": entry.reads_across,
    }
    return {name: hashlib.sha256(_nested(part).encode()).hexdigest() for name, part in parts.items()}


def _nested(value: Any) -> str:
    if isinstance(value, PyExpression):
        return f"({value.text.strip()})"
    if isinstance(value, BaseModel):
        # Without what is left out, so that a new key of the format changes no entry that does not use it.
        return _nested({name: item for name, item in value if name in value.model_fields_set})
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_nested(key)}: {_nested(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_nested, value))}]"
    if isinstance(value, float) and not math.isfinite(value):
        return f"float('{value}')"
    return repr(value)
