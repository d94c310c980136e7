"""From a script on the command line to its trace: run it, match its calls, verify the cases, and put it together."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

from harness.asking.opened import opened
from harness.asking.trying import Answer
from harness.spec import LoadedEntry
from harness.tracing.instead import instead, prepared, short_expression, shown
from harness.tracing.matching import Matched, bindings_of, match
from harness.tracing.model import SCHEMA_VERSION, Call, Case, Given, Step, Trace, Write
from harness.tracing.outcomes import WORST_FIRST, Outcome, worst
from harness.tracing.own_words import line_of, names_around
from harness.tracing.records import RecordedCall
from harness.tracing.running import Traced
from harness.tracing.verifying import OUTCOMES, Verified, verify
from harness.versions import installed_versions


def assembled(
    traced: Traced,
    script: Path,
    arguments: Sequence[str],
    entries: Sequence[LoadedEntry],
    store: str,
    progress: Callable[[int, int], None],
) -> Trace:
    """Verifies what a script has called, and gives all that was found out; to be called inside of `prepared`.

    Raises:
        BadInput: An expression of an entry raised.
        EnvironmentProblem: A package is missing, or the store cannot be had.
    """
    calls = traced.recorded.calls
    matched = match(calls, bindings_of(entries), store)
    verified: Sequence[Verified] = ()
    if matched.found:
        with opened([store]) as bed:
            verified = verify(bed, store, matched.found, calls, progress)
    told = _calls(calls, matched, verified)
    counts = Counter(call.outcome for call in told)
    return Trace(
        schema_version=SCHEMA_VERSION,
        script=str(script),
        arguments=tuple(arguments),
        exit_code=traced.launched.code,
        run=traced.launched.run_id,
        run_status=traced.launched.status,
        store=store,
        versions=installed_versions(),
        missing=traced.recorded.missing,
        unserved=tuple(traced.launched.unserved),
        counts={outcome: counts[outcome] for outcome in WORST_FIRST if counts[outcome]},
        calls=tuple(told),
        cases=tuple(_cases(verified, calls)),
    )


def _calls(calls: Sequence[RecordedCall], matched: Matched, verified: Sequence[Verified]) -> list[Call]:
    cases_of: dict[int, list[int]] = {}
    for index, each in enumerate(verified):
        for place in each.found.calls:
            cases_of.setdefault(place, []).append(index)
    told = []
    for place, call in enumerate(calls):
        cases = cases_of.get(place, [])
        outcome: Outcome
        if call.raised is not None:
            outcome, reason = "v1-refuses", f"SDK v1 raised {call.raised}"
        elif cases:
            outcome, reason = worst(verified[case].outcome for case in cases), None
        else:
            outcome, reason = "no-mapping", matched.unmapped[place]
        told.append(
            Call(
                call=call.call,
                file=_from_here(call.site.file),
                line=call.site.line,
                source=line_of(call),
                function=call.function,
                run=call.run,
                arguments=_arguments(call),
                outcome=outcome,
                cases=tuple(cases),
                reason=reason,
            )
        )
    return told


def _cases(verified: Sequence[Verified], calls: Sequence[RecordedCall]) -> list[Case]:
    """Each case, with code that holds for all values with which its place is come to."""
    alike: dict[tuple[object, ...], list[Verified]] = {}
    for each in verified:
        alike.setdefault(_key(each, calls), []).append(each)
    short = {
        key: prepared(
            _code(some[0]), calls[some[0].found.calls[0]].call, [each.found.inputs for each in some]
        )
        for key, some in alike.items()
        if some[0].advised is not None
    }
    return [_case(each, short.get(_key(each, calls), ""), calls[each.found.calls[0]]) for each in verified]


def _key(each: Verified, calls: Sequence[RecordedCall]) -> tuple[object, ...]:
    places = dict.fromkeys((calls[place].call, calls[place].site) for place in each.found.calls)
    return (each.found.entry.id, each.found.snippet, each.advised, *places)


def _code(each: Verified) -> str:
    recipe = each.found.entry.entry.mlflow[each.advised or ""]
    return recipe.log if each.found.snippet == "log" else recipe.read


def _case(each: Verified, short: str, call: RecordedCall) -> Case:
    entry, inputs = each.found.entry.entry, each.found.inputs
    return Case(
        mapping=entry.id,
        title=entry.title,
        inputs={name: shown(value) for name, value in inputs.items()},
        short={name: short_expression(value) for name, value in inputs.items()},
        own=tuple(name for name in inputs if name in each.found.own),
        calls=each.found.calls,
        outcome=each.outcome,
        reason=each.found.doubt,
        given=tuple(map(_given, each.answers)),
        write=None if each.advised is None else _write(each, each.advised, short, call),
    )


def _given(answer: Answer) -> Given:
    return Given(
        recipe=answer.recipe,
        clock=answer.clock,
        outcome=OUTCOMES[answer.ending],
        sentence=answer.sentence,
        v1=answer.v1,
        mlflow=answer.mlflow,
        steps=tuple(
            Step(divergence=step.divergence, because=step.because, value=step.value) for step in answer.steps
        ),
    )


def _write(each: Verified, recipe: str, short: str, call: RecordedCall) -> Write:
    whole = prepared(_code(each), call.call, [each.found.inputs])
    code = instead(whole, each.found.inputs, short, each.found.words, names_around(call))
    return Write(
        recipe=recipe,
        outcome=each.becomes or each.outcome,
        keeps=each.keeps,
        code=code.code,
        short=code.short,
        imports=code.imports,
        helpers=code.helpers,
    )


def _arguments(call: RecordedCall) -> str:
    """What the script gave, by the names of the parameters."""
    if call.arguments is None:
        return "?"
    parts = []
    for name in call.given:
        value = call.arguments[name]
        if name == "kwargs" and isinstance(value, dict):
            parts += [f"{key}={short_expression(item)}" for key, item in value.items()]
        elif name == "args" and isinstance(value, tuple):
            parts += [short_expression(item) for item in value]
        else:
            parts.append(f"{name}={short_expression(value)}")
    return ", ".join(parts)


def _from_here(file: str) -> str:
    """The path as one would write it in the working directory."""
    path, here = Path(file), Path(os.getcwd())
    return str(path.relative_to(here)) if path.is_relative_to(here) else file
