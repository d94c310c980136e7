"""What can go wrong between a client and the embedded workspace. Exceptions only; no behaviour lives here.

The faults derive from `BaseException`, as `pytest.fail` does and for the same reason: they must reach the
person who runs the code. The client of SDK v1 turns any `Exception` while it lists metrics into "no metrics",
and its retry code repeats what derives from `ConnectionError`, from the exceptions of `requests`, `urllib3`
and `http.client`, and from `AzureHttpError`. One place in it (the upload of a batch of metrics) catches
`BaseException`, waits three seconds and tries once more; the second failure comes through.
"""

from __future__ import annotations


class WorkspaceFault(BaseException):
    """A request that got no answer. Not an `Exception`; the module says why."""


class UnservedRequest(WorkspaceFault):
    """A request that no route of the embedded workspace serves, or that goes to a host outside it.

    `method` and `url` say which. It is raised where the request was sent, and noted in
    `EmbeddedWorkspace.unserved`.
    """

    def __init__(self, method: str, url: str, why: str) -> None:
        super().__init__(f"{method} {url}: {why}")
        self.method = method
        self.url = url


class WorkspaceClosed(WorkspaceFault):
    """A request to a host of an embedded workspace that is not open any more.

    Such hosts stay refused as long as the process lives, so what a late thread sends can never reach a
    network.
    """

    def __init__(self, method: str, url: str) -> None:
        super().__init__(f"{method} {url}: the embedded workspace of this host is closed")
        self.method = method
        self.url = url


class HandlerFailed(WorkspaceFault):
    """The embedded workspace itself broke while it answered a request; `__cause__` is the bug.

    A failure is never turned into a 5xx answer: the client would repeat the request for minutes.
    """


class WorkspaceInUse(RuntimeError):
    """The folder, or a copy of it, is already open in this process."""


class UnservedRequestWarning(UserWarning):
    """Given when a workspace closes after requests that it could not serve."""
