"""The proxy through which other processes reach a workspace: HTTP as clients speak it, and who is let in."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import socket
import ssl
import stat
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from harness.workspace.errors import HandlerFailed, UnservedRequest
from harness.workspace.rules.identity import Identity
from harness.workspace.serving.answering import Answering
from harness.workspace.serving.certificates import Certificates, make_certificates
from harness.workspace.serving.proxy import Proxy, serving

IDENTITY = Identity(uuid.UUID(int=7))


@pytest.fixture(autouse=True)
def no_network() -> list[str]:
    """The proxy is on the network, on a loopback address."""
    return []


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(IDENTITY.hosts, tmp_path_factory.mktemp("certificates"))


def echo(environ: dict[str, Any], start_response: Any) -> list[bytes]:
    """Tells what has arrived; some paths are those of a workspace that is in trouble."""
    method, path = environ["REQUEST_METHOD"], environ["RAW_PATH"]
    if "unserved" in path:
        raise UnservedRequest(method, f"https://{environ['HTTP_HOST']}{path}", "no <such> route")
    if path == "/breaks":
        raise HandlerFailed(f"{method} {path}: KeyError: 'x'")
    if path == "/raises":
        raise KeyError("x")
    body = environ["wsgi.input"].read()
    told = {
        "method": method,
        "host": environ["HTTP_HOST"],
        "path": path,
        "query": environ["QUERY_STRING"],
        "length": len(body),
        "digest": hashlib.sha256(body).hexdigest(),
        "header": environ.get("HTTP_X_MS_BLOB_TYPE"),
    }
    content = json.dumps(told).encode()
    start_response("200 OK", [("Content-Length", str(len(content))), ("ETag", '"e"')])
    return [content]


@pytest.fixture
def answering() -> Answering:
    return Answering(echo, IDENTITY)


@pytest.fixture
def proxy(answering: Answering, certificates: Certificates) -> Iterator[Proxy]:
    with serving(answering, certificates.context()) as opened:
        yield opened


def credentials(proxy: Proxy, password: str | None = None) -> dict[str, str]:
    url = urlsplit(proxy.url)
    text = f"{url.username}:{url.password if password is None else password}"
    return {"Proxy-Authorization": "Basic " + base64.b64encode(text.encode()).decode()}


@pytest.fixture
def tunnel(proxy: Proxy, certificates: Certificates) -> Iterator[http.client.HTTPSConnection]:
    context = ssl.create_default_context(cafile=str(certificates.authority))
    connection = http.client.HTTPSConnection("127.0.0.1", proxy.server_port, context=context, timeout=20)
    connection.set_tunnel(IDENTITY.api_host, 443, headers=credentials(proxy))
    yield connection
    connection.close()


def ask(connection: http.client.HTTPConnection, *request: Any, **more: Any) -> tuple[int, bytes]:
    connection.request(*request, **more)
    response = connection.getresponse()
    return response.status, response.read()


def plain(proxy: Proxy) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", proxy.server_port, timeout=20)


def test_a_request_arrives_as_it_was_sent(tunnel: http.client.HTTPSConnection) -> None:
    status, body = ask(tunnel, "PUT", "/a%2Fb/c?d=%20e", body=b"123", headers={"x-ms-blob-type": "BlockBlob"})
    told = json.loads(body)
    assert (status, told.pop("digest")) == (200, hashlib.sha256(b"123").hexdigest())
    assert told == {
        "method": "PUT",
        "host": IDENTITY.api_host,
        "path": "/a%2Fb/c",
        "query": "d=%20e",
        "length": 3,
        "header": "BlockBlob",
    }


def test_one_connection_serves_many_requests(tunnel: http.client.HTTPSConnection) -> None:
    ask(tunnel, "GET", "/first")
    used = tunnel.sock
    for number in range(20):
        assert ask(tunnel, "POST", f"/{number}", body=b"x" * number)[0] == 200
    assert tunnel.sock is used


def test_an_answer_to_head_has_the_length_but_no_body(tunnel: http.client.HTTPSConnection) -> None:
    tunnel.request("HEAD", "/x")
    response = tunnel.getresponse()
    assert int(response.headers["Content-Length"]) > 0
    assert (response.headers["ETag"], response.read()) == ('"e"', b"")
    assert ask(tunnel, "GET", "/after")[0] == 200


@pytest.mark.parametrize("pieces", [[b"abc"], [b"a" * 70_000, b"", b"b" * 5], []])
def test_a_body_in_chunks_arrives_whole(tunnel: http.client.HTTPSConnection, pieces: list[bytes]) -> None:
    whole = b"".join(pieces)
    status, body = ask(tunnel, "POST", "/x", body=iter(filter(None, pieces)), encode_chunked=True)
    assert (status, json.loads(body)["digest"]) == (200, hashlib.sha256(whole).hexdigest())
    assert ask(tunnel, "GET", "/after")[0] == 200


def test_a_body_of_100_mb_arrives_whole(tunnel: http.client.HTTPSConnection) -> None:
    whole = bytes(range(250)) * 400_000
    told = json.loads(ask(tunnel, "PUT", "/x", body=whole)[1])
    assert (told["length"], told["digest"]) == (100_000_000, hashlib.sha256(whole).hexdigest())


def test_a_client_that_asks_whether_to_go_on_is_told_so(tunnel: http.client.HTTPSConnection) -> None:
    tunnel.connect()
    assert tunnel.sock is not None
    tunnel.sock.sendall(b"PUT /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
    assert tunnel.sock.recv(1000).startswith(b"HTTP/1.1 100 ")
    tunnel.sock.sendall(b"abc")
    assert tunnel.sock.recv(1000).startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("path", ["/history/unserved", "/mlflow/unserved", "/breaks", "/raises"])
def test_what_is_not_served_is_refused_by_name_and_noted(
    tunnel: http.client.HTTPSConnection, answering: Answering, path: str
) -> None:
    status, body = ask(tunnel, "POST", path, body=b"{}")
    message = json.loads(body)["error"]["message"]
    assert status == 400
    assert "POST" in message
    assert path in message
    assert answering.unserved == [message]
    assert (json.loads(body).get("message") == message) == path.startswith("/mlflow/")


def test_what_blob_storage_does_not_serve_is_refused_as_it_refuses(
    proxy: Proxy, certificates: Certificates, answering: Answering
) -> None:
    context = ssl.create_default_context(cafile=str(certificates.authority))
    connection = http.client.HTTPSConnection("127.0.0.1", proxy.server_port, context=context, timeout=20)
    connection.set_tunnel(IDENTITY.cloud_blob_host, 443, headers=credentials(proxy))
    status, body = ask(connection, "PUT", "/unserved")
    assert status == 400
    assert b"<Code>NotServed</Code>" in body
    assert f"PUT https://{IDENTITY.cloud_blob_host}/unserved: no &lt;such&gt; route".encode() in body
    assert len(answering.unserved) == 1
    connection.close()


def test_no_other_host_is_reached(proxy: Proxy, answering: Answering) -> None:
    for host, port in (("example.com", 443), (IDENTITY.api_host, 80), ("127.0.0.1", proxy.server_port)):
        connection = plain(proxy)
        connection.set_tunnel(host, port, headers=credentials(proxy))
        with pytest.raises(OSError, match=rf"403 CONNECT {host}:{port}"):
            connection.connect()
        assert answering.unserved[-1].startswith(f"CONNECT {host}:{port}: ")
        connection.close()
    connection = plain(proxy)
    status, body = ask(connection, "GET", "http://example.com/x?y", headers=credentials(proxy))
    assert (status, body.split(b": ")[0]) == (403, b"GET http://example.com/x?y")
    assert len(answering.unserved) == 4
    connection.close()


@pytest.mark.parametrize("password", ["", "wrong", None])
def test_only_who_knows_the_password_is_served(
    proxy: Proxy, answering: Answering, password: str | None
) -> None:
    connection = plain(proxy)
    headers = {} if password is None else credentials(proxy, password)
    connection.set_tunnel(IDENTITY.api_host, 443, headers=headers)
    with pytest.raises(OSError, match="407"):
        connection.connect()
    connection.close()
    connection = plain(proxy)
    assert ask(connection, "GET", "http://example.com/", headers=headers)[0] == 407
    assert answering.unserved == []
    connection.close()


@pytest.mark.parametrize(
    "request_text",
    [
        b"nonsense\r\n\r\n",
        b"GET / HTTP/3.7\r\n\r\n",
        b"FOO / HTTP/1.1\r\n\r\n",
        b"GET https://elsewhere/ HTTP/1.1\r\n\r\n",
        b"POST /x HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST /x HTTP/1.1\r\nContent-Length: 1e3\r\n\r\n",
        b"POST /x HTTP/1.1\r\nContent-Length: " + b"9" * 30 + b"\r\n\r\n",
        b"POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 200 + b"\r\n",
        b"CONNECT example.com:443 HTTP/1.1\r\n\r\n",
    ],
)
def test_a_malformed_request_is_refused_with_4xx(
    tunnel: http.client.HTTPSConnection, request_text: bytes
) -> None:
    tunnel.connect()
    assert tunnel.sock is not None
    tunnel.sock.sendall(request_text)
    version, status = tunnel.sock.recv(1000).split()[:2]
    assert version.startswith(b"HTTP/1.")
    assert 400 <= int(status) < 500
    with suppress(ConnectionError):
        while tunnel.sock.recv(1000):
            pass


def test_a_client_that_stalls_holds_nobody_up(proxy: Proxy, tunnel: http.client.HTTPSConnection) -> None:
    with socket.create_connection(("127.0.0.1", proxy.server_port)) as stalled:
        stalled.sendall(b"CONNECT ")
        assert ask(tunnel, "GET", "/x")[0] == 200


def test_it_listens_on_a_loopback_address_and_is_gone_afterwards(
    answering: Answering, certificates: Certificates
) -> None:
    with serving(answering, certificates.context()) as proxy:
        address, port = proxy.socket.getsockname()
        held = socket.create_connection((address, port))
        assert ask(plain(proxy), "GET", "/")[0] == 407
    assert address == "127.0.0.1"
    held.settimeout(20)
    assert held.recv(10) == b""
    held.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((address, port))


def test_only_the_owner_can_read_the_key_and_that_of_the_authority_is_nowhere(tmp_path: Path) -> None:
    folder = tmp_path / "certificates"
    folder.mkdir()
    made = make_certificates(IDENTITY.hosts, folder)
    assert sorted(folder.iterdir()) == sorted([made.authority, made.server])
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert b"PRIVATE" not in made.authority.read_bytes()
    assert made.server.read_bytes().count(b"BEGIN PRIVATE KEY") == 1


def test_the_certificate_is_for_the_hosts_of_the_workspace_only(
    proxy: Proxy, certificates: Certificates
) -> None:
    context = ssl.create_default_context(cafile=str(certificates.authority))
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    for host, good in ((IDENTITY.api_host, True), (IDENTITY.blob_host, True), ("example.com", False)):
        connection = plain(proxy)
        connection.set_tunnel(IDENTITY.api_host, 443, headers=credentials(proxy))
        connection.connect()
        if good:
            context.wrap_socket(connection.sock, server_hostname=host).close()
        else:
            with pytest.raises(ssl.SSLCertVerificationError):
                context.wrap_socket(connection.sock, server_hostname=host)
        connection.close()
