"""The HTTPS proxy through which the processes of a script reach their workspace. It reaches nobody else.

A client that is told of it by `HTTPS_PROXY` asks for a tunnel to a host of the workspace, and in the tunnel finds a
server with a certificate for that host: this one. So code that knows nothing of the embedded workspace works, and so
does whatever it starts. Anything else that is asked for is refused at once.

It listens on a loopback address, and only who knows its password is answered: other users of the machine can reach the
port, too.
"""

from __future__ import annotations

import base64
import contextlib
import hmac
import secrets
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BufferedReader, RawIOBase
from socketserver import TCPServer
from typing import Any, cast

from werkzeug.serving import DechunkedInput

from harness.workspace.serving.answering import Answering, Reply

_ADDRESS = "127.0.0.1"
_USER = "workspace"
_STALLED_SECONDS = 60.0
"""How long the rest of a request may keep us waiting. Between requests a connection may rest as long as it likes."""
_LARGEST_BODY = 5 << 30
_PIECE = 1 << 20
_QUICK_ACK: int | None = getattr(socket, "TCP_QUICKACK", None)  # Linux has it


class Proxy(ThreadingHTTPServer):
    """The listening side. `serving` starts and ends one."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, answering: Answering, context: ssl.SSLContext) -> None:
        super().__init__((_ADDRESS, 0), _Handler)
        self.answering = answering
        self.context = context
        self._password = secrets.token_urlsafe(24)
        self._connections: set[socket.socket] = set()
        self._guard = threading.Lock()

    @property
    def url(self) -> str:
        """What a client is told, with the password."""
        return f"http://{_USER}:{self._password}@{_ADDRESS}:{self.server_port}"

    def allows(self, authorization: str | None) -> bool:
        """Whether this is the value of the header that a client sends who knows the password."""
        expected = b"Basic " + base64.b64encode(f"{_USER}:{self._password}".encode())
        return hmac.compare_digest((authorization or "").encode("latin-1", "replace"), expected)

    def server_bind(self) -> None:
        """Binds. That of an HTTP server also looks up the name of the machine, which may take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = _ADDRESS, int(self.server_address[1])

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Nothing: a client that hangs up in the middle is its own affair, and the application never raises."""

    def opened(self, connection: socket.socket) -> None:
        """A connection to end when the proxy ends."""
        with self._guard:
            self._connections.add(connection)

    def closed(self, connection: socket.socket) -> None:
        """The connection has ended by itself."""
        with self._guard:
            self._connections.discard(connection)

    def hang_up(self) -> None:
        """Ends all connections."""
        with self._guard:
            connections = list(self._connections)
        for connection in connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


@contextmanager
def serving(answering: Answering, context: ssl.SSLContext) -> Iterator[Proxy]:
    """A proxy that serves while the block is open."""
    with Proxy(answering, context) as proxy:
        thread = threading.Thread(target=proxy.serve_forever, args=(0.05,), name="embedded-workspace-proxy")
        thread.daemon = True
        thread.start()
        try:
            yield proxy
        finally:
            proxy.shutdown()
            thread.join()
            proxy.hang_up()


class _Received(RawIOBase):
    """What comes through a connection, acknowledged at once.

    Where a client goes through a proxy, urllib3 leaves Nagle's algorithm on: each request's body would wait until the
    system acknowledges its head, which takes 40 ms.
    """

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        """Reads what is there, at least one byte; 0 is the end."""
        count = self._connection.recv_into(buffer)
        if _QUICK_ACK is not None and count:
            self._connection.setsockopt(socket.IPPROTO_TCP, _QUICK_ACK, 1)
        return count


class _Handler(BaseHTTPRequestHandler):
    """One connection: first the request for a tunnel, then the requests within it."""

    server: Proxy
    protocol_version = default_request_version = "HTTP/1.1"
    timeout = _STALLED_SECONDS
    disable_nagle_algorithm = True
    rbufsize = wbufsize = 1 << 16

    host: str | None = None
    """The host to which the client has its tunnel, once it has one."""

    def setup(self) -> None:
        super().setup()
        self.server.opened(self.connection)

    def finish(self) -> None:
        """Ends the connection, also the one within the tunnel, which the server does not know of."""
        with contextlib.suppress(OSError, ValueError):
            super().finish()
        self.server.closed(self.connection)
        if self.host is not None:
            with contextlib.suppress(OSError):
                self.connection.close()

    def parse_request(self) -> bool:
        """As the original; from here to the end of the request a client must not stall."""
        self.connection.settimeout(_STALLED_SECONDS)
        return super().parse_request()

    def handle_one_request(self) -> None:
        """As the original; a client that knows the password may think as long as it likes before a request."""
        if self.host is not None:
            self.connection.settimeout(None)
        try:
            super().handle_one_request()
        except (OSError, HTTPException, ValueError):
            self.close_connection = True

    def do_CONNECT(self) -> None:
        """Opens the tunnel, to a host of the workspace only."""
        host = self.path.rpartition(":")[0].lower()
        if self.host is not None:
            self.send_error(400, "there is a tunnel already")
            return
        if not self._is_known():
            return
        if host not in self.server.answering.hosts or not self.path.endswith(":443"):
            self._refuse(f"{self.command} {self.path}")
            return
        self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        self.wfile.flush()
        self.server.closed(self.connection)
        self.connection = self.server.context.wrap_socket(self.connection, server_side=True)
        self.server.opened(self.connection)
        self.rfile = BufferedReader(_Received(self.connection), self.rbufsize)
        self.wfile = self.connection.makefile("wb", self.wbufsize)
        self.host = host
        self.close_connection = False

    def _answer(self) -> None:
        if self.host is None:
            if self._is_known():
                self._refuse(f"{self.command} {self.path}")
            return
        try:
            body = self._body()
        except (OSError, ValueError) as error:
            self.send_error(400, f"the body cannot be read: {error}")
            return
        if not self.path.startswith("/"):
            self.send_error(400, "the target of a request is a path")
            return
        url = f"https://{self.host}{self.path}"
        self._send(self.server.answering.answer(self.command, url, self.headers.items(), body))

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer

    def _is_known(self) -> bool:
        if self.server.allows(self.headers.get("Proxy-Authorization")):
            return True
        self.close_connection = True
        challenge = ("Proxy-Authenticate", 'Basic realm="embedded workspace"')
        self._send(_plain(407, "this proxy serves one script only, which knows its password", challenge))
        return False

    def _refuse(self, what: str) -> None:
        why = "no host outside is reachable from a script that runs against an embedded workspace"
        self.close_connection = True
        self._send(_plain(403, self.server.answering.note(f"{what}: {why}")))

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            dechunked = cast("Any", DechunkedInput(cast("Any", self.rfile)))
            chunks, pieces, size = BufferedReader(dechunked, _PIECE), list[bytes](), 0
            while piece := chunks.read(_PIECE):
                pieces.append(piece)
                size += len(piece)
                if size > _LARGEST_BODY:
                    raise ValueError("it is too long")
            return b"".join(pieces)
        text = self.headers.get("Content-Length", "0").strip()
        if not (text.isascii() and text.isdigit()) or int(text) > _LARGEST_BODY:
            raise ValueError(f"its length is {text[:40]!r}")
        left, pieces = int(text), []
        while left:
            pieces.append(self.rfile.read(min(left, _PIECE)))
            left -= len(pieces[-1])
            if not pieces[-1]:
                raise ValueError("it ends too early")
        return b"".join(pieces)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuses a request that cannot be read. Never with 5xx, which clients repeat."""
        self.close_connection = True
        self._send(_plain(code if code < 500 else 400, message or "the request cannot be read"))

    def handle_expect_100(self) -> bool:
        """As the original; the client waits for it."""
        known = super().handle_expect_100()
        self.wfile.flush()
        return known

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the error stream is the script's."""

    def _send(self, reply: Reply) -> None:
        # A client that asked for a tunnel gets to see the reason only.
        reason = _printable(reply.body) if self.host is None else None
        self.send_response(reply.status, reason)
        for name, value in reply.headers:
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(reply.body)


def _plain(status: int, message: str, *headers: tuple[str, str]) -> Reply:
    body = message.encode("utf-8", "replace")
    fields = [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body))), *headers]
    return Reply(status, fields, body)


def _printable(text: bytes) -> str:
    return "".join(chr(byte) if 32 <= byte < 127 else "?" for byte in text)
