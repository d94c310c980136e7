"""Continuation tokens: where the next page of an answer begins.

A token holds the key of the last item that was given, not a count of items: what is added or removed between two
pages then neither repeats an item nor skips one. To clients it is opaque. What the keys are is the caller's business.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any

from harness.workspace.wire.calls import Call

LARGEST_PAGE = 500
"""Items of a page where the client does not ask for fewer; the client of SDK v1 asks for so many."""

Key = Sequence[str | int | None]


def write_token(key: Key) -> str:
    """The token that stands for a key."""
    return base64.urlsafe_b64encode(json.dumps(list(key)).encode()).decode()


def read_token(call: Call, token: Any, kinds: Sequence[type]) -> list[Any] | None:
    """The key of a token that a client sent back, or None where it sent none.

    Each part of the key must be of the type that `kinds` has in its place, or None. Anything else is refused as a
    malformed request.
    """
    if token is None or token == "":
        return None
    call.executed("page-follows")
    try:
        key = json.loads(
            base64.b64decode(call.a_text(token, "continuationToken"), altchars=b"-_", validate=True)
        )
    except (ValueError, RecursionError):
        key = None
    if not isinstance(key, list) or len(key) != len(kinds):
        call.refuse("continuationToken is not one that this service gave.")
    for part, kind in zip(key, kinds, strict=True):
        if part is None:
            continue
        if not isinstance(part, kind):
            call.refuse("continuationToken is not one that this service gave.")
        if kind is int:
            call.a_long(part, "continuationToken")
        elif kind is str:
            call.a_storable(part, "continuationToken")
    return key


def page_size(call: Call, top: Any, largest: int = LARGEST_PAGE) -> int:
    """How many items to give: what the client asks for, as a number or in a URL, but `largest` at most."""
    if top is None:
        return largest
    if isinstance(top, str) and top.isascii() and top.isdigit() and len(top) < 10:
        top = int(top)
    wanted = call.a_long(top, "top")
    if wanted < 1:
        call.refuse("top must be at least 1.")
    if wanted > largest:
        call.executed("page-is-not-longer")
    return min(wanted, largest)
