"""Turns a request of another process into an answer. How it came and how the answer goes back is in `proxy`.

In this process a request that is not served raises where it was sent. Here that is not possible: it is answered with
status 400, which no client repeats and none takes for "there is no such thing", with a message that names method and
URL, and it is noted for whoever started the script.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from harness.workspace.errors import HandlerFailed, UnservedRequest
from harness.workspace.rules.identity import Identity
from harness.workspace.wire.calls import ServiceError
from harness.workspace.wire.envelopes import error_envelope
from harness.workspace.wire.environs import environ_of

Application = Callable[[dict[str, Any], Callable[..., Any]], Any]
Headers = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Reply:
    """What goes back to a client."""

    status: int
    headers: Headers
    body: bytes


class Answering:
    """Answers for one workspace, from several threads."""

    def __init__(self, application: Application, identity: Identity) -> None:
        self._application = application
        self._identity = identity
        self._lock = threading.Lock()
        self._unserved: list[str] = []

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts that are answered for."""
        return frozenset(self._identity.hosts)

    @property
    def unserved(self) -> list[str]:
        """Each request so far that was not served: method, URL, why. In the order of their arrival."""
        with self._lock:
            return list(self._unserved)

    def note(self, message: str) -> str:
        """Notes a request that is not served, and gives the message back as one line."""
        message = " ".join(message.split())
        with self._lock:
            self._unserved.append(message)
        return message

    def answer(self, method: str, url: str, headers: Headers, body: bytes) -> Reply:
        """What the application says; it never raises."""
        sent: list[tuple[str, Headers]] = []
        try:
            parts = self._application(
                environ_of(method, url, headers, body),
                lambda line, fields, _=None: sent.append((line, fields)),
            )
            content = b"".join(parts)
        except UnservedRequest as error:
            return self._refusal(url, str(error))
        except HandlerFailed as error:
            return self._refusal(url, f"the embedded workspace itself broke: {error}")
        except Exception as error:
            why = f"{type(error).__name__}: {error}"
            return self._refusal(url, f"the embedded workspace itself broke: {method} {url}: {why}")
        line, fields = sent[-1]
        return Reply(int(line.split(" ", 1)[0]), fields, content)

    def _refusal(self, url: str, message: str) -> Reply:
        message = self.note(message)
        parts = urlsplit(url)
        if parts.hostname != self._identity.api_host:
            xml = f"<?xml version='1.0' encoding='utf-8'?><Error><Code>NotServed</Code><Message>{escape(message)}"
            body = f"{xml}</Message></Error>".encode("utf-8", "replace")
            return Reply(400, _fields("application/xml", body, ("x-ms-error-code", "NotServed")), body)
        shown = error_envelope(ServiceError(400, "NotServed", message), self._identity)
        if parts.path.startswith("/mlflow/"):
            # MLflow shows these two.
            shown = {**shown, "error_code": "BAD_REQUEST", "message": message}
        body = json.dumps(shown).encode()
        return Reply(400, _fields("application/json; charset=utf-8", body), body)


def _fields(content_type: str, body: bytes, *more: tuple[str, str]) -> Headers:
    return [("Content-Type", content_type), ("Content-Length", str(len(body))), *more]
