"""Discovery: tells a client on which host each service is. The only route that names no workspace in its path."""

from __future__ import annotations

from harness.workspace.wire.calls import Answer, Call, Route

SERVICES = ("api", "experimentation", "history", "hyperdrive", "modelmanagement", "studio")
"""The services that the client of SDK v1 asks for; all of them are on one host here."""


def get(call: Call) -> Answer:
    """The base address of each service."""
    call.executed("discovery-names-services")
    return Answer(dict.fromkeys(SERVICES, f"https://{call.identity.api_host}"))


ROUTE = Route("GET", "/discovery", get)
