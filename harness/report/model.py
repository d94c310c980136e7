"""What a report is made of: one result per item that was planned, the facts about the entries, the verdicts.

Everything here is plain data which goes to JSON and back unchanged. No rule stands here: verdicts follow from
results in `harness.report.verdicts`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

SCHEMA_VERSION = 1
"""The version of the file's shape; a reader refuses any other."""

Outcome = Literal["passed", "failed", "error", "skipped"]
Kind = Literal["example", "property", "directed", "witness", "refusal", "claim", "sensitivity"]
Effect = Literal["altered", "refused"]
SkipReason = Literal["unverifiable", "not-run", "unreachable"]
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


def _encodable(value: object) -> object:
    """Half a surrogate pair is no UTF-8: it becomes its escape, so that no value costs the report."""
    return value.encode("utf-8", "backslashreplace").decode("utf-8") if isinstance(value, str) else value


def _by_key(value: dict[str, object]) -> dict[str, object]:
    return {key: value[key] for key in sorted(value)}


# The keys of maps have no rule of their own: how a schema writes one depends on the version of pydantic.
Text = Annotated[str, BeforeValidator(_encodable)]
Name = Annotated[Text, Field(min_length=1)]
Count = Annotated[int, Field(ge=0)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Instant = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)$")]
Names = tuple[Name, ...]
Counts = Annotated[dict[Text, Count], AfterValidator(_by_key)]
Texts = Annotated[dict[Text, Text], AfterValidator(_by_key)]
NamesByName = Annotated[dict[Text, Names], AfterValidator(_by_key)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_serialization_defaults_required=True)


class Result(_Model):
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


class DivergenceInfo(_Model):
    """What the report needs of an entry's divergence.

    Attributes:
        id: Its id in the entry.
        effect: `altered` (something else is read back, or nothing) or `refused` (MLflow raises).
        disclosed_by: The claim that says that the guide tells of it.
        because: Why it is so, in the entry's words.
        recipes: The recipes it applies to.
    """

    id: Name
    effect: Effect
    disclosed_by: Name | None = None
    because: Text
    recipes: Names


class ClaimInfo(_Model):
    """What the report needs of an entry's claim.

    Attributes:
        id: Its id in the entry.
        says: The statement.
        cites: The guide's section which says so; None for a claim of ours.
        refuted: Why it is known not to hold (an erratum of the guide); None when it is to hold.
        unverifiable: Why it cannot be checked; None when it is checked.
    """

    id: Name
    says: Text
    cites: Text | None = None
    refuted: Text | None = None
    unverifiable: Text | None = None


class MappingInfo(_Model):
    """What the report needs of an entry, and what this run planned to do with it.

    Attributes:
        id: The entry's id.
        title: Its title.
        guide: The guide's section; None for an entry beyond the guide.
        recipes: The recipes that this run was to check (with `--recipe`, only those).
        stores: The stores on which this run was to check them. Each pair of recipe and store gets a verdict,
            also if no result of it exists. Where empty, the stores are those of the results.
        divergences: In the entry's order.
        claims: In the entry's order.
        compare: The relation's name.
        unobserved: Inputs, or aspects of inputs, that nobody can read back with SDK v1, with the reason: no verdict
            speaks of them.
        planned: How many results the run was to have for this mapping, whatever was deselected or stopped
            later; with fewer, nothing of the mapping is verified. None if unknown.
    """

    id: Name
    title: Text
    guide: Text | None = None
    recipes: Names
    stores: Names = ()
    divergences: tuple[DivergenceInfo, ...] = ()
    claims: tuple[ClaimInfo, ...] = ()
    compare: Name
    unobserved: Texts = Field(default_factory=dict)
    planned: Count | None = None


class Header(_Model):
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


class Totals(_Model):
    """How many results ended how."""

    passed: Count
    failed: Count
    error: Count
    skipped: Count


class Footer(_Model):
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


class DivergenceVerdict(_Model):
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


class Verdict(_Model):
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


class Report(_Model):
    """One run: everything that any view shows.

    Attributes:
        schema_version: `SCHEMA_VERSION`.
        header: Where and how.
        mappings: By id.
        results: By mapping, store, recipe, kind, id.
        verdicts: By mapping, store, recipe.
        footer: None when the file was cut short.
    """

    schema_version: Literal[1] = 1
    header: Header
    mappings: tuple[MappingInfo, ...]
    results: tuple[Result, ...]
    verdicts: tuple[Verdict, ...]
    footer: Footer | None = None
