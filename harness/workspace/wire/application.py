"""The WSGI application of one workspace: finds the route, calls its handler, writes the answer.

It knows no service.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING
from urllib.parse import unquote

from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES
from werkzeug.routing import BaseConverter, Map, Rule
from werkzeug.wrappers import Request

from harness.workspace.errors import HandlerFailed, UnservedRequest
from harness.workspace.rules.storage import Store
from harness.workspace.wire.calls import WORKSPACE, Answer, Call, NotBuilt, Route, ServiceError
from harness.workspace.wire.envelopes import error_envelope

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


class _Rest(BaseConverter):
    """All that follows in a path, whatever it is: nothing, or with slashes at its ends and within."""

    part_isolating = False
    regex = ".*?"
    weight = 300


class Application:
    """Serves the routes that it is given, on the hosts of one workspace."""

    def __init__(
        self, store: Store, routes: Sequence[tuple[str, Route]], executed: Callable[[str], None]
    ) -> None:
        """`routes` pairs each route with its host; `executed` is told what handlers execute."""
        self._store = store
        self._executed = executed
        # Paths are matched still quoted, and their parts are unquoted after: a slash within a name stays
        # within it.
        rules = [
            Rule(route.path, host=host, methods=[route.method], endpoint=route) for host, route in routes
        ]
        routing = Map(
            rules,
            host_matching=True,
            strict_slashes=False,
            merge_slashes=False,
            redirect_defaults=False,
            converters={"rest": _Rest},
        )
        self._adapters = {host: routing.bind(host, url_scheme="https") for host, _ in routes}

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answers one request.

        Raises `UnservedRequest` where no route matches or its handler cannot do what is asked, and
        `HandlerFailed` where a handler breaks: neither has an answer that the client would not misread.
        """
        request = Request(environ)
        # What names the workspace is many parts, and the same in nearly all requests: they are matched as one.
        path = environ["RAW_PATH"].replace(self._store.identity.scope, WORKSPACE, 1)
        try:
            route, args = self._adapters[environ["HTTP_HOST"]].match(path, method=request.method)
        except (HTTPException, KeyError) as error:
            raise UnservedRequest(
                request.method, request.url, "the embedded workspace has no such route"
            ) from error
        call = Call(
            method=request.method,
            args={name: unquote(value) for name, value in args.items()},
            query=request.args,
            headers=request.headers,
            body=request.get_data(),
            store=self._store,
            executed=self._executed,
        )
        answer = self._answer(route, call, request)
        try:
            return _send(answer, start_response)
        except (ValueError, TypeError, RecursionError) as error:
            raise HandlerFailed(f"{request.method} {request.url}: the answer is no JSON: {error}") from error

    def _answer(self, route: Route, call: Call, request: Request) -> Answer:
        try:
            return route.handler(call)
        except ServiceError as error:
            if route.refusal is not None:
                return route.refusal(error, self._store.identity)
            self._executed("error-envelope")
            return Answer(error_envelope(error, self._store.identity), status=error.status)
        except NotBuilt as error:
            raise UnservedRequest(request.method, request.url, str(error)) from error
        except Exception as error:
            raise HandlerFailed(f"{request.method} {request.url}: {type(error).__name__}: {error}") from error


def _send(answer: Answer, start_response: StartResponse) -> list[bytes]:
    headers = dict(answer.headers)
    if answer.payload is None:
        body = b""
    elif isinstance(answer.payload, bytes):
        body = answer.payload
    else:
        body = json.dumps(answer.payload, allow_nan=False).encode()
        headers.setdefault("Content-Type", "application/json; charset=utf-8")
    headers.setdefault("Content-Length", str(len(body)))
    reason = HTTP_STATUS_CODES.get(answer.status, "")
    start_response(f"{answer.status} {reason}", list(headers.items()))
    return [body]
