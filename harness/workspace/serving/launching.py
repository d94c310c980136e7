"""Runs an unmodified script against a workspace, as a job of Azure compute runs it: with a run of its own.

The launcher makes the run, starts the script, serves whatever the script and its children ask for, and writes down how
it ended. What the requests mean is the application's business, as ever.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from harness.workspace.clients.attaching import Attachment, variables_of
from harness.workspace.clients.environment import WHILE_OPEN
from harness.workspace.routes import routes_of
from harness.workspace.rules.managing import manage, move
from harness.workspace.rules.storage import Store
from harness.workspace.serving import child_start
from harness.workspace.serving.answering import Answering
from harness.workspace.serving.certificates import Certificates, make_certificates
from harness.workspace.serving.children import Stops
from harness.workspace.serving.proxy import serving
from harness.workspace.wire.application import Application

_PREFIX = "embedded-workspace-"
_LOOPBACK = "localhost,127.0.0.1,::1"


@dataclass(frozen=True)
class Launch:
    """What to run: the command, for a new run of an experiment in the workspace of a folder.

    Attributes:
        folder: That of the workspace.
        experiment: The name of the experiment.
        script_name: What the run says of its script.
        command: The command and its arguments.
        at_start: Python that each Python process of the script runs when it starts, beside what the workspace needs.
        output: The file descriptor that the script gets as its standard output; None for that of this process.
    """

    folder: Path
    experiment: str
    script_name: str
    command: Sequence[str]
    at_start: str | None = None
    output: int | None = None


@dataclass(frozen=True)
class Launched:
    """How it went. `code` is the exit code, or the negative number of the signal that ended the script."""

    run_id: str
    status: str
    code: int
    stopped_by: signal.Signals | None
    """The signal by which the launcher was told to stop, if it was."""
    unserved: Sequence[str]
    """Each request that was not served: method, URL, why."""


def launch(what: Launch, started: Callable[[str], None]) -> Launched:
    """Runs the command to its end. `started` is told the id of the run before the command runs.

    The run is Completed if the command ends with 0, Failed if it ends otherwise, and Canceled if this process is told
    to stop meanwhile, which also stops the command.

    Raises `OSError` if the folder cannot be written or the command not be started, and `sqlite3.Error` or `ValueError`
    if the folder's database is not that of a workspace.
    """
    stops = Stops()
    with stops.noted(), _open_store(what.folder) as store, _scratch() as scratch:
        application = Application(store, routes_of(store.identity), lambda _: None)
        answering = Answering(application, store.identity)
        certificates = make_certificates(store.identity.hosts, scratch)
        with serving(answering, certificates.context()) as proxy:
            attachment = _create(answering, store, what)
            run_id = attachment.run_id
            changes = {
                **variables_of(store.identity, attachment),
                **_ways_to(proxy.url, certificates, scratch, what.at_start),
            }
            environment = _changed(os.environ, changes)
            started(run_id)
            try:
                code = (
                    0
                    if stops.signal
                    else stops.run(
                        what.command, environment, lambda: move(store, run_id, "Running"), what.output
                    )
                )
            except OSError as error:
                move(store, run_id, "Failed", f"The script could not be started: {error}")
                raise
            if stops.signal is not None:
                status, message = "Canceled", None
            elif code == 0:
                status, message = "Completed", None
            else:
                status, message = "Failed", f"The script ended {_how(code)}."
            move(store, run_id, status, message)
    return Launched(run_id, status, code, stops.signal, answering.unserved)


def _create(answering: Answering, store: Store, what: Launch) -> Attachment:
    """A new run, which has not started, made by the requests of a client."""
    identity = store.identity
    base = f"https://{identity.api_host}/history/v1.0{identity.scope}/experiments/{quote(what.experiment, safe='')}"
    made = _ask(answering, "POST", base, None)
    run_id = str(uuid.uuid4())
    body = {"runId": run_id, "scriptName": what.script_name, "target": "local"}
    _ask(answering, "PATCH", f"{base}/runs/{run_id}", body)
    manage(store, run_id)
    return Attachment(run_id, made["experimentId"], what.experiment)


def _ask(answering: Answering, method: str, url: str, body: Any) -> Any:
    content = b"" if body is None else json.dumps(body).encode()
    reply = answering.answer(method, url, [("Content-Type", "application/json")], content)
    if reply.status != 200:
        raise ValueError(f"the workspace refuses {method} {url}: {reply.body.decode('utf-8', 'replace')}")
    return json.loads(reply.body)


@contextmanager
def _open_store(folder: Path) -> Iterator[Store]:
    store = Store(folder.resolve())
    try:
        yield store
    finally:
        store.close()


@contextmanager
def _scratch() -> Iterator[Path]:
    """A folder that only its owner can read, gone when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ways_to(
    proxy: str, certificates: Certificates, scratch: Path, at_start: str | None
) -> dict[str, str | None]:
    """The variables by which clients go through the proxy and trust it, whatever the user has set."""
    site = scratch / "site"
    site.mkdir()
    shutil.copyfile(child_start.__file__, site / "sitecustomize.py")
    if at_start is not None:
        (site / child_start.AT_START).write_text(at_start, encoding="utf-8")
    ways: dict[str, str | None] = {}
    for name, value in (
        ("https_proxy", proxy),
        ("http_proxy", proxy),
        ("all_proxy", proxy),
        ("no_proxy", _LOOPBACK),
    ):
        # Some clients look for one spelling first, some for the other.
        ways[name], ways[name.upper()] = value, value
    authority = str(certificates.authority)
    return {
        **ways,
        **dict.fromkeys(("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"), authority),
        "SSL_CERT_DIR": None,
        "PYTHONPATH": os.pathsep.join([str(site), *filter(None, [os.environ.get("PYTHONPATH")])]),
        **WHILE_OPEN,
    }


def _changed(environment: Mapping[str, str], changes: Mapping[str, str | None]) -> dict[str, str]:
    kept = {name: value for name, value in environment.items() if name not in changes}
    return {**kept, **{name: value for name, value in changes.items() if value is not None}}


def _how(code: int) -> str:
    if code > 0:
        return f"with exit code {code}"
    try:
        return f"by signal {-code} ({signal.Signals(-code).name})"
    except ValueError:
        return f"by signal {-code}"
