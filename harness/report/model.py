"""What a report is made of: one result per item that was planned, and the verdicts.

Everything here is plain data which goes to JSON and back unchanged. No rule stands here: verdicts follow from
results in `harness.report.verdicts`.
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from harness.report.facts import Effect, GuideInfo, MappingInfo
from harness.report.fields import (
    Count,
    Counts,
    Instant,
    Name,
    Names,
    NamesByName,
    Plain,
    Seconds,
    Text,
    Texts,
)

SCHEMA_VERSION = 1
"""The version of the file's shape; a reader refuses any other."""

Outcome = Literal["passed", "failed", "error", "skipped"]
Kind = Literal["example", "property", "directed", "witness", "refusal", "claim", "sensitivity"]
SkipReason = Literal["unverifiable", "not-run", "unreachable", "unavailable"]
VerdictName = Literal[
    "not-verified",
    "unexplained",
    "broken",
    "lossy",
    "refuses",
    "lossy-at-edges",
    "refuses-at-edges",
    "equivalent-as-disclosed",
    "equivalent",
]


class Observation(Plain):
    """What one input gave on both sides, each as text that may be shortened.

    Attributes:
        v1: What SDK v1 gave back.
        expected: What MLflow was to give back, by the entry.
        mlflow: What it gave, or raised.
        applied: The divergences that lie between the first and the second, in the entry's order.
    """

    v1: Text
    expected: Text
    mlflow: Text
    applied: Names = ()


class Result(Plain):
    """What became of one item of the plan; unique by (mapping, recipe, store, kind, id).

    Attributes:
        mapping: The entry's id.
        recipe: The MLflow recipe; None for what holds for a store whatever the recipe is (claims), which then
            counts for each recipe.
        store: The MLflow store.
        kind: What was run.
        id: Which of its kind.
        outcome: `failed` is a difference (or a claim) that is not as the entry says, `error` an entry or an
            environment that could not be run.
        examples: Inputs for which the whole pipeline was run, v1 to comparison; shrinking does not count.
        required: Inputs it had to run to be whole; 0 where running it once is all (claims, sensitivity).
        refused_by_v1: Inputs that v1 refused, as the entry says; not among `examples`.
        applied: Divergence to the number of inputs to which it was applied.
        applied_usual: The same, of inputs which the entry calls usual.
        applied_guide: Divergences that were applied to the guide's own example.
        applied_clocks: Divergence to the clocks under which it was applied.
        counterexample: Input to the Python expression that builds it, and `clock` to its name.
        observed: What the input of an example or a witness gave; None where it was not run.
        message: What a person needs to understand the outcome; may have many lines.
        seconds: How long it took.
        assumptions: Behaviours (ids) of the embedded workspace which were executed and are merely assumed.
        skipped_because: Why it was skipped; given exactly when it was.
        refuted: A claim which does not hold, as its entry says (its outcome is then `passed`).
    """

    mapping: Name
    recipe: Name | None
    store: Name
    kind: Kind
    id: Name
    outcome: Outcome
    examples: Count = 0
    required: Count = 0
    refused_by_v1: Count = 0
    applied: Counts = Field(default_factory=dict)
    applied_usual: Counts = Field(default_factory=dict)
    applied_guide: Names = ()
    applied_clocks: NamesByName = Field(default_factory=dict)
    counterexample: Texts | None = None
    observed: Observation | None = None
    message: Text = ""
    seconds: Seconds = 0.0
    assumptions: Names = ()
    skipped_because: SkipReason | None = None
    refuted: bool = False

    @model_validator(mode="after")
    def _makes_sense(self) -> Result:
        if (self.outcome == "skipped") != (self.skipped_because is not None):
            raise ValueError("skipped_because is given exactly when the outcome is 'skipped'")
        if self.kind != "claim" and (self.refuted or self.skipped_because == "unverifiable"):
            raise ValueError("only a claim can be refuted or unverifiable")
        if self.recipe is None and self.kind in ("example", "property", "directed"):
            raise ValueError(f"a result of kind '{self.kind}' needs its recipe")
        for divergence, usual in self.applied_usual.items():
            if usual > self.applied.get(divergence, 0):
                raise ValueError(f"'{divergence}' is applied to more usual inputs than inputs")
        for divergence in (*self.applied_guide, *self.applied_clocks):
            if not self.applied.get(divergence):
                raise ValueError(f"'{divergence}' is said to be applied, but `applied` does not count it")
        return self

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What it is unique by, and sorted by: mapping, store, recipe ("" for none), kind, id."""
        return (self.mapping, self.store, self.recipe or "", self.kind, self.id)


class Header(Plain):
    """Where and how the run was made.

    Attributes:
        versions: Package to version (`harness.versions.installed_versions`).
        stores: The stores that were asked for.
        profile: `dev`, `ci` or `deep`.
        seed: The run's seed.
        started: ISO 8601, UTC.
        platform: The operating system and machine, as Python names them.
    """

    versions: Texts
    stores: Names
    profile: Name
    seed: int
    started: Instant
    platform: Text


class Totals(Plain):
    """How many results ended how."""

    passed: Count
    failed: Count
    error: Count
    skipped: Count


class Footer(Plain):
    """Closes a report; a file without one was cut short.

    Attributes:
        totals: How many results ended how.
        examples: Inputs for which a whole pipeline was run, over all results.
        finished: ISO 8601, UTC.
        complete: False when the run was stopped before its end.
    """

    totals: Totals
    examples: Count
    finished: Instant
    complete: bool


class DivergenceVerdict(Plain):
    """One divergence that was applied to a recipe on a store.

    Attributes:
        id: Its id in the entry.
        effect: As in the entry.
        disclosed: Whether the guide tells of it, by a claim that was checked on this store and holds.
        usual: Whether it was applied to usual inputs.
        guide: Whether it was applied to the guide's own example.
        count: The number of inputs it was applied to.
        clocks: The clocks under which it was applied; `stopped` alone means: only within one millisecond.
    """

    id: Name
    effect: Effect
    disclosed: bool
    usual: bool
    guide: bool = False
    count: Count
    clocks: Names = ()


class Verdict(Plain):
    """What the results say of one recipe on one store.

    Attributes:
        mapping: The entry's id.
        recipe: The MLflow recipe.
        store: The MLflow store.
        verdict: The first rung of the ladder that fits.
        divergences: Those that were applied, by id.
        examples: Inputs for which the whole pipeline was run.
        assumptions: Behaviours of the embedded workspace it rests on that are assumed.
        reasons: Why it is not verified, unexplained or broken; one short line each.
    """

    mapping: Name
    recipe: Name
    store: Name
    verdict: VerdictName
    divergences: tuple[DivergenceVerdict, ...] = ()
    examples: Count = 0
    assumptions: Names = ()
    reasons: tuple[Text, ...] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is unique by, and sorted by: mapping, store, recipe."""
        return (self.mapping, self.store, self.recipe)


class Report(Plain):
    """One run: everything that any view shows.

    Attributes:
        schema_version: `SCHEMA_VERSION`.
        header: Where and how.
        guide: The guide that the entries are held against; None where they are held against none.
        mappings: By id.
        results: By mapping, store, recipe, kind, id.
        verdicts: By mapping, store, recipe.
        footer: None when the file was cut short.
    """

    schema_version: Literal[1] = 1
    header: Header
    guide: GuideInfo | None = None
    mappings: tuple[MappingInfo, ...]
    results: tuple[Result, ...]
    verdicts: tuple[Verdict, ...]
    footer: Footer | None = None
