"""What a handler gets, what it gives back, and how it reads what a client sent.

No route and no state lives here.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from werkzeug.datastructures import Headers

from harness.workspace.rules import times
from harness.workspace.rules.identity import Identity
from harness.workspace.rules.storage import Store

WORKSPACE = "/{workspace}"
"""Stands in the path of a route for the part of a URL that names the workspace; no URL has such characters."""

_LARGEST_LONG = 2**63 - 1
_DEEPEST = 64


class ServiceError(Exception):
    """A refusal such as the real service gives; it becomes an answer in the service's envelope."""

    def __init__(self, status: int, code: str, message: str, *, kind: str = "UserError") -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.kind = kind
        """The outermost code. Where it is `code` itself there is no inner one."""


class NotBuilt(Exception):
    """The request asks for something that this stand-in does not do; it becomes an `UnservedRequest`."""


@dataclass(frozen=True)
class Call:
    """One request: `args` are the parts of its path, and `executed` notes the behaviour that answers it."""

    method: str
    args: Mapping[str, str]
    query: Mapping[str, str]
    headers: Headers
    body: bytes
    store: Store
    executed: Callable[[str], None]

    @property
    def identity(self) -> Identity:
        """Who is asked."""
        return self.store.identity

    def json(self) -> dict[str, Any]:
        """The body, which must be a JSON object.

        NaN and infinities may stand bare, as the client writes them.
        """
        return self.an_object(self.parsed(), "The body")

    def parsed(self) -> Any:
        """The body, which must be JSON of whatever kind."""
        try:
            return json.loads(self.body.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            self.refuse(f"The body is not JSON: {error}")

    def an_object(self, value: Any, what: str) -> dict[str, Any]:
        """The value, which must be a JSON object."""
        return value if isinstance(value, dict) else self.refuse(f"{what} must be an object.")

    def an_object_or_none(self, value: Any, what: str) -> dict[str, Any]:
        """The value, which must be a JSON object, or null for an empty one."""
        return {} if value is None else self.an_object(value, what)

    def a_list(self, value: Any, what: str) -> list[Any]:
        """The value, which must be a JSON array."""
        return value if isinstance(value, list) else self.refuse(f"{what} must be an array.")

    def a_text(self, value: Any, what: str) -> str:
        """The value, which must be a JSON string."""
        return value if isinstance(value, str) else self.refuse(f"{what} must be a string.")

    def a_storable(self, value: Any, what: str) -> str:
        """The value, which must be a JSON string that can be an id or a name: without halves of surrogate pairs."""
        text = self.a_text(value, what)
        try:
            text.encode()
        except UnicodeEncodeError:
            self.refuse(f"{what} has half of a surrogate pair.")
        return text

    def a_long(self, value: Any, what: str) -> int:
        """The value, which must be a whole number of 64 bits."""
        if (
            isinstance(value, int)
            and not isinstance(value, bool)
            and -_LARGEST_LONG - 1 <= value <= _LARGEST_LONG
        ):
            return value
        return self.refuse(f"{what} must be a whole number of 64 bits.")

    def a_time(self, value: Any, what: str) -> int:
        """The value, which must be an ISO 8601 time, in ticks."""
        try:
            return times.parse_time(self.a_text(value, what))
        except (ValueError, OverflowError) as error:
            return self.refuse(f"{what}: {error}")

    def plain(self, value: Any, what: str) -> Any:
        """The value, which must be JSON that can be given back: not nested too deeply, without NaN and infinities."""
        values, depth = [value], 0
        while values:
            if depth > _DEEPEST:
                self.refuse(f"{what} is nested more than {_DEEPEST} deep.")
            if any(isinstance(one, float) and not math.isfinite(one) for one in values):
                self.refuse(f"{what} has a number that is not finite.")
            values = [
                inner
                for one in values
                if isinstance(one, (dict, list))
                for inner in (one.values() if isinstance(one, dict) else one)
            ]
            depth += 1
        return value

    def refuse(self, message: str) -> NoReturn:
        """Raises the service's answer to a malformed request."""
        self.executed("request-malformed")
        raise ServiceError(400, "BadArgument", message)


@dataclass(frozen=True)
class Answer:
    """A response. `payload` is sent as JSON unless it is bytes; None is an empty body."""

    payload: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Handler = Callable[[Call], Answer]


Refusal = Callable[[ServiceError, Identity], Answer]
"""How a service writes a refusal."""


@dataclass(frozen=True)
class Route:
    """A path, with `<name>` for each part that varies, and who answers there."""

    method: str
    path: str
    handler: Handler
    refusal: Refusal | None = None
    """How the service of this route writes a refusal (None: as run history does)."""
