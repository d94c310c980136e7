"""How each behaviour of the stand-in is known: the rows of `evidence.yaml`. None is implemented here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any, Literal, cast, get_args

Provenance = Literal["client", "documented", "recorded", "assumed"]


@dataclass(frozen=True)
class Behaviour:
    """One thing that the service does, as far as a client can tell.

    `provenance` is `client` (it follows from the code of the shipped client), `documented` (a public page
    says so), `recorded` (a public recording of the real service shows it) or `assumed` (none of these;
    `source` then says what else the service might do).
    """

    id: str
    says: str
    provenance: Provenance
    source: str


@cache
def load_evidence() -> Mapping[str, Behaviour]:
    """All behaviours by id, in the order of the file. Raises `ValueError` where a row is malformed."""
    from ruamel.yaml import YAML

    text = files("harness.workspace").joinpath("evidence.yaml").read_text(encoding="utf-8")
    rows = cast("dict[str, Any]", YAML(typ="safe", pure=True).load(text))
    return MappingProxyType({identifier: _behaviour(identifier, row) for identifier, row in rows.items()})


def _behaviour(identifier: str, row: Any) -> Behaviour:
    if not isinstance(row, dict) or set(row) != {"says", "provenance", "source"}:
        raise ValueError(f"evidence.yaml: {identifier}: expected exactly says, provenance and source")
    if not all(isinstance(text, str) and text.strip() for text in row.values()):
        raise ValueError(f"evidence.yaml: {identifier}: says, provenance and source must be text")
    if row["provenance"] not in get_args(Provenance):
        allowed = ", ".join(get_args(Provenance))
        raise ValueError(f"evidence.yaml: {identifier}: provenance must be one of {allowed}")
    says, source = " ".join(row["says"].split()), " ".join(row["source"].split())
    return Behaviour(identifier, says, cast("Provenance", row["provenance"]), source)
