"""An entry made ready to run: its snippets compiled, its names resolved, its divergences chosen for a store.

The entry stays what the author wrote (`harness.spec`); nothing here decides what is right.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from hypothesis.strategies import SearchStrategy

from harness.clock import CLOCKS, ClockName
from harness.compare import RELATIONS, Relation
from harness.errors import BadInput
from harness.paths import Outcome, Phase, Side
from harness.spec import (
    READS_ACROSS,
    Block,
    LoadedEntry,
    Problem,
    build_value,
    compile_block,
    compile_expression,
    render_problem,
    resolve,
    resolve_exception,
)
from harness.stores import StoreInfo, store_matches
from harness.values import fresh
from harness.versions import versions_match


@dataclass(frozen=True)
class Case:
    """One input of the pipeline: a value for each input of the entry, and the clock it runs under."""

    inputs: Mapping[str, object]
    clock: ClockName
    is_guide: bool = False


@dataclass(frozen=True)
class Expected:
    """An exception that an entry expects: in which phase, of which type, with which message."""

    phase: Phase
    type_name: str
    type: type[BaseException]
    match: re.Pattern[str]

    def fits(self, phase: Phase, error: BaseException) -> bool:
        """Whether this exception, raised in `phase`, is the one that is expected.

        `Exception` stands for itself alone: some calls raise it, and all others would be one too.
        """
        of_type = type(error) is Exception if self.type is Exception else isinstance(error, self.type)
        return phase == self.phase and of_type and bool(self.match.search(str(error)))

    def __str__(self) -> str:
        return f"{self.type_name} in `{self.phase}` with a message like {self.match.pattern!r}"


@dataclass(frozen=True)
class Divergence:
    """A divergence that is in force for one recipe on one store; `becomes` or `raises` is given, as in the entry.

    `clocks` are those under which its directed property draws: that of its witness, if the witness needs a certain one.
    """

    id: str
    when: Block
    becomes: Block | None
    raises: Expected | None
    leaves: Block | None
    witness: Case
    region: Mapping[str, SearchStrategy[Any]]
    clocks: Sequence[ClockName] = CLOCKS


@dataclass(frozen=True)
class Refusal:
    """Inputs that SDK v1 itself does not take."""

    id: str
    when: Block
    raises: Expected
    witness: Case


@dataclass(frozen=True)
class Claim:
    """A statement to check. `check` is None for one that cannot be checked, `unverifiable` then says why."""

    id: str
    says: str
    check: Block | None
    unverifiable: str | None
    refuted: str | None
    case: Case


@dataclass(frozen=True)
class ReadyEntry:
    """What is common to all recipes and stores of an entry.

    What depends on the v1 side alone is not looked for again with each recipe and store: `found_of_v1` keeps what a
    check finds, by the check and the test bed; `read_by_v1` what v1 gave for the inputs that the entry itself gives.
    `read_by_mlflow` keeps what a recipe gave for these on a store. `relation_across` is that of `reads-across`,
    where it has one of its own.
    """

    loaded: LoadedEntry
    relation: Relation
    usual: Block
    v1: Side
    strategies: Mapping[str, SearchStrategy[Any]]
    examples: Mapping[str, Case]
    witnesses: Mapping[str, Case]
    refusals: Sequence[Refusal]
    names: Mapping[str, object]
    found_of_v1: dict[tuple[str, Path], list[str]] = field(default_factory=dict)
    read_by_v1: dict[tuple[str, ClockName, Path], Outcome] = field(default_factory=dict)
    read_by_mlflow: dict[tuple[str, str, str, ClockName, Path], Outcome] = field(default_factory=dict)
    relation_across: Relation | None = None

    @property
    def id(self) -> str:
        """The entry's id."""
        return self.loaded.entry.id

    def relation_of(self, recipe: str) -> Relation:
        """The relation under which a recipe must agree with SDK v1."""
        across = self.relation_across if recipe == READS_ACROSS else None
        return self.relation if across is None else across


def make_ready(loaded: LoadedEntry, relations: Mapping[str, Relation] = RELATIONS) -> ReadyEntry:
    """Compiles what all recipes of the entry share.

    Args:
        loaded: An entry without problems.
        relations: The named relations; tests put faulty ones here.
    """
    entry = loaded.entry
    examples: dict[str, Case] = {}
    for index, example in enumerate(entry.examples):
        for clock in CLOCKS if example.clock is None else (example.clock,):
            inputs = evaluated(loaded, example.inputs, "examples", index)
            examples[f"{example.id or index + 1}-{clock}"] = Case(inputs, clock, example.guide)
    witnesses = {
        f"{divergence.id}-{clock}": Case(
            evaluated(loaded, divergence.witness.inputs, "divergences", index, "witness"), clock
        )
        for index, divergence in enumerate(entry.divergences)
        for clock in CLOCKS
        if divergence.witness.clock in (None, clock)
    }
    return ReadyEntry(
        loaded=loaded,
        relation=relations[entry.compare],
        usual=compile_expression(loaded.snippet("usual")),
        v1=_side(loaded, ("v1",), resolve("v1")),
        strategies={name: _strategy(loaded, "inputs", name) for name in entry.inputs},
        examples=examples,
        witnesses=witnesses,
        refusals=[
            Refusal(
                id=refusal.id,
                when=compile_expression(loaded.snippet("v1", "refuses", index, "when")),
                raises=_expected(
                    loaded, refusal.phase, refusal.raises.type, refusal.raises.match, "v1", "refuses", index
                ),
                witness=Case(
                    evaluated(loaded, refusal.witness.inputs, "v1", "refuses", index, "witness"),
                    refusal.witness.clock or "ticking",
                ),
            )
            for index, refusal in enumerate(entry.v1.refuses)
        ],
        names=resolve("divergence"),
        relation_across=relations[entry.relation_of(READS_ACROSS)],
    )


def recipe_side(entry: ReadyEntry, recipe: str) -> Side:
    """The MLflow side of one recipe."""
    if recipe != READS_ACROSS:
        return _side(entry.loaded, ("mlflow", recipe), resolve("mlflow"))
    read = compile_block(entry.loaded.snippet("reads_across", "read"), value=True)
    return replace(entry.v1, read=read, names=resolve("mlflow"), names_of_v1=entry.v1.names)


def divergences_in_force(
    entry: ReadyEntry, recipe: str, store: StoreInfo | str, versions: Mapping[str, str]
) -> list[Divergence]:
    """The entry's divergences that bind this recipe, store and these versions, in the entry's order."""
    loaded = entry.loaded
    found = []
    for index, divergence in enumerate(loaded.entry.divergences):
        if (
            not divergence.concerns(recipe)
            or not store_matches(divergence.stores, store)
            or not versions_match(divergence.versions, versions)
        ):
            continue
        at = ("divergences", index)
        raises = divergence.raises
        found.append(
            Divergence(
                id=divergence.id,
                when=compile_expression(loaded.snippet(*at, "when")),
                becomes=None
                if divergence.becomes is None
                else compile_expression(loaded.snippet(*at, "becomes")),
                raises=None
                if raises is None
                else _expected(loaded, raises.phase, raises.type, raises.match, *at),
                leaves=None
                if divergence.leaves is None
                else compile_expression(loaded.snippet(*at, "leaves")),
                witness=Case(
                    evaluated(loaded, divergence.witness.inputs, *at, "witness"),
                    divergence.witness.clock or "ticking",
                ),
                region={name: _strategy(loaded, *at, "region", name) for name in divergence.region or ()},
                clocks=CLOCKS if divergence.witness.clock is None else (divergence.witness.clock,),
            )
        )
    return found


def claims_in_force(entry: ReadyEntry, store: StoreInfo | str, versions: Mapping[str, str]) -> list[Claim]:
    """The entry's claims that speak of this store and these versions, in the entry's order."""
    loaded = entry.loaded
    first = next(iter(entry.examples.values()))
    return [
        Claim(
            id=claim.id,
            says=claim.says,
            check=None
            if claim.check is None
            else compile_block(loaded.snippet("claims", index, "check"), value=True),
            unverifiable=claim.unverifiable,
            refuted=claim.refuted,
            case=first
            if claim.given is None
            else Case(evaluated(loaded, claim.given, "claims", index, "given"), "ticking"),
        )
        for index, claim in enumerate(loaded.entry.claims)
        if store_matches(claim.stores, store) and versions_match(claim.versions, versions)
    ]


def evaluated(loaded: LoadedEntry, given: Mapping[str, Any], *at: str | int) -> dict[str, object]:
    """The inputs that an author wrote down at `at`, with each `!py` expression evaluated.

    Raises:
        BadInput: An expression raised.
    """
    names = resolve("value")
    with _authors_code(loaded, *at):
        return {name: fresh(build_value(written, names)) for name, written in given.items()}


@contextmanager
def _authors_code(loaded: LoadedEntry, *at: str | int) -> Iterator[None]:
    """What an author's expression raises is told with its place."""
    try:
        yield
    except Exception as error:  # the author's code may raise anything
        place = loaded.location(*at)
        line = loaded.document.source.line(place.line)
        message = f"this raised {type(error).__name__}: {error}"
        raise BadInput(render_problem(Problem("raised", message, place, source_line=line))) from error


def _expected(loaded: LoadedEntry, phase: Phase, name: str, match: str, *at: str | int) -> Expected:
    with _authors_code(loaded, *at, "raises", "type"):
        return Expected(phase, name, resolve_exception(name), re.compile(match))


def _side(loaded: LoadedEntry, at: tuple[str, ...], names: Mapping[str, object]) -> Side:
    return Side(
        log=compile_block(loaded.snippet(*at, "log"), value=False),
        read=compile_block(loaded.snippet(*at, "read"), value=True),
        names=names,
        starts_runs=loaded.entry.starts_runs,
    )


def _strategy(loaded: LoadedEntry, *at: str | int) -> SearchStrategy[Any]:
    with _authors_code(loaded, *at):
        strategy = compile_expression(loaded.snippet(*at)).run(dict(resolve("strategy")))
        if not isinstance(strategy, SearchStrategy):
            raise TypeError(f"this is no Hypothesis strategy but {type(strategy).__name__}")
        strategy.validate()
    return strategy
