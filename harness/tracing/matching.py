"""Which mapping a recorded call is a case of, and with which inputs: as the `calls` of the entries say."""

from __future__ import annotations

import ast
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

from harness.errors import BadInput
from harness.spec import Block, LoadedEntry, compile_expression, resolve
from harness.spec.model import Phase
from harness.stores.catalogue import store_matches
from harness.tracing.own_words import in_own_words, is_the_scripts
from harness.tracing.records import RecordedCall, others_in
from harness.values import fresh, key_of, to_expression

SCOPE = "call"


@dataclass(frozen=True)
class Binding:
    """One item of the `calls` of an entry, compiled."""

    entry: LoadedEntry
    call: str
    when: Block | None
    gather: Sequence[Block] | None
    inputs: Mapping[str, Block]
    snippet: Phase


@dataclass(frozen=True)
class Found:
    """A case that was found: calls of a script that are one case of an entry.

    Attributes:
        entry: The entry.
        inputs: Its inputs with their values.
        calls: The indexes of the calls, in their order.
        snippet: Which Python of a recipe stands for the calls.
        doubt: Why it cannot be verified, None where it can.
        own: The inputs that come from what the script gave; the others have defaults, or are the entry's.
        words: Inputs as the script itself has written them, where it is one call and they are known.
    """

    entry: LoadedEntry
    inputs: Mapping[str, object]
    calls: tuple[int, ...]
    snippet: Phase = "log"
    doubt: str | None = None
    own: frozenset[str] = frozenset()
    words: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Matched:
    """The cases of a script; `unmapped` has the other calls by index, with the reason why no mapping has them."""

    found: Sequence[Found]
    unmapped: Mapping[int, str]


def bindings_of(entries: Sequence[LoadedEntry]) -> list[Binding]:
    """All items of the `calls` of these entries."""
    return [
        Binding(
            entry=loaded,
            call=call.call,
            when=None if call.when is None else _compiled(loaded, index, "when"),
            gather=None
            if call.gather is None
            else [_compiled(loaded, index, "gather", place) for place in range(len(call.gather))],
            inputs={name: _compiled(loaded, index, "inputs", name) for name in call.inputs},
            snippet=call.snippet,
        )
        for loaded in entries
        for index, call in enumerate(loaded.entry.calls)
    ]


def match(calls: Sequence[RecordedCall], bindings: Sequence[Binding], store: str) -> Matched:
    """The cases that the calls of a script are on a store; a call that several mappings fit is a case of each.

    A call that raised has logged nothing and is no case; whoever shows the calls tells what it raised.

    Raises:
        BadInput: An expression of an entry raised.
    """
    names = resolve(SCOPE)
    seen = _namespaces(calls)
    found: list[Found] = []
    elsewhere: dict[int, list[str]] = {}
    for binding in bindings:
        here = [
            index
            for index, call in enumerate(calls)
            if call.call == binding.call and call.raised is None and call.arguments is not None
        ]
        for group in _groups(binding, here, seen, names):
            scope = {**names, **_scope(seen[group[0]]), "calls": [seen[index] for index in group]}
            if binding.when is not None and not _value(binding, binding.when, scope):
                continue
            if not store_matches(binding.entry.entry.stores, store):
                for index in group:
                    elsewhere.setdefault(index, []).append(binding.entry.id)
                continue
            inputs = {name: _value(binding, block, scope) for name, block in binding.inputs.items()}
            doubt = next(_doubts(inputs, [calls[index] for index in group]), None)
            first = calls[group[0]]
            found.append(
                Found(
                    entry=binding.entry,
                    inputs=inputs,
                    calls=tuple(group),
                    snippet=binding.snippet,
                    doubt=doubt,
                    own=frozenset(
                        name
                        for name, block in binding.inputs.items()
                        if is_the_scripts(block.snippet.text, first)
                    ),
                    words=_words(binding, first, scope) if len(group) == 1 else {},
                )
            )
    mapped = {index for case in found for index in case.calls}
    unmapped = {
        index: _reason(call, elsewhere.get(index), store, bindings)
        for index, call in enumerate(calls)
        if index not in mapped and call.raised is None
    }
    return Matched(found, unmapped)


def _compiled(loaded: LoadedEntry, index: int, *at: str | int) -> Block:
    return compile_expression(loaded.snippet("calls", index, *at))


def _namespaces(calls: Sequence[RecordedCall]) -> list[SimpleNamespace]:
    """What expressions see of each call."""
    earlier: dict[str | None, list[SimpleNamespace]] = {}
    found = []
    for call in calls:
        before = earlier.setdefault(call.run, [])
        seen = SimpleNamespace(
            **dict(call.arguments or {}),
            run=call.run,
            experiment=call.experiment,
            file=call.file,
            picture=call.picture,
            before=list(before) if call.run is not None else [],
        )
        found.append(seen)
        if call.arguments is not None and call.raised is None:
            before.append(SimpleNamespace(**vars(seen), call=call.call))
    return found


def _scope(seen: SimpleNamespace) -> dict[str, Any]:
    return dict(vars(seen))


def _groups(
    binding: Binding, here: Sequence[int], seen: Sequence[SimpleNamespace], names: Mapping[str, Any]
) -> list[list[int]]:
    """The calls that are to be one case, in the order of the first of each."""
    if binding.gather is None:
        return [[index] for index in here]
    groups: dict[Hashable, list[int]] = {}
    for index in here:
        scope = {**names, **_scope(seen[index]), "calls": [seen[index]]}
        key = key_of([_value(binding, block, scope) for block in binding.gather], _leaf)
        groups.setdefault(key, []).append(index)
    return list(groups.values())


def _leaf(value: object) -> Hashable:
    """What tells any value from others, of whatever type a script has given it."""
    try:
        return ("plain", to_expression(value))
    except TypeError:
        return ("other", id(value))


def _value(binding: Binding, block: Block, scope: Mapping[str, Any]) -> Any:
    try:
        return block.run(dict(scope))
    except Exception as error:  # the author's code may raise anything
        place = block.snippet.location
        raise BadInput(
            f"{place}: this raised {type(error).__name__} for a call of `{binding.call}`: {error}\n"
            "an expression of `calls` is evaluated for every such call, so it must take each"
        ) from error


def _words(binding: Binding, call: RecordedCall, scope: Mapping[str, Any]) -> dict[str, str]:
    """The inputs as the script has written them."""
    seen = {**scope, "call": scope["calls"][0]}

    def holds(node: ast.expr) -> bool:
        code = compile(ast.fix_missing_locations(ast.Expression(node)), "<condition>", "eval")
        return bool(eval(code, dict(seen)))

    said = {name: in_own_words(block.snippet.text, call, holds) for name, block in binding.inputs.items()}
    return {name: text for name, text in said.items() if text is not None}


def _doubts(inputs: Mapping[str, object], calls: Sequence[RecordedCall]) -> Iterator[str]:
    for call in calls:
        if call.unkept is not None:
            yield f"the file has {call.unkept:,} bytes, too many to be kept with the call"
        if call.failed is not None:
            yield f"its arguments could not be written down: {call.failed}"
    for name, value in inputs.items():
        for other in others_in(value):
            yield f"`{name}` has a {other.type_name} in it, which is no plain value"
        try:
            fresh(value)
            to_expression(value)
        except TypeError as error:
            yield f"`{name}`: {error}"


def _reason(
    call: RecordedCall, elsewhere: Sequence[str] | None, store: str, bindings: Sequence[Binding]
) -> str:
    if elsewhere:
        return f"its mapping ({', '.join(elsewhere)}) is for other stores than {store}"
    if call.failed is not None:
        return f"its arguments could not be written down: {call.failed}"
    others = dict.fromkeys(binding.entry.entry.id for binding in bindings if binding.call == call.call)
    if others:
        return f"the mapping of {call.call} ({', '.join(others)}) is not for such a call"
    return f"no entry has a mapping for {call.call}"
