"""What `harness names` shows: the table of names and the relations, whole or in part."""

from __future__ import annotations

import inspect
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from harness.errors import BadInput
from harness.reference import signature_of
from harness.spec import RELATION_NAMES, SCOPES, Name, all_names, names_in
from harness.spec.name_table import SCOPES_WITH_INPUTS
from harness.spec.names import resolve_source
from harness.spec.problems import did_you_mean, shown

RELATION = "relation"

_LEAST = 40
_BESIDES = "Besides these, Python sees its builtins and, but for strategies and `!py` values, the inputs of the entry."


@dataclass(frozen=True)
class Found:
    """What was asked for.

    Attributes:
        groups: Headings, each with its names.
        relations: The relations, with what each takes as equal.
        single: Names of which all is to be told.
    """

    groups: dict[str, list[Name]]
    relations: dict[str, str]
    single: list[Name]


def find(asked: Sequence[str]) -> Found:
    """The scopes, names and relations that are called so; everything if nothing is asked for.

    Raises:
        BadInput: With every word that is none of them.
    """
    if not asked:
        return Found(_by_scopes(), _relations(RELATION_NAMES), [])
    known = {name.name: name for name in all_names()}
    everything = [*SCOPES, RELATION, *known, *RELATION_NAMES]
    unknown = [word for word in asked if word not in everything]
    if unknown:
        raise BadInput("\n".join(_unknown(word, everything) for word in unknown))
    groups = {_heading([scope]): list(names_in(scope).values()) for scope in asked if scope in SCOPES}
    relations = RELATION_NAMES if RELATION in asked else [word for word in asked if word in RELATION_NAMES]
    single = [known[word] for word in dict.fromkeys(asked) if word in known and word not in SCOPES]
    return Found(groups, _relations(relations), single)


def _unknown(word: str, everything: Sequence[str]) -> str:
    near = did_you_mean(word, everything)
    scopes = ", ".join([*SCOPES, RELATION])
    return f"there is no scope or name {shown(word)}{f'; {near}' if near else ''}\nscopes: {scopes}"


def _by_scopes() -> dict[str, list[Name]]:
    """Each name once, under all the scopes that see it."""
    groups: dict[str, list[Name]] = {}
    for name in all_names():
        scopes = [scope for scope in SCOPES if scope in name.scopes]
        groups.setdefault(_heading(scopes), []).append(name)
    return groups


def _heading(scopes: Sequence[str]) -> str:
    if len(scopes) == len(SCOPES):
        return "everywhere"
    missing = [scope for scope in SCOPES if scope not in scopes]
    if len(missing) == 1:
        return f"everywhere but {missing[0]} ({SCOPES[missing[0]].partition(':')[0]})"
    where = "; ".join(SCOPES[scope].partition(":")[0] for scope in scopes)
    return f"{', '.join(scopes)} ({where})"


def _relations(names: Sequence[str]) -> dict[str, str]:
    from harness.compare import RELATIONS

    return {name: RELATIONS[name].says for name in names}


def as_data(found: Found) -> dict[str, Any]:
    """The same for programs."""
    listed = [name for group in found.groups.values() for name in group]
    return {
        "scopes": dict(SCOPES),
        "names": [
            {
                "name": name.name,
                "says": name.says,
                "scopes": [scope for scope in SCOPES if scope in name.scopes],
                "source": name.source,
            }
            for name in dict.fromkeys([*listed, *found.single])
        ],
        "relations": [{"name": name, "says": says} for name, says in found.relations.items()],
    }


def as_text(found: Found, width: int) -> str:
    """The same for people, in lines of at most `width` columns where words allow it."""
    width = max(_LEAST, width)
    rows = [name for group in found.groups.values() for name in group]
    column = min(
        max(len(word) for word in ["numbers", *(name.name for name in rows)]) + 2, max(12, width // 3)
    )
    blocks = [
        _block(f"{heading}:", [(name.name, name.says) for name in group], column, width)
        for heading, group in found.groups.items()
    ]
    blocks += [_detail(name, width) for name in found.single]
    if found.relations:
        blocks.append(_block("compare (relations):", list(found.relations.items()), column, width))
    if any(set(SCOPES_WITH_INPUTS) & name.scopes for name in rows):
        blocks.append(textwrap.fill(_BESIDES, width))
    return "\n\n".join(blocks)


def _block(heading: str, rows: Sequence[tuple[str, str]], column: int, width: int) -> str:
    lines = textwrap.wrap(heading, width)
    for name, says in rows:
        first = f"  {name:<{column}}"
        if len(name) >= column:
            lines.append(f"  {name}")
            first = " " * (column + 2)
        lines += textwrap.wrap(says, width, initial_indent=first, subsequent_indent=" " * (column + 2))
    return "\n".join(lines)


def _detail(name: Name, width: int) -> str:
    scopes = "; ".join(SCOPES[scope].partition(":")[0] for scope in SCOPES if scope in name.scopes)
    lines = [name.name, *textwrap.wrap(name.says, width, initial_indent="  ", subsequent_indent="  ")]
    lines += textwrap.wrap(f"seen in {scopes}", width, initial_indent="  ", subsequent_indent="  ")
    if name.source is None:
        lines.append("  given anew for each example")
        return "\n".join(lines)
    value = resolve_source(name.source)
    lines[0] = f"{name.name}{signature_of(value)}"
    lines.append(f"  from {name.source.replace(':', '.')}")
    if callable(value):
        documented = inspect.getdoc(value)
        lines += ["", textwrap.indent(documented, "  ")] if documented else []
    elif not inspect.ismodule(value):
        shown = repr(value)
        lines.append(f"  {shown if len(shown) <= 200 else f'{shown[:200]}…'}")
    return "\n".join(lines)
