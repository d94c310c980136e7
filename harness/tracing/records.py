"""The calls that a script has made, read from what `harness.tracing.recorder` has written down."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from harness.values import Built


@dataclass(frozen=True)
class Other:
    """An argument that is no plain value: nothing is known of it but its type."""

    type_name: str


@dataclass(frozen=True)
class Site:
    """Where a call stands in the script."""

    file: str
    line: int


@dataclass(frozen=True)
class RecordedCall:
    """One call of SDK v1.

    Attributes:
        call: Its name: `Run.log`.
        site: Where the code stands that made it.
        function: The name of the function that this code is in.
        time: When it was made, in seconds.
        run: The id of the run that it was made on, None where it was made on none.
        experiment: The name of the experiment, likewise.
        arguments: The parameters with their values as they were then; None where they do not fit the call.
        given: The parameters that the script gave; the others have their defaults.
        file: What was in the file that it was given.
        picture: The figure that it was given, as PNG.
        unkept: The size of a file that was too large to be kept.
        raised: What it raised, `Type: message`.
        failed: Why its arguments could not be written down.
    """

    call: str
    site: Site
    function: str
    time: float
    run: str | None = None
    experiment: str | None = None
    arguments: Mapping[str, object] | None = None
    given: tuple[str, ...] = ()
    file: bytes | None = None
    picture: bytes | None = None
    unkept: int | None = None
    raised: str | None = None
    failed: str | None = None


@dataclass(frozen=True)
class Recorded:
    """All calls, in the order in which they were made, and how many are known to be missing."""

    calls: Sequence[RecordedCall]
    missing: int


def read_records(folder: Path) -> Recorded:
    """What was written into a folder, by however many processes. A line that is cut short counts as missing."""
    found: list[RecordedCall] = []
    missing = 0
    for path in sorted(folder.glob("*.jsonl")):
        calls, gone = _of_process(path.read_text(encoding="utf-8").splitlines())
        found += calls
        missing += gone
    return Recorded(sorted(found, key=lambda call: call.time), missing)


def _of_process(lines: Sequence[str]) -> tuple[list[RecordedCall], int]:
    calls: dict[str, RecordedCall] = {}
    raised: dict[str, str] = {}
    for line in lines:
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if "raised" in record:
            raised[record["raised"]] = f"{record['type']}: {record['message']}"
        else:
            calls[record["number"]] = _call(record)
    numbers = [int(number.rpartition("-")[2]) for number in (*calls, *raised)]
    first = min(numbers, default=0)  # a forked process goes on counting where its parent was
    missing = max(numbers, default=-1) + 1 - first - len(calls)
    return [replace(call, raised=raised.get(number)) for number, call in calls.items()], missing


def _call(record: Mapping[str, Any]) -> RecordedCall:
    arguments = record.get("arguments")
    return RecordedCall(
        call=record["call"],
        site=Site(record["file"], record["line"]),
        function=record["function"],
        time=record["time"],
        run=record.get("run"),
        experiment=record.get("experiment"),
        arguments=None if arguments is None else {key: decoded(value) for key, value in arguments.items()},
        given=tuple(record.get("given", ())),
        file=_bytes(record.get("content")),
        picture=_bytes(record.get("picture")),
        unkept=record.get("unkept"),
        failed=record.get("failed"),
    )


def _bytes(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)


def decoded(value: Any) -> object:
    """The value that was written down; an array is `Built` anew for each path, what is no plain value is `Other`."""
    if isinstance(value, list):
        return [decoded(item) for item in value]
    if not isinstance(value, dict):
        return value
    ((kind, inside),) = value.items()
    if kind == "numpy":
        return _numpy(*inside)
    if kind == "int":
        return int(inside, 16)
    if kind == "float":
        return float(inside)
    if kind == "bytes":
        return base64.b64decode(inside)
    if kind == "other":
        return Other(inside)
    if kind == "dict":
        return {decoded(key): decoded(item) for key, item in inside}
    return {"tuple": tuple, "set": set, "frozenset": frozenset}[kind](map(decoded, inside))


def _numpy(dtype: str, shape: list[int] | None, content: str) -> object:
    array = np.frombuffer(base64.b64decode(content), dtype=np.dtype(dtype)).copy()
    if shape is None:
        return array[0]
    shaped = array.reshape(shape)
    return Built(f"np.array({shaped.tolist()!r}, dtype={dtype!r})", lambda: shaped.copy())


def others_in(value: object) -> Iterator[Other]:
    """What is no plain value, wherever it is inside of a value."""
    if isinstance(value, Other):
        yield value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from others_in(key)
            yield from others_in(item)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from others_in(item)
