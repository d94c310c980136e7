"""How each behaviour of the stand-in is known: the rows of the files in `behaviours`. None is implemented here.

A file is a topic. A row says what the service does (`says`), how that is known (`provenance`), from where (`source`),
and which of our tests shows that the stand-in does it (`test`, below `tests/workspace`). Handlers name the rows that
they execute.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal, cast, get_args

Provenance = Literal["client", "documented", "recorded", "assumed"]
_KEYS = ("says", "provenance", "source", "test")


@dataclass(frozen=True)
class Behaviour:
    """One thing that the service does, as far as a client can tell.

    `provenance` is `client` (it follows from the code of the shipped client), `documented` (a public page
    says so), `recorded` (a public recording of the real service shows it) or `assumed` (none of these;
    `source` then says what else the service might do). `test` names the test that shows our side.
    """

    id: str
    topic: str
    says: str
    provenance: Provenance
    source: str
    test: str


@cache
def load_evidence() -> Mapping[str, Behaviour]:
    """All behaviours by id, topic by topic. Raises `ValueError` where a row is malformed or an id stands twice."""
    found: dict[str, Behaviour] = {}
    for behaviour in _read():
        if behaviour.id in found:
            raise ValueError(f"behaviours/{behaviour.topic}.yaml: {behaviour.id} is in another file, too")
        found[behaviour.id] = behaviour
    return MappingProxyType(found)


def _read() -> Iterator[Behaviour]:
    from ruamel.yaml import YAML

    folder = files("harness.workspace.evidence").joinpath("behaviours")
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        rows = cast("dict[str, Any]", YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8")))
        topic = file.name.removesuffix(".yaml")
        yield from (_behaviour(topic, identifier, row) for identifier, row in rows.items())


def _behaviour(topic: str, identifier: str, row: Any) -> Behaviour:
    where = f"behaviours/{topic}.yaml: {identifier}"
    if not isinstance(row, dict) or set(row) != set(_KEYS):
        raise ValueError(f"{where}: expected exactly {', '.join(_KEYS)}")
    if not all(isinstance(text, str) and text.strip() for text in row.values()):
        raise ValueError(f"{where}: {', '.join(_KEYS)} must be text")
    if row["provenance"] not in get_args(Provenance):
        raise ValueError(f"{where}: provenance must be one of {', '.join(get_args(Provenance))}")
    says, source = " ".join(row["says"].split()), " ".join(row["source"].split())
    return Behaviour(
        identifier, topic, says, cast("Provenance", row["provenance"]), source, row["test"].strip()
    )
