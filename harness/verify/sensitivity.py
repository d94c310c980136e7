"""Sensitivity: a comparison must be able to see.

A reading that is too coarse (`len(...)` on both sides, a sorted copy, a rounded number) agrees with everything and
would pass every other check. So the entry's own examples are held against each other: what v1 reads must change when an
input changes, in each way in which that input can; what is read must come from what was logged; and what MLflow gives
for one example must not pass for another, nor pass when a store spoils it a little.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from harness.clock import ClockName
from harness.compare import AnyOrder, OneOf, agree, show
from harness.paths import Outcome, Side, run_mlflow, run_v1
from harness.report.model import Result
from harness.spec import Snippet, compile_block
from harness.values import to_expression
from harness.verify.changes import Change, changes_of
from harness.verify.pipeline import (
    EntryError,
    Subject,
    Trial,
    Walk,
    compared,
    is_usual,
    observe_given_once,
    observe_v1_once,
    walk,
)
from harness.verify.ready import Case
from harness.verify.tally import ItemId, Tally

FEW = 6
"""Examples whose inputs are changed for `log` alone, in every way that there is."""
OTHERWISE = 'run.log("otherwise", 1)\nrun.tag("otherwise", "1")'
"""What SDK v1 logs that MLflow can read, where it can read nothing of what an entry logs."""
ENOUGH = 40
"""Examples that are held against each other; each costs a run on both sides."""


def check_sensitivity(subject: Subject, item: ItemId) -> Result:
    """Holds the entry's examples and witnesses against each other and against small changes of themselves."""
    tally = Tally()
    trials: list[tuple[Trial, Walk]] = []
    try:
        cases = distinct_cases([*subject.entry.examples.values(), *subject.entry.witnesses.values()])
        for case in cases[:ENOUGH]:
            trial = observe_given_once(subject, case)
            if not trial.refused_by:
                trials.append((trial, walk(subject, trial)))
        of_v1, of_mlflow = _v1_side(subject, trials), _mlflow_side(subject, trials)
        # What v1 reads is the entry's, under whichever relation a recipe has of its own.
        plain = replace(subject, recipe=next(iter(subject.entry.loaded.entry.mlflow)))
        problems = [
            *_taken_for_each_other(subject, trials),
            *_lets_other_readings_pass(subject, trials),
            *_once(subject, "silent", lambda: list(_read_without_logging(plain, of_v1))),
            *_read_without_logging(subject, of_mlflow),
            *_once(subject, "echoes", lambda: list(_echoes(plain, of_v1))),
            *_echoes(subject, of_mlflow),
            *_once(subject, "unobserved", lambda: list(_unobserved(plain, trials))),
            *_never_usual(subject),
        ]
    except EntryError as error:
        return tally.result(item, "error", str(error))
    if problems:
        return tally.result(item, "failed", "\n".join(problems))
    looked_at = f"the first {ENOUGH} of {len(cases)} examples and witnesses" if len(cases) > ENOUGH else ""
    return tally.result(item, "passed", looked_at)


def _once(subject: Subject, what: str, find: Callable[[], list[str]]) -> list[str]:
    """What was found of the v1 side, which is the same for all recipes and stores of an entry."""
    known = subject.entry.found_of_v1
    key = (what, subject.bed.workspace.folder)
    if key not in known:
        known[key] = find()
    return known[key]


def distinct_cases(cases: Sequence[Case]) -> list[Case]:
    """The cases without those that are like an earlier one."""
    seen: dict[tuple[str, ClockName], Case] = {}
    for case in cases:
        seen.setdefault((to_expression(dict(case.inputs)), case.clock), case)
    return list(seen.values())


def _taken_for_each_other(subject: Subject, trials: Sequence[tuple[Trial, Walk]]) -> Iterator[str]:
    """Pairs of examples that v1 tells apart, where what MLflow gives for one is taken for the other."""
    pairs = 0
    for one, model in trials:
        for other, other_model in trials:
            if compared(agree, subject, one.v1.value, other.v1.value):
                continue
            pairs += 1
            gave = other.mlflow
            if gave is None or gave.raised or model.raised_by or other_model.raised_by:
                continue
            mapped_together = bool(model.applied or other_model.applied) and compared(
                agree, subject, model.expected, other_model.expected
            )
            if not mapped_together and compared(agree, subject, model.expected, gave.value):
                yield (
                    f"What MLflow gives for {_told(other.case)} passes for what is expected of {_told(one.case)}, "
                    "although v1 reads them differently."
                )
                return
    if not pairs:
        yield "No two examples are read differently by v1, so nothing shows that the comparison can see."


def _lets_other_readings_pass(subject: Subject, trials: Sequence[tuple[Trial, Walk]]) -> Iterator[str]:
    """What is expected must not let through what MLflow gave with a small change, as a faulty store would give it."""
    for trial, model in trials:
        gave = trial.mlflow
        if gave is None or gave.raised or model.raised_by:
            continue
        for change in changes_of(gave.value):
            if change.aspect == "order" and _leaves_open(model.expected):
                continue
            if compared(agree, subject, model.expected, change.value):
                yield (
                    f"For {_told(trial.case)} MLflow gave {show(gave.value)}, but {show(change.value)} would pass too "
                    f"({change.how}). Applied: {', '.join(model.applied) or 'no divergence'}."
                )
                return


def _never_usual(subject: Subject) -> Iterator[str]:
    if not any(is_usual(subject, case) for case in subject.entry.examples.values()):
        yield "None of the examples is `usual`, so no loss would count as one of usual data: mend `usual`."


def _leaves_open(expected: object) -> bool:
    if isinstance(expected, Mapping):
        return any(map(_leaves_open, expected.values()))
    if isinstance(expected, list | tuple):
        return any(map(_leaves_open, expected))
    return isinstance(expected, AnyOrder | OneOf)


@dataclass(frozen=True)
class _Side:
    """One side of the trials: how to run it with other inputs for `log`, and what it gave for each case."""

    what: str
    run: Callable[[Side, Case, Mapping[str, object]], Outcome]
    side: Side
    gave: Sequence[tuple[Case, Outcome]]


def _v1_side(subject: Subject, trials: Sequence[tuple[Trial, Walk]]) -> _Side:
    return _Side(
        "`v1.read`",
        lambda side, case, logged: run_v1(subject.bed, side, logged, case.clock, read_inputs=case.inputs),
        subject.entry.v1,
        [(trial.case, trial.v1) for trial, _ in trials],
    )


def _mlflow_side(subject: Subject, trials: Sequence[tuple[Trial, Walk]]) -> _Side:
    bed, store = subject.bed, subject.bed.stores[subject.store]
    return _Side(
        f"`read` of recipe {subject.recipe}",
        lambda side, case, logged: run_mlflow(bed, store, side, logged, case.clock, read_inputs=case.inputs),
        subject.side,
        [(trial.case, trial.mlflow) for trial, _ in trials if trial.mlflow and not trial.mlflow.raised],
    )


def _read_without_logging(subject: Subject, one: _Side) -> Iterator[str]:
    """What is read must come from what was logged: with nothing logged it is something else for some example."""

    def other(log: str, case: Case) -> Outcome:
        logged = compile_block(Snippet(log, subject.entry.loaded.location()), value=False)
        return one.run(replace(one.side, log=logged), case, case.inputs)

    if not one.gave or any(
        not _reads_the_same(subject, other("pass", case), outcome) for case, outcome in one.gave
    ):
        return
    if one.side.names_of_v1 is None:
        yield f"{one.what} reads the same when nothing is logged, so it does not show what was stored."
    elif all(_reads_the_same(subject, other(OTHERWISE, case), outcome) for case, outcome in one.gave):
        # That nothing of it can be read may be so, and is then a divergence. But it must be looked for.
        yield f"{one.what} reads the same whatever SDK v1 has logged, so it does not look at the run."


def _echoes(subject: Subject, one: _Side) -> Iterator[str]:
    """`read` must not have from the inputs what it is to have from the store.

    So an input is changed for `log` alone. That must change what is read, where changing it for both does.
    """
    declared = subject.entry.loaded.entry.unobserved
    for name in (name for name in subject.entry.strategies if name not in declared):
        hidden: dict[str, list[tuple[Case, Outcome]]] = {}
        shown: set[str] = set()
        for case, outcome in one.gave[:FEW]:
            for change in changes_of(case.inputs[name]):
                if change.how in shown:
                    continue
                changed = replace(case, inputs={**case.inputs, name: change.value})
                reading = one.run(one.side, case, changed.inputs)
                if reading.raised is not None and reading.raised.phase == "log":
                    continue
                if _reads_the_same(subject, reading, outcome):
                    hidden.setdefault(change.how, []).append((changed, outcome))
                else:
                    shown.add(change.how)
        for how in (each for each in hidden if each not in shown):
            if any(
                not _reads_the_same(subject, one.run(one.side, changed, changed.inputs), outcome)
                for changed, outcome in hidden[how]
            ):
                yield (
                    f"{one.what} gives the same when other {name} are logged ({how}): it has from the input "
                    f"`{name}` what it is to have from the store."
                )
                break


def _reads_the_same(subject: Subject, other: Outcome, outcome: Outcome) -> bool:
    return other.raised is None and compared(agree, subject, outcome.value, other.value)


def _unobserved(subject: Subject, trials: Sequence[tuple[Trial, Walk]]) -> Iterator[str]:
    """Ways in which an input can change that v1's reading does not show, or shows though the entry says not."""
    declared = subject.entry.loaded.entry.unobserved or {}
    for name in subject.entry.strategies:
        seen = _seen(subject, name, [trial for trial, _ in trials])
        if name in declared:
            if any(any(hows.values()) for hows in seen.values()):
                yield f"`{name}` is listed as unobserved, but v1 reads it: remove it there."
            continue
        if not seen:
            yield f"Nothing shows whether v1 reads input `{name}`: no example of it can be changed."
        for aspect, hows in seen.items():
            unseen = [how for how, is_seen in hows.items() if not is_seen]
            if unseen and f"{name}.{aspect}" not in declared:
                yield (
                    f"v1 reads the same when the {aspect} of input `{name}` changes ({unseen[0]}). Make `read` show "
                    f"it, or list `{name}.{aspect}` under `unobserved` with the reason."
                )
            if not unseen and f"{name}.{aspect}" in declared:
                yield f"`{name}.{aspect}` is listed as unobserved, but v1 reads it: remove it there."


def _seen(subject: Subject, name: str, trials: Sequence[Trial]) -> dict[str, dict[str, bool]]:
    """For each aspect of an input, and each way to change it there: whether v1 reads it for some example."""
    seen: dict[str, dict[str, bool]] = {}
    others = [trial.case.inputs[name] for trial in trials]
    for trial in trials:
        for change in _changes(trial.case.inputs[name], others):
            if seen.get(change.aspect, {}).get(change.how):
                continue
            changed = Case({**trial.case.inputs, name: change.value}, trial.case.clock)
            try:
                reading = observe_v1_once(subject, changed)
            except EntryError:
                # v1 does not take the changed input; it was not drawn from the entry's own strategies.
                continue
            if not reading.refused_by:
                shows = not compared(agree, subject, trial.v1.value, reading.v1.value)
                seen.setdefault(change.aspect, {})[change.how] = shows
    return seen


def _changes(value: object, others: Sequence[object]) -> Iterator[Change]:
    """What cannot be changed by itself (None) is exchanged for the values of the other examples."""
    changes = list(changes_of(value))
    yield from changes
    if not changes:
        for other in others:
            if to_expression(other) != to_expression(value):
                yield Change("value", "the value of another example", other)


def _told(case: Case) -> str:
    inputs = ", ".join(f"{name}={to_expression(value)}" for name, value in case.inputs.items())
    return f"({inputs}, {case.clock})" if len(inputs) < 300 else f"({inputs[:300]}..., {case.clock})"
