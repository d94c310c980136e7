"""The result of a trace, as it is published: plain data, from which every view is made.

`trace.schema.json` beside this module is its JSON Schema; `python -m harness.tracing.schema` writes it anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from harness.tracing.outcomes import UNSAFE, Outcome

SCHEMA_VERSION: Literal[1] = 1


class Part(BaseModel):
    """A part of the trace; it has the keys that are named, and no others."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Step(Part):
    """One difference between what SDK v1 gives and what MLflow gives."""

    divergence: str = Field(description="Its id in the entry.")
    because: str = Field(description="Why it happens.")
    value: str = Field(description="What there is after it, or what MLflow raises.")


class Given(Part):
    """What was given with one recipe under one clock."""

    recipe: str = Field(description="The MLflow recipe.")
    clock: Literal["ticking", "stopped"] = Field(
        description="`ticking`: each call of MLflow in a millisecond of its own; `stopped`: all within one."
    )
    outcome: Outcome = Field(description="What became of the values.")
    sentence: str = Field(description="The same in a sentence.")
    v1: str = Field(description="What SDK v1 gives back.")
    mlflow: str | None = Field(description="What MLflow gives back; null where it was not asked.")
    steps: tuple[Step, ...] = Field(description="The differences, in the order of their effect.")


class Write(Part):
    """What to write in the place of the calls."""

    recipe: str = Field(description="The recipe of the entry.")
    outcome: Outcome = Field(description="What becomes of these values with it.")
    keeps: bool = Field(description="Whether it keeps these values on this store.")
    code: str = Field(description="Python with these values in it, without what they never come to.")
    short: str = Field(
        description="The same as one would write it at that place: with the script's own expressions where they are "
        "known, and an ellipsis for a long value of which they are not; it is for all values at that place."
    )
    imports: tuple[str, ...] = Field(description="The lines that it needs before it: imports, and the run.")
    helpers: Mapping[str, str] = Field(
        description="What in it stands for code of one's own, and what that does."
    )


class Case(Part):
    """Calls that are one case of a mapping."""

    mapping: str = Field(description="The id of the entry.")
    title: str = Field(description="Its title.")
    inputs: Mapping[str, str] = Field(description="Each input with its value, as a Python expression.")
    short: Mapping[str, str] = Field(description="The same for people, with long values abbreviated.")
    own: tuple[str, ...] = Field(
        description="The inputs that come from what the script gave; the others have defaults, or are the entry's."
    )
    calls: tuple[int, ...] = Field(description="The calls, as indexes into `calls`.")
    outcome: Outcome = Field(description="What becomes of the values with the guide's recipe.")
    reason: str | None = Field(description="Why it was not verified.")
    given: tuple[Given, ...] = Field(description="What was given, for each recipe and clock.")
    write: Write | None = Field(description="What to write; null where it was not verified.")


class Call(Part):
    """One call of SDK v1 that the script made."""

    call: str = Field(description="Its name: `Run.log`.")
    file: str = Field(description="The file that has the code.")
    line: int = Field(description="The line in it.")
    source: str = Field(description="The line as it stands in the file; empty where it is not known.")
    function: str = Field(description="The function that this is in; `<module>` for none.")
    run: str | None = Field(description="The id of the run that it was made on.")
    arguments: str = Field(description="Its arguments, those aside that have their default.")
    outcome: Outcome = Field(description="The worst of what becomes of it.")
    cases: tuple[int, ...] = Field(description="The cases that it is part of, as indexes into `cases`.")
    reason: str | None = Field(description="Why no mapping has it, or what SDK v1 raised.")


class Trace(Part):
    """What a script would keep and lose when it moves from SDK v1 to MLflow."""

    schema_version: Literal[1] = Field(description="The version of this format.")
    script: str = Field(description="The script.")
    arguments: tuple[str, ...] = Field(description="What it was called with.")
    exit_code: int = Field(description="The script's own exit code; negative for the signal that ended it.")
    run: str = Field(description="The id of its run.")
    run_status: str = Field(description="The status of its run.")
    store: str = Field(description="The MLflow store to move to.")
    versions: Mapping[str, str] = Field(description="The versions that were verified.")
    missing: int = Field(description="Calls that could not be written down.")
    unserved: tuple[str, ...] = Field(description="Requests of the script that were not served.")
    counts: Mapping[Outcome, int] = Field(description="How many calls there are of each outcome.")
    calls: tuple[Call, ...] = Field(description="Every call, in the order in which they were made.")
    cases: tuple[Case, ...] = Field(description="What they come to.")

    @property
    def is_safe(self) -> bool:
        """Whether nothing would be lost, as far as there are mappings."""
        return not any(self.counts.get(outcome) for outcome in UNSAFE)
