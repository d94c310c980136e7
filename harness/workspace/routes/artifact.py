"""The artifact service, as far as `get_details` asks it: runs have no artifacts yet."""

from __future__ import annotations

from harness.workspace.calls import Answer, Call, Route


def list_by_prefix(call: Call) -> Answer:
    """The artifacts of a run under a prefix."""
    call.executed("artifact-none-listed")
    return Answer({"value": [], "continuationToken": None})


ROUTES = (
    Route(
        "GET",
        "/artifact/v2.0/artifacts/prefix/contentinfo/<origin>/<container>/<path:prefix>",
        list_by_prefix,
    ),
)
