"""Answers requests of this process without a network, where `requests` hands them to the wire.

All HTTP of the SDK ends in `requests.adapters.HTTPAdapter.send`. The first workspace that opens replaces that
method, once for the life of the process; nothing is ever put back, so no order of opening and closing can go
wrong. What the replacement does depends only on the registry below, a mutable global: a method of a
class that everybody shares has nowhere else to look. (`forking` has the only other one.)

- A host of an open workspace: its application answers. Proxies, certificates and timeouts play no part.
- A host of a workspace that was closed: `WorkspaceClosed`, as long as the process lives.
- Any other host: while a workspace is open `UnservedRequest`, except for loopback addresses; while none is
  open the request goes on as if this module did not exist.
"""

from __future__ import annotations

import io
import ipaddress
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import urllib3
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter

from harness.workspace.clients.environment import restore_environment, set_environment
from harness.workspace.errors import UnservedRequest, WorkspaceClosed, WorkspaceInUse
from harness.workspace.forking import kept_from_forks
from harness.workspace.wire.environs import environ_of

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication

_OURS = "_answers_for_embedded_workspaces"


class Site:
    """The hosts of one open workspace, and the requests that are on their way to it."""

    def __init__(
        self,
        hosts: tuple[str, ...],
        application: WSGIApplication,
        see: Callable[[str, str], None],
        unserved: Callable[[str], None],
    ) -> None:
        """`see` is told method and URL of each request, `unserved` of each that fails for want of a route."""
        self.hosts = hosts
        self.unserved = unserved
        self._application = application
        self._see = see
        self._idle = threading.Condition(kept_from_forks(threading.RLock()))
        self._requests = 0
        self._closed = False

    def answer(self, adapter: HTTPAdapter, request: PreparedRequest) -> Response:
        """The application's response to the request."""
        with self._idle:
            if self._closed:
                raise WorkspaceClosed(str(request.method), str(request.url))
            self._requests += 1
        try:
            self._see(str(request.method), str(request.url))
            return _through_wsgi(self._application, adapter, request)
        finally:
            with self._idle:
                self._requests -= 1
                self._idle.notify_all()

    def refuse_and_wait(self, seconds: float) -> None:
        """Lets no new request in, and waits for those inside, at most so long."""
        end = time.monotonic() + seconds
        with self._idle:
            self._closed = True
            while self._requests and (left := end - time.monotonic()) > 0:
                self._idle.wait(left)


class _Registry:
    """Which hosts are open now, which were, and what the environment was before the first of them."""

    def __init__(self) -> None:
        self._lock = kept_from_forks(threading.RLock())
        self._sites: dict[str, Site | None] = {}
        self._environment: Mapping[str, str | None] = {}

    def open(self, site: Site) -> None:
        with self._lock:
            if any(self._sites.get(host) for host in site.hosts):
                raise WorkspaceInUse("this folder, or a copy of it, is already open in this process")
            if not self.open_sites():
                self._environment = set_environment()
            self._sites.update(dict.fromkeys(site.hosts, site))
            _install(self)

    def close(self, site: Site) -> None:
        with self._lock:
            self._sites.update(dict.fromkeys(site.hosts))
            if not self.open_sites():
                restore_environment(self._environment)

    def open_sites(self) -> list[Site]:
        with self._lock:
            return list({id(site): site for site in self._sites.values() if site}.values())

    def find(self, request: PreparedRequest) -> Site | None:
        """Who answers; None if the request is none of ours. Raises where it must not go anywhere."""
        method, url = str(request.method), str(request.url)
        host = urlsplit(url).hostname or ""
        with self._lock:
            if host in self._sites:
                site = self._sites[host]
                if site is None:
                    raise WorkspaceClosed(method, url)
                return site
            sites = self.open_sites()
        if sites and not _is_loopback(host):
            error = UnservedRequest(
                method, url, "no host outside is reachable while an embedded workspace is open"
            )
            for site in sites:
                site.unserved(str(error))
            raise error
        return None


_registry = _Registry()
open_site = _registry.open
close_site = _registry.close


def _install(registry: _Registry) -> None:
    previous = HTTPAdapter.send
    if getattr(previous, _OURS, False):
        return

    def send(self: HTTPAdapter, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        site = registry.find(request)
        if site is None:
            return previous(self, request, *args, **kwargs)
        try:
            return site.answer(self, request)
        except UnservedRequest as error:
            site.unserved(str(error))
            raise

    setattr(send, _OURS, True)
    HTTPAdapter.send = send  # type: ignore[method-assign]


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _through_wsgi(application: WSGIApplication, adapter: HTTPAdapter, request: PreparedRequest) -> Response:
    status = 0
    headers: list[tuple[str, str]] = []

    def start_response(
        line: str, fields: list[tuple[str, str]], _error: Any = None
    ) -> Callable[[bytes], object]:
        nonlocal status, headers
        status, headers = int(line.split(" ", 1)[0]), fields
        return lambda _: None

    body = b"".join(application(_environ(request), start_response))
    fields = urllib3.HTTPHeaderDict()
    for name, value in headers:
        fields.add(name, value)
    response = urllib3.HTTPResponse(
        # A response to HEAD announces the length of a body that it does not have; urllib3 must know which one
        # it is.
        body=io.BytesIO(b"" if request.method == "HEAD" else body),
        headers=fields,
        status=status,
        preload_content=False,
        request_method=request.method,
    )
    return adapter.build_response(request, response)  # type: ignore[no-untyped-call, no-any-return, unused-ignore]


def _environ(request: PreparedRequest) -> dict[str, Any]:
    headers = ((name, _text(value)) for name, value in request.headers.items())
    return environ_of(str(request.method), str(request.url), headers, _body(request.body))


def _body(body: Any) -> bytes:
    if body is None:
        return b""
    if isinstance(body, str):
        return body.encode("utf-8")
    if isinstance(body, (bytes, bytearray)):
        return bytes(body)
    if hasattr(body, "read"):
        return _body(body.read())
    return b"".join(_body(part) for part in body)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value
