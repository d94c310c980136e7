"""Guesses what a finding is: a condition and what becomes of the value, held against everything that was seen.

A guess is valid only if it explains every input that it claims. Of the valid ones the one that explains most is taken,
then the one that claims the fewest inputs that need no explanation, then the simplest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

from harness.asking.candidates import Place, conditions, each_leaf, transformations, with_guard
from harness.asking.evidence import Cause, Seen, places
from harness.compare import agree, nothing
from harness.paths import Raised
from harness.spec import Block, Location, Snippet, compile_expression
from harness.values import to_expression
from harness.verify.pipeline import compared

MOST = 350
"""Inputs that a guess is held against: the smallest, which are nearest to where it begins and ends."""

MARKS = re.compile(r"([.^$*+?{}\[\]\\|()])")


@dataclass(frozen=True)
class Guess:
    """What a divergence may say.

    Attributes:
        when: For which inputs.
        becomes: What MLflow gives; None where it raises.
        raises: Phase, type and message of what it raises; None where it does not.
        leaves: What can be read after it raised; None for nothing.
        is_literal: Whether it speaks of its one witness only.
        explained: Inputs of the cause that it explains.
        of: All inputs of the cause.
        others: Inputs without a finding that it was held against.
        claimed: Those of them for which `when` holds; what it says of them is so.
    """

    when: str
    becomes: str | None = None
    raises: tuple[str, type[Exception], str] | None = None
    leaves: str | None = None
    is_literal: bool = False
    explained: int = 1
    of: int = 1
    others: int = 0
    claimed: int = 0


def guess(witness: Seen, seen: Sequence[Seen], cause_of: Callable[[Seen], Cause | None]) -> Guess:
    """The best guess that explains the witness; the literal one if no other does.

    Args:
        witness: What must be explained; its walk was not ended by a declared divergence.
        seen: All that was seen with the same recipe and store.
        cause_of: The cause of what nothing explains yet; None for what is explained.
    """
    cause = cause_of(witness)
    evidence = [witness, *sorted((one for one in seen if one.is_open and one is not witness), key=_size)][
        :MOST
    ]
    same = [cause_of(one) == cause for one in evidence]
    fine = [cause_of(one) is None for one in evidence]
    claims = list(_claims(witness, evidence, same))
    if not claims:
        return _literal(witness, seen)
    same_mask, fine_mask = _mask(same), _mask(fine)
    singles = _conditions(evidence, same)
    whens = [*singles, *_pairs(singles)]
    best: tuple[tuple[int, ...], Guess] | None = None
    for rank, claim in enumerate(claims):
        right = _mask(claim.explains)
        own = [] if claim.changes is None else _own_conditions(claim, evidence)
        own += [(f"{one} and {other}", left & right) for one, left in own for other, right in singles]
        for place, (when, holds) in enumerate([*own, *whens, ("True", (1 << len(evidence)) - 1)]):
            if not holds & 1 or holds & ~right:
                continue
            score = (-(holds & same_mask).bit_count(), (holds & fine_mask).bit_count(), rank + place)
            if best is None or score < best[0]:
                best = (
                    score,
                    Guess(
                        when,
                        claim.becomes,
                        claim.raises,
                        claim.leaves,
                        explained=-score[0],
                        of=sum(same),
                        others=sum(fine),
                        claimed=score[1],
                    ),
                )
    return best[1] if best else _literal(witness, seen)


@dataclass(frozen=True)
class _Claim:
    """What MLflow may do, and for which of the evidence that is so; `changes` is the part that becomes another."""

    becomes: str | None
    explains: Sequence[bool]
    raises: tuple[str, type[Exception], str] | None = None
    leaves: str | None = None
    changes: tuple[Place, str] | None = None


def _claims(witness: Seen, evidence: Sequence[Seen], same: Sequence[bool]) -> Iterator[_Claim]:
    raised = witness.given.raised
    if raised is None:
        for becomes, changes in _becoming(witness, evidence):
            block = compiled(becomes)
            if _gives(witness, block):
                yield _Claim(becomes, [_gives(one, block) for one in evidence], changes=changes)
        return
    errors = [
        one.given.raised for one, is_same in zip(evidence, same, strict=True) if is_same and one.given.raised
    ]
    pattern = _pattern([str(found.error) for found in errors])
    raises = (raised.phase, type(raised.error), pattern)
    fits = [
        (found := one.given.raised) is not None
        and found.phase == raised.phase
        and isinstance(found.error, type(raised.error))
        and re.search(pattern, str(found.error)) is not None
        for one in evidence
    ]
    if raised.phase == "read":
        yield _Claim(None, fits, raises)
        return
    for left in (None, *(text for text, _ in _becoming(witness, evidence))):
        expression = None if left is None else compiled(left)
        if _leaves(witness, expression):
            explains = [fit and _leaves(one, expression) for one, fit in zip(evidence, fits, strict=True)]
            yield _Claim(None, explains, raises, left)
            if left is None:
                return


def _becoming(witness: Seen, evidence: Sequence[Seen]) -> Iterator[tuple[str, tuple[Place, str] | None]]:
    """Expressions of what may be given instead, with the part of the value that they change."""
    found = places(evidence)
    given = witness.given.value
    lengths = sorted({len(part) for part in _parts(given)})
    for place in found:
        if place.put is not None:
            for text in transformations(place, lengths):
                yield place.put.replace("@", text), (place, text)
    yield from ((text, None) for text in each_leaf(found))
    # What SDK v1 loses MLflow may keep.
    texts = [place.get for place in found if place.put is None and place.kind == "text"]
    for place in found:
        if place.put is None and place.kind != "text":
            yield place.get, None
            yield from ((f"{{{name}: {place.get}}}", None) for name in texts)
    yield from (("nothing", None), ("v1", None))


def _own_conditions(claim: _Claim, evidence: Sequence[Seen]) -> list[tuple[str, int]]:
    """That a part becomes another is a condition by itself, and the one that authors write first."""
    assert claim.changes is not None
    place, text = claim.changes
    only_numbers = f"all(map(is_number, {place.get}))" if place.kind == "list" else f"is_number({place.get})"
    found = []
    for guard in ("", only_numbers):
        asked = " and ".join(part for part in (place.guard, guard, f"{text} != {place.get}") if part)
        holds = _held(asked, evidence)
        if holds is not None:
            found.append((asked, holds))
    return found


def _conditions(evidence: Sequence[Seen], same: Sequence[bool]) -> list[tuple[str, int]]:
    """Conditions that hold for the witness, with the evidence that they hold for; simple ones first."""
    texts = ['clock == "stopped"', 'clock == "ticking"']
    for place in places(evidence):
        values = [_value(one, place) for one in evidence]
        numbers = _bounds([_numbers(value) for value in values], same)
        lengths = _bounds(
            [[len(value)] if isinstance(value, list | tuple | str) else [] for value in values], same
        )
        texts += conditions(place, numbers, [int(bound) for bound in lengths])
    found = [(text, holds) for text in texts if (holds := _held(text, evidence)) is not None]
    full = (1 << len(evidence)) - 1
    return [
        *((_bracketed(text), holds) for text, holds in found if holds & 1),
        *((f"not ({text})", full & ~holds) for text, holds in found if holds and not holds & 1),
    ]


def _pairs(singles: Sequence[tuple[str, int]]) -> list[tuple[str, int]]:
    """Two conditions at once, where that says something that neither says alone."""
    known = {holds for _, holds in singles}
    found: list[tuple[str, int]] = []
    for (one, left), (other, right) in combinations(singles, 2):
        if left & right not in known:
            known.add(left & right)
            found.append((f"{one} and {other}", left & right))
    return found


def _bracketed(text: str) -> str:
    return f"({text})" if " or " in text else text


def _held(text: str, evidence: Sequence[Seen]) -> int | None:
    """The evidence for which a condition holds; None if it raises for some, since then it is no condition."""
    block = compiled(text)
    holds = 0
    for index, one in enumerate(evidence):
        try:
            holds |= bool(block.run(one.scope)) << index
        except Exception:  # a candidate may not fit the values
            return None
    return holds


def _bounds(numbers: Sequence[Sequence[float]], same: Sequence[bool]) -> list[float]:
    """Numbers beyond which all that has the cause, and nothing else, may lie; round ones where there is room."""
    high = [max(some) for some, is_same in zip(numbers, same, strict=True) if is_same and some]
    found: list[float] = []
    if high:
        least = min(high)
        below = [max(some) for some, is_same in zip(numbers, same, strict=True) if not is_same and some]
        under = max((number for number in below if number < least), default=None)
        round_ones = [
            one for one in (250, 255, 500, 1000, 2000) if under is not None and under <= one < least
        ]
        found += round_ones[:1] or ([] if under is None else [under])
    return found


def _gives(one: Seen, block: Block) -> bool:
    if one.given.raised is not None:
        return False
    try:
        return compared(agree, one.subject, block.run(one.scope), one.given.value)
    except Exception:  # a candidate may not fit the values
        return False


def _leaves(one: Seen, block: Block | None) -> bool:
    if isinstance(one.given.value, Raised):
        return False
    try:
        left = nothing if block is None else block.run(one.scope)
        return compared(agree, one.subject, left, one.given.value)
    except Exception:  # as above
        return False


def _literal(witness: Seen, seen: Sequence[Seen]) -> Guess:
    """What speaks of this one input only."""
    case = witness.trial.case
    names = list(case.inputs)
    written = ", ".join(to_expression(value) for value in case.inputs.values())
    # NaN equals nothing, and 1 equals True: then only the spelling tells them apart.
    when = f"[{', '.join(names)}] == [{written}]"
    if re.search(r"nan|True|False|\b[01]\b", written):
        when = f"repr([{', '.join(names)}]) == {repr(list(case.inputs.values()))!r}"
    if not any(_same_under_the_other_clock(witness, one) for one in seen):
        when += f' and clock == "{case.clock}"'
    raised = witness.given.raised
    if raised is None:
        return Guess(when, _spelled(witness.given.value), is_literal=True)
    left = witness.given.value
    leaves = None
    if raised.phase == "log" and not isinstance(left, Raised) and not _leaves(witness, None):
        leaves = _spelled(left)
    pattern = _pattern([str(raised.error)])
    return Guess(when, None, (raised.phase, type(raised.error), pattern), leaves, is_literal=True)


def _same_under_the_other_clock(witness: Seen, one: Seen) -> bool:
    case, other = witness.trial.case, one.trial.case
    spelled = [[*map(to_expression, each.inputs.values())] for each in (case, other)]
    if other.clock == case.clock or spelled[0] != spelled[1]:
        return False
    return _spelled(one.given.value) == _spelled(witness.given.value) and (
        str(one.given.raised) == str(witness.given.raised)
    )


def _spelled(value: object) -> str:
    try:
        return to_expression(value).replace("float('nan')", "math.nan")
    except TypeError:
        return "nothing"


def _pattern(messages: Sequence[str]) -> str:
    """A regular expression for the longest piece of text, up to 60 characters, that all the messages have."""
    first = messages[0].partition("\n")[0]
    pieces = re.split(r"'[^']*'|\"[^\"]*\"|\d[\d.]*|[\[\]{}]", first)
    trimmed = [piece.strip(" ().,:;")[:60].strip() for piece in pieces]
    common = [piece for piece in trimmed if all(piece in message for message in messages)]
    best = max(common, key=len, default="")
    return MARKS.sub(r"\\\1", best if len(best) > 4 else first[:60])


def compiled(text: str) -> Block:
    """A candidate as Python that can be run."""
    return compile_expression(Snippet(text, Location(Path("guess"), 1, 1)))


def _value(one: Seen, place: Place) -> object:
    try:
        return compiled(with_guard(place.guard, place.get)).run(one.scope)
    except Exception:  # it is not there
        return None


def _numbers(value: object) -> list[float]:
    items: list[object] | tuple[object, ...]
    items = value if isinstance(value, list | tuple) else [value]
    return [item for item in items if type(item) is int or (type(item) is float and item == item)]


def _parts(value: object) -> Iterator[list[object]]:
    if isinstance(value, list | tuple):
        yield list(value)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _parts(item)


def _mask(flags: Sequence[bool]) -> int:
    return sum(flag << index for index, flag in enumerate(flags))


def _size(one: Seen) -> tuple[int, str]:
    return (one.size, repr(sorted(map(to_expression, one.trial.case.inputs.values()))))
