"""The entry: what a YAML file says about one mapping, as a closed model; shapes and types only.

The descriptions of the fields are what editors show (the published JSON Schema has them) and the hint
when a key is missing, so they are written for authors of entries.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    StrictBool,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import CoreSchema, PydanticCustomError

FORMAT_VERSION = 1
"""The version of the format that this package reads."""

READS_ACROSS = "reads-across"
"""The recipe that `reads_across` makes: SDK v1 logs, and MLflow reads that run."""

READS_ACROSS_STORE = "azureml"
"""The only store with runs of both clients."""

Clock = Literal["ticking", "stopped"]
Phase = Literal["log", "read"]

SLUG_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
ONE_LINE_PATTERN = r"^\s*\S[^\r\n]*\s*$"

Slug = Annotated[str, StringConstraints(pattern=SLUG_PATTERN)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, pattern=ONE_LINE_PATTERN)]
Code = Annotated[str, StringConstraints(min_length=1, pattern=r"\S")]
Words = Annotated[tuple[str, ...], Field(min_length=1)]
Versions = Annotated[dict[str, str], Field(min_length=1)]


def _present(value: Any) -> Any:
    """An optional key that is written must have a value: one left empty is more often a slip than a wish."""
    if value is None:
        raise PydanticCustomError("empty_value", "empty")
    return value


Present = BeforeValidator(_present)


def _whole_number(value: Any) -> Any:
    """`true` and `1.0` equal 1 and are no versions."""
    if type(value) is not int:
        raise PydanticCustomError("literal_error", "not a version")
    return value


class Part(BaseModel):
    """A mapping of an entry; keys that it does not name are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Witness(Part):
    """One value for every input, each a key of its own; the model gathers them as `inputs`."""

    clock: Annotated[Clock | None, Present] = Field(
        None, description="The clock of this example: `ticking` or `stopped`. Left out: each is tried."
    )
    inputs: dict[str, Any] = Field(default_factory=dict)

    @model_validator(mode="before")
    @classmethod
    def _gather_inputs(cls, data: Any) -> Any:
        if not isinstance(data, dict):
            return data
        keys = cls.model_fields.keys() - {"inputs"}
        inputs = {str(key): value for key, value in data.items() if key not in keys}
        return {**{key: value for key, value in data.items() if key in keys}, "inputs": inputs}

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """The schema of what stands in a file."""
        published = handler.resolve_ref_schema(handler(schema))
        del published["properties"]["inputs"]
        published["additionalProperties"] = True
        return published


class Example(Witness):
    """One value for every input, with what else is known of the example."""

    guide: StrictBool = Field(False, description="Whether this is the guide's own example.")
    id: Annotated[Slug | None, Present] = Field(None, description="A name for the example in reports.")


class RefusalRaises(Part):
    """The exception with which SDK v1 refuses."""

    type: Text = Field(
        description="Exception: a builtin name, a name of the table of names, or `package.module.Class`. "
        "`Exception` is that class alone, any other also what derives from it."
    )
    match: str = Field(description="Regular expression that is found in the message.")


class Raises(RefusalRaises):
    """The exception that MLflow raises where SDK v1 accepts."""

    phase: Phase = Field(description="Whether it comes from the recipe's `log` or from its `read`.")


class Refusal(Part):
    """Input that SDK v1 itself does not accept; nothing is compared for it."""

    id: Slug = Field(description="A name for the refusal, unique among divergences and refusals.")
    when: Code = Field(description="Python expression over the inputs: whether SDK v1 refuses.")
    raises: RefusalRaises = Field(description="The exception: its `type`, and what its message must `match`.")
    phase: Phase = Field("log", description="Whether it comes from `log` (the default) or from `read`.")
    witness: Witness = Field(description="One value for every input, for which SDK v1 refuses.")
    because: Text = Field(description="Why, in one sentence.")


class V1Side(Part):
    """What a user of SDK v1 writes."""

    log: Code = Field(description="Python that logs the inputs with SDK v1.")
    read: Code = Field(
        description="Python that reads them back; its last expression is the value that is compared."
    )
    refuses: tuple[Refusal, ...] = Field((), description="Input that SDK v1 does not accept.")


class Recipe(Part):
    """What a user of MLflow writes instead."""

    log: Code = Field(description="Python that logs the inputs with MLflow.")
    read: Code = Field(
        description="Python that reads them back; its last expression is the value that is compared."
    )
    note: Annotated[Text | None, Present] = Field(
        None, description="What to know about this recipe, in one sentence."
    )


class ReadsAcross(Part):
    """What MLflow reads of a run that SDK v1 has logged: one more recipe, `reads-across`, on store `azureml`."""

    read: Code = Field(
        description="Python that reads with MLflow what `log` of `v1` has logged; `run_id` is the run of SDK v1."
    )
    compare: Annotated[str | None, Present] = Field(
        None,
        description="The relation under which this must agree with what SDK v1 reads. Left out: the entry's.",
    )
    note: Annotated[Text | None, Present] = Field(
        None, description="What to know about this reading, in one sentence."
    )


class Divergence(Part):
    """A known difference: when it happens and, exactly, what MLflow gives instead."""

    id: Slug = Field(description="A name for the divergence, unique among divergences and refusals.")
    recipes: Annotated[Words | None, Present] = Field(
        None,
        description="The recipes that it concerns. Left out: all of `mlflow`; `reads-across` only where it is named.",
    )
    stores: Annotated[Words | None, Present] = Field(
        None, description="The stores, or groups of stores, that it concerns. Left out: all."
    )
    versions: Annotated[Versions | None, Present] = Field(
        None, description="Package to version specifier, such as `mlflow: '>=3'`. Left out: all versions."
    )
    when: Code = Field(
        description="Python expression over the inputs, `v1`, `expected` and `clock`: whether it happens."
    )
    becomes: Annotated[Code | None, Present] = Field(
        None,
        description="Python expression: what MLflow gives instead of `expected`. Either this or `raises`.",
    )
    raises: Annotated[Raises | None, Present] = Field(
        None, description="The exception that MLflow raises. Either this or `becomes`."
    )
    leaves: Annotated[Code | None, Present] = Field(
        None,
        description="Python expression: what can be read after `raises` in phase `log`. Left out: nothing.",
    )
    witness: Witness = Field(
        description="One value for every input, for which this divergence makes the difference."
    )
    region: Annotated[Annotated[dict[str, Code], Field(min_length=1)] | None, Present] = Field(
        None, description="Narrower strategies for some inputs, so that generation lands inside `when`."
    )
    because: Text = Field(description="Why it happens, in one sentence.")
    disclosed_by: Annotated[Slug | None, Present] = Field(
        None, description="The claim with which the guide says that this happens."
    )
    instead: Annotated[Text | None, Present] = Field(
        None,
        description="What the guide should write instead, in one line. Left out: the recipe `recommended`.",
    )

    def concerns(self, recipe: str) -> bool:
        """Whether it concerns a recipe of its entry."""
        return recipe != READS_ACROSS if self.recipes is None else recipe in self.recipes

    @property
    def where(self) -> tuple[str, ...] | None:
        """The stores, or groups of stores, that it concerns, by its recipes too; None for all."""
        is_across = self.recipes is not None and set(self.recipes) == {READS_ACROSS}
        return (READS_ACROSS_STORE,) if is_across else self.stores


class Claim(Part):
    """A statement, of the guide or ours, and how it is checked."""

    id: Slug = Field(description="A name for the claim, unique among claims.")
    says: Text = Field(description="The statement, in our own words.")
    cites: Text | None = Field(
        None,
        description="Section of the guide that says so. Left out: the entry's `guide`; null: it is ours.",
    )
    check: Annotated[Code | None, Present] = Field(
        None,
        description="Python whose last expression is true if the claim holds. Either this or `unverifiable`.",
    )
    unverifiable: Annotated[Text | None, Present] = Field(
        None, description="Why it cannot be checked here. Either this or `check`."
    )
    refuted: Annotated[Text | None, Present] = Field(
        None,
        description="What is known to be wrong with it, if its `check` must fail: an erratum of the guide.",
    )
    instead: Annotated[Text | None, Present] = Field(
        None,
        description="What the guide should write instead where it is `refuted`, in one line. Left out: the recipe "
        "`recommended`.",
    )
    given: Annotated[dict[str, Any] | None, Present] = Field(
        None, description="A value for every input that `check` sees. Left out: those of the first example."
    )
    stores: Annotated[Words | None, Present] = Field(
        None, description="The stores, or groups, on which it is checked. Left out: all."
    )
    versions: Annotated[Versions | None, Present] = Field(
        None, description="Package to version specifier. Left out: all versions."
    )


class Call(Part):
    """A call of SDK v1 in somebody's script that is a case of this entry, for `harness trace`."""

    call: Text = Field(description="The method of SDK v1, such as `Run.log`.")
    when: Annotated[Code | None, Present] = Field(
        None,
        description="Python expression over the call's parameters: whether it belongs here. Left out: always. It sees "
        "`calls` too, all that are one case, of which the parameters are those of the first.",
    )
    gather: Annotated[Annotated[tuple[Code, ...], Field(min_length=1)] | None, Present] = Field(
        None,
        description="Python expressions over a call's parameters: calls for which all of them are equal are one case. "
        "Left out: each call is one.",
    )
    inputs: dict[str, Code] = Field(
        min_length=1,
        description="Each input with a Python expression over the call's parameters, or over `calls`, that gives it.",
    )
    snippet: Phase = Field(
        "log",
        description="Which Python of a recipe is to be written in the place of the call: `log` (the default), or "
        "`read` where the call reads.",
    )


class Entry(Part):
    """One mapping of the guide, or beyond it, from SDK v1 to MLflow."""

    harness: Annotated[Literal[1], BeforeValidator(_whole_number)] = Field(
        description="Version of the entry format: 1."
    )
    id: Slug = Field(description="The entry's name: that of its file, without the suffix.")
    title: Text = Field(description="What is logged, in a few words.")
    guide: Annotated[Text | None, Present] = Field(
        None, description="The section of the guide that this entry checks. Either this or `sources`."
    )
    sources: Annotated[Annotated[tuple[Text, ...], Field(min_length=1)] | None, Present] = Field(
        None, description="Where a mapping beyond the guide comes from. Either this or `guide`."
    )
    stores: Annotated[Words | None, Present] = Field(
        None, description="The stores, or groups of stores, on which the entry makes sense. Left out: all."
    )
    starts_runs: StrictBool = Field(
        False,
        description="Whether `log` starts its runs itself. Then none is active before it, and `read` finds those as "
        "`started`.",
    )
    inputs: dict[str, Code] = Field(
        min_length=1, description="Each input with its Hypothesis strategy: everything that SDK v1 accepts."
    )
    usual: Code = Field(
        description="Python expression over the inputs: whether these are what most people log."
    )
    unobserved: dict[str, Text] = Field(
        default_factory=dict,
        description="Inputs, or `INPUT.ASPECT`, that SDK v1 does not read back, with the reason.",
    )
    examples: tuple[Example, ...] = Field(
        min_length=2,
        description="Two or more, each with a value for every input; `guide: true` marks the guide's own.",
    )
    v1: V1Side = Field(description="What a user of SDK v1 writes: `log` and `read`.")
    mlflow: dict[Slug, Recipe] = Field(
        min_length=1,
        description="Each recipe by its name: `guide` for the guide's own (`guide-...` where it gives several ways), "
        "`recommended` for a better one.",
    )
    reads_across: Annotated[ReadsAcross | None, Present] = Field(
        None,
        description="How MLflow reads what SDK v1 has logged, where old runs stay as they are: the recipe "
        "`reads-across`, on store `azureml`.",
    )
    compare: str = Field(description="The relation under which both sides must agree.")
    divergences: tuple[Divergence, ...] = Field(
        (), description="The known differences, in the order of their effect."
    )
    claims: tuple[Claim, ...] = Field((), description="Statements of the guide, or ours, that are checked.")
    calls: tuple[Call, ...] = Field(
        (), description="The calls of SDK v1 that are cases of this entry, where `harness trace` finds them."
    )

    @field_validator("claims", mode="after")
    @classmethod
    def _fill_citations(cls, claims: tuple[Claim, ...], info: ValidationInfo) -> tuple[Claim, ...]:
        """A claim that does not say what it cites cites the entry's section of the guide."""
        guide = info.data.get("guide")
        return tuple(
            claim if "cites" in claim.model_fields_set else claim.model_copy(update={"cites": guide})
            for claim in claims
        )

    @property
    def recipes(self) -> dict[str, Recipe]:
        """All recipes by their names: those of `mlflow`, and `reads-across`, which logs with SDK v1."""
        across = self.reads_across
        if across is None:
            return dict(self.mlflow)
        recipe = Recipe.model_construct(log=self.v1.log, read=across.read, note=across.note)
        return {**self.mlflow, READS_ACROSS: recipe}

    def stores_of(self, recipe: str) -> tuple[str, ...] | None:
        """The stores, or groups of stores, on which a recipe makes sense; None for all."""
        return (READS_ACROSS_STORE,) if recipe == READS_ACROSS else self.stores

    def relation_of(self, recipe: str) -> str:
        """The name of the relation under which a recipe must agree with SDK v1."""
        across = self.reads_across if recipe == READS_ACROSS else None
        return self.compare if across is None or across.compare is None else across.compare


STRUCTURE: dict[tuple[str, ...], type[Part]] = {
    (): Entry,
    ("examples", "*"): Example,
    ("v1",): V1Side,
    ("v1", "refuses", "*"): Refusal,
    ("v1", "refuses", "*", "raises"): RefusalRaises,
    ("v1", "refuses", "*", "witness"): Witness,
    ("mlflow", "*"): Recipe,
    ("reads_across",): ReadsAcross,
    ("divergences", "*"): Divergence,
    ("divergences", "*", "raises"): Raises,
    ("divergences", "*", "witness"): Witness,
    ("claims", "*"): Claim,
    ("calls", "*"): Call,
}
"""Which mapping of an entry is which part; `*` is any key or index."""


def part_at(path: tuple[Any, ...]) -> type[Part] | None:
    """The model of the mapping at this path, if the format names its keys."""
    for pattern, part in STRUCTURE.items():
        if len(pattern) == len(path) and all(
            want in ("*", got) for want, got in zip(pattern, path, strict=True)
        ):
            return part
    return None
