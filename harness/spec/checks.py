"""Checks of an entry that go beyond shape: what one part says of another, and closed sets of names.

They look at the data as read, not at the model, so that they also run where other parts of the file are
wrong; what has the wrong shape is passed over here, since the model reports it.
"""

from __future__ import annotations

import keyword
import re
import warnings
from collections.abc import Iterable, Iterator
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from harness.spec import names
from harness.spec.model import READS_ACROSS, READS_ACROSS_STORE, part_at
from harness.spec.problems import Problem, did_you_mean, hints, listing, shown
from harness.spec.reading import Document, ValuePath
from harness.spec.sdk_calls import CALLS
from harness.stores.catalogue import known_store_names, store_matches
from harness.versions import PACKAGES

RESERVED_INPUTS = ("guide", "id", "clock")
"""Keys of an example, which no input may be called."""

ASPECTS = ("value", "order", "count", "precision", "first", "last")
"""What of an input can be unobserved."""

TO_DO = "TODO"
"""Begins a text that is still to be written."""

_CATCH_ALL = ("BaseException",)
_DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")


def reference_problems(document: Document) -> Iterator[Problem]:
    """Everything that is wrong between the parts of an entry."""
    return _Checks(document).all()


class _Checks:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.data: dict[Any, Any] = document.data
        inputs = self.data.get("inputs")
        self.inputs = [name for name in inputs if isinstance(name, str)] if isinstance(inputs, dict) else None
        self.divergences = list(self.parts("divergences"))
        self.refusals = list(self.parts("v1", "refuses"))
        self.claims = list(self.parts("claims"))
        self.examples = list(self.parts("examples"))
        self.calls = list(self.parts("calls"))

    def all(self) -> Iterator[Problem]:
        yield from self.identity()
        yield from self.to_do()
        yield from self.origin()
        yield from self.input_names()
        yield from self.unobserved()
        yield from self.values()
        yield from self.relation(("compare",), self.data)
        yield from self.across()
        for path, part in [((), self.data), *self.divergences, *self.claims]:
            yield from self.stores((*path, "stores"), part)
            yield from self.versions((*path, "versions"), part)
        yield from self.unique_ids([*self.refusals, *self.divergences], "divergence or refusal")
        yield from self.unique_ids(self.claims, "claim")
        yield from self.unique_ids(self.examples, "example")
        for path, refusal in self.refusals:
            yield from self.exception((*path, "raises"), refusal)
        for path, divergence in self.divergences:
            yield from self.effect(path, divergence)
            yield from self.recipes(path, divergence)
            yield from self.logged_by_v1(path, divergence)
            yield from self.known_inputs((*path, "region"), divergence.get("region"))
            yield from self.disclosure(path, divergence)
        for path, claim in self.claims:
            yield from self.claim(path, claim)
        for path, call in self.calls:
            yield from self.call_name(path, call)

    def parts(self, *path: str) -> Iterator[tuple[ValuePath, dict[Any, Any]]]:
        """The mappings of a list, with their paths."""
        found: Any = self.data
        for key in path:
            found = found.get(key) if isinstance(found, dict) else None
        for index, part in enumerate(found if isinstance(found, list) else []):
            if isinstance(part, dict):
                yield (*path, index), part

    def at_value(self, code: str, message: str, path: ValuePath, hint: str | None = None) -> Problem:
        return Problem(code, message, self.document.value_place(path), hint)

    def at_key(self, code: str, message: str, path: ValuePath, hint: str | None = None) -> Problem:
        return Problem(code, message, self.document.key_place(path), hint)

    def identity(self) -> Iterator[Problem]:
        name, stem = self.data.get("id"), self.document.path.stem
        if isinstance(name, str) and name != stem:
            message = f"the id is {shown(name)}, but the file is `{self.document.path.name}`"
            yield self.at_value("id-mismatch", message, ("id",), "name the file after its id")

    def to_do(self) -> Iterator[Problem]:
        """What `harness new` and `harness explore` leave to the author."""
        sources = self.data.get("sources")
        items = [("sources", index) for index in range(len(sources))] if isinstance(sources, list) else []
        reasons = [(*path, "because") for path, _ in (*self.refusals, *self.divergences)]
        for path in (("title",), ("guide",), *items, *reasons):
            node = self.document.nodes.get(path)
            if node is not None and node.text.startswith(TO_DO):
                key = next(key for key in reversed(path) if isinstance(key, str))
                part = part_at(path[: path.index(key)])
                hint = part.model_fields[key].description if part else None
                yield self.at_value("to-do", f"`{key}` is still to be written", path, hint)

    def origin(self) -> Iterator[Problem]:
        yield from self.one_of((), self.data, "guide", "sources", "an entry")
        marked = [path for path, example in self.examples if example.get("guide") is True]
        if self.data.get("guide") is not None and not marked and isinstance(self.data.get("examples"), list):
            hint = "add `guide: true` to the example that the guide gives"
            yield self.at_key("no-guide-example", "no example is the guide's own", ("examples",), hint)
        if "guide" not in self.data and "sources" in self.data:
            for path in marked:
                message = "this example is the guide's, but the entry cites no section of the guide"
                hint = "cite the section under `guide:`, or leave out `guide: true`"
                yield self.at_key("no-guide", message, (*path, "guide"), hint)

    def one_of(
        self, path: ValuePath, part: dict[Any, Any], one: str, other: str, name: str
    ) -> Iterator[Problem]:
        """Exactly one of two keys."""
        if one in part and other in part:
            later = max(one, other, key=lambda key: self.document.key_place((*path, key)))
            message = f"{name} has both `{one}` and `{other}`; it must have one of them"
            yield self.at_key("conflicting-keys", message, (*path, later), "leave out one of them")
        elif one not in part and other not in part:
            message = f"{name} needs one of the keys `{one}` and `{other}`"
            model = part_at(path)
            says = [f"{key}: {model.model_fields[key].description}" for key in (one, other)] if model else []
            yield self.at_value("missing-key", message, path, hints(*says))

    def input_names(self) -> Iterator[Problem]:
        taken = {name.name for name in names.all_names()}
        for name in self.data["inputs"] if self.inputs is not None else ():
            path = ("inputs", name)
            if not isinstance(name, str):
                continue  # the model says so
            if not name.isidentifier() or keyword.iskeyword(name):
                message = f"{shown(name)} cannot be the name of an input"
                yield self.at_key("bad-input-name", message, path, "an input is a name in Python")
            elif name in RESERVED_INPUTS:
                message = f"`{name}` cannot be the name of an input: it is a key of examples"
                yield self.at_key("reserved-name", message, path, f"reserved: {listing(RESERVED_INPUTS)}")
            elif name in taken:
                message = f"`{name}` cannot be the name of an input: snippets know something else by it"
                yield self.at_key("reserved-name", message, path, self.says(name))

    def says(self, name: str) -> str | None:
        return next((f"{name}: {known.says}" for known in names.all_names() if known.name == name), None)

    def unobserved(self) -> Iterator[Problem]:
        keys = self.data.get("unobserved")
        for key in keys if isinstance(keys, dict) else ():
            name, dot, aspect = str(key).partition(".")
            path = ("unobserved", key)
            yield from self.known_input(name, path)
            if dot and aspect not in ASPECTS:
                message = f"{shown(aspect)} is not known of an input"
                hint = hints(did_you_mean(aspect, ASPECTS), f"known: {listing(ASPECTS)}")
                yield self.at_key("unknown-aspect", message, path, hint)

    def known_input(self, name: object, path: ValuePath) -> Iterator[Problem]:
        if self.inputs is not None and name not in self.inputs:
            hint = hints(did_you_mean(name, self.inputs), f"inputs: {listing(self.inputs)}")
            yield self.at_key("unknown-input", f"there is no input {shown(str(name))}", path, hint)

    def known_inputs(self, path: ValuePath, part: Any) -> Iterator[Problem]:
        for name in part if isinstance(part, dict) else ():
            yield from self.known_input(name, (*path, name))

    def values(self) -> Iterator[Problem]:
        """Examples, witnesses and `given`: a value for each input, and nothing else."""
        for path, example in self.examples:
            yield from self.full(path, example, RESERVED_INPUTS)
        for path, part in [*self.refusals, *self.divergences]:
            yield from self.full((*path, "witness"), part.get("witness"), ("clock",))
        for path, claim in self.claims:
            yield from self.full((*path, "given"), claim.get("given"), ())
        for path, call in self.calls:
            yield from self.full((*path, "inputs"), call.get("inputs"), ())

    def call_name(self, path: ValuePath, call: dict[Any, Any]) -> Iterator[Problem]:
        name = call.get("call")
        if isinstance(name, str) and name not in CALLS:
            near = did_you_mean(name, CALLS) or did_you_mean(f"Run.{name}", CALLS)
            message = f"SDK v1 has no call {shown(name)}"
            hint = hints(near, "a method of `Run` or `Experiment`, such as `Run.log`")
            yield self.at_value("unknown-call", message, (*path, "call"), hint)

    def full(self, path: ValuePath, values: Any, besides: tuple[str, ...]) -> Iterator[Problem]:
        if not isinstance(values, dict) or self.inputs is None:
            return
        what = "this example" if len(path) == 2 else f"`{path[-1]}`"
        for name in self.inputs:
            if name not in values:
                message = f"{what} gives no value for the input `{name}`"
                yield self.at_value("missing-input", message, path, "each input needs a value here")
        for name in values:
            if name not in besides:
                yield from self.known_input(name, (*path, name))

    def relation(self, path: ValuePath, part: dict[Any, Any]) -> Iterator[Problem]:
        relation = part.get("compare")
        if isinstance(relation, str) and relation not in names.RELATION_NAMES:
            known = names.RELATION_NAMES
            hint = hints(did_you_mean(relation, known), f"known: {listing(known)}")
            message = f"there is no relation {shown(relation)}"
            yield self.at_value("unknown-relation", message, path, hint)

    def across(self) -> Iterator[Problem]:
        """What MLflow reads of SDK v1's runs: its relation, its store, and its name, which no other recipe has."""
        recipes, across, stores = (self.data.get(key) for key in ("mlflow", "reads_across", "stores"))
        if isinstance(recipes, dict) and READS_ACROSS in recipes:
            message = f"`{READS_ACROSS}` cannot be the name of a recipe: it is that of `reads_across`"
            hint = "write its `read` under `reads_across`; SDK v1 logs what it reads"
            yield self.at_key("reserved-name", message, ("mlflow", READS_ACROSS), hint)
        if not isinstance(across, dict):
            return
        yield from self.relation(("reads_across", "compare"), across)
        names_stores = isinstance(stores, list) and all(isinstance(name, str) for name in stores)
        if names_stores and not store_matches(stores, READS_ACROSS_STORE):
            message = (
                f"`reads_across` is for store `{READS_ACROSS_STORE}`, which is not among the entry's `stores`"
            )
            hint = f"add `{READS_ACROSS_STORE}` to `stores`, or leave out `reads_across`"
            yield self.at_key("wrong-store", message, ("reads_across",), hint)

    def known_items(self, path: ValuePath, found: Any, known: Iterable[str], what: str) -> Iterator[Problem]:
        known = list(known)
        for index, name in enumerate(found if isinstance(found, list) else []):
            if isinstance(name, str) and name not in known:
                hint = hints(did_you_mean(name, known), f"known: {listing(known)}")
                message = f"there is no {what} {shown(name)}"
                yield self.at_value(f"unknown-{what}", message, (*path, index), hint)

    def stores(self, path: ValuePath, part: dict[Any, Any]) -> Iterator[Problem]:
        yield from self.known_items(path, part.get("stores"), known_store_names(), "store")

    def recipes(self, path: ValuePath, divergence: dict[Any, Any]) -> Iterator[Problem]:
        recipes = self.data.get("mlflow")
        if isinstance(recipes, dict):
            known = [name for name in recipes if isinstance(name, str)]
            if "reads_across" in self.data:
                known.append(READS_ACROSS)
            yield from self.known_items((*path, "recipes"), divergence.get("recipes"), known, "recipe")

    def logged_by_v1(self, path: ValuePath, divergence: dict[Any, Any]) -> Iterator[Problem]:
        """Of the recipe that SDK v1 logs for, MLflow runs `read` alone, on one store."""
        recipes, raises, stores = (divergence.get(key) for key in ("recipes", "raises", "stores"))
        if not isinstance(recipes, list) or READS_ACROSS not in recipes:
            return
        if isinstance(raises, dict) and raises.get("phase") == "log":
            message = f"with `{READS_ACROSS}` MLflow raises nothing in `log`, which is SDK v1's"
            hint = "write `phase: read`; what SDK v1 does not take goes under `v1: refuses`"
            yield self.at_value("wrong-phase", message, (*path, "raises", "phase"), hint)
        names_stores = isinstance(stores, list) and all(isinstance(name, str) for name in stores)
        if recipes == [READS_ACROSS] and names_stores and not store_matches(stores, READS_ACROSS_STORE):
            message = f"`{READS_ACROSS}` is on store `{READS_ACROSS_STORE}` alone, which is not among these"
            yield self.at_key("wrong-store", message, (*path, "stores"), "leave out `stores`")

    def versions(self, path: ValuePath, part: dict[Any, Any]) -> Iterator[Problem]:
        versions = part.get("versions") if path != ("versions",) else None
        for package, specifier in versions.items() if isinstance(versions, dict) else ():
            if package not in PACKAGES:
                hint = hints(did_you_mean(package, PACKAGES), f"known: {listing(PACKAGES)}")
                message = f"versions of {shown(str(package))} are not looked at"
                yield self.at_key("unknown-package", message, (*path, package), hint)
            if isinstance(specifier, str):
                yield from self.specifier((*path, package), specifier)

    def specifier(self, path: ValuePath, specifier: str) -> Iterator[Problem]:
        try:
            empty = not list(SpecifierSet(specifier))
        except InvalidSpecifier:
            empty = True
        if empty:
            message = f"{shown(specifier)} is no version specifier"
            yield self.at_value("bad-specifier", message, path, "such as `>=3`, `==2.22.*` or `>=2.22, <3`")

    def unique_ids(self, parts: Iterable[tuple[ValuePath, dict[Any, Any]]], what: str) -> Iterator[Problem]:
        first: dict[str, ValuePath] = {}
        for path, part in parts:
            name = part.get("id")
            if not isinstance(name, str):
                continue
            if name in first:
                place = self.document.value_place((*first[name], "id"))
                message, hint = (
                    f"another {what} has the id {shown(name)} too",
                    f"the first is at line {place.line}",
                )
                yield self.at_value("duplicate-id", message, (*path, "id"), hint)
            first.setdefault(name, path)

    def exception(self, path: ValuePath, part: dict[Any, Any]) -> Iterator[Problem]:
        raises = part.get("raises")
        if not isinstance(raises, dict):
            return
        name, pattern = raises.get("type"), raises.get("match")
        known = names.exception_names()
        known |= dict.fromkeys(names.builtin_exceptions(), "")
        if isinstance(name, str) and name not in known and not _DOTTED.fullmatch(name):
            hint = hints(did_you_mean(name, known), _EXCEPTION_HINT)
            message = f"there is no exception {shown(name)}"
            yield self.at_value("unknown-exception", message, (*path, "type"), hint)
        if name in _CATCH_ALL:
            message = f"{name} is not exact: every exception is one, a mistake in a recipe too"
            yield self.at_value("catch-all", message, (*path, "type"), _EXCEPTION_HINT)
        if isinstance(pattern, str):
            try:
                if _is_found_in_anything(pattern):
                    message = "this is found in any message, even an empty one"
                    hint = "write words of the message that tell it from others"
                    yield self.at_value("catch-all", message, (*path, "match"), hint)
            except (re.error, RecursionError, OverflowError) as error:
                line, column = getattr(error, "lineno", None) or 1, getattr(error, "colno", None) or 1
                place = self.document.snippet((*path, "match")).at(line, column - 1)
                said = getattr(error, "msg", None) or str(error)
                if isinstance(error, RecursionError):
                    said = "it is nested too deep"
                yield Problem("bad-regex", f"not a regular expression: {said}", place)

    def effect(self, path: ValuePath, divergence: dict[Any, Any]) -> Iterator[Problem]:
        yield from self.one_of(path, divergence, "becomes", "raises", "a divergence")
        yield from self.exception((*path, "raises"), divergence)
        raises = divergence.get("raises")
        in_read = isinstance(raises, dict) and raises.get("phase") == "read"
        if "leaves" in divergence and (raises is None or in_read):
            message = "`leaves` goes only with `raises` of the phase `log`"
            hint = "it says what an interrupted `log` left behind"
            yield self.at_key("misplaced-key", message, (*path, "leaves"), hint)

    def disclosure(self, path: ValuePath, divergence: dict[Any, Any]) -> Iterator[Problem]:
        name = divergence.get("disclosed_by")
        if not isinstance(name, str):
            return
        place = (*path, "disclosed_by")
        claims = {claim["id"]: claim for _, claim in self.claims if isinstance(claim.get("id"), str)}
        claim = claims.get(name)
        if claim is None:
            known = f"claims: {listing(claims)}" if claims else "there are no claims"
            hint = hints(did_you_mean(name, claims), known)
            yield self.at_value("unknown-claim", f"there is no claim {shown(name)}", place, hint)
        elif "refuted" in claim:
            message = f"the claim `{name}` is refuted, so it discloses nothing"
            yield self.at_value("bad-disclosure", message, place, _DISCLOSES)
        elif "check" not in claim:
            message = f"the claim `{name}` is not checked, so it discloses nothing"
            yield self.at_value("bad-disclosure", message, place, _DISCLOSES)
        elif claim.get("cites", self.data.get("guide")) is None:
            message = f"the claim `{name}` does not cite the guide, so it discloses nothing"
            yield self.at_value("bad-disclosure", message, place, _DISCLOSES)

    def claim(self, path: ValuePath, claim: dict[Any, Any]) -> Iterator[Problem]:
        yield from self.one_of(path, claim, "check", "unverifiable", "a claim")
        if "refuted" in claim and "check" not in claim:
            message = "`refuted` needs a `check` that fails"
            hint = "what cannot be checked is neither held nor refuted"
            yield self.at_key("misplaced-key", message, (*path, "refuted"), hint)
        if "instead" in claim and "refuted" not in claim:
            message = "`instead` goes only with `refuted`"
            hint = "what holds can stay as it is"
            yield self.at_key("misplaced-key", message, (*path, "instead"), hint)


def _is_found_in_anything(pattern: str) -> bool:
    """Whether a regular expression matches the empty text.

    Raises:
        re.error: It is none.
        RecursionError: It is nested too deep.
        OverflowError: It repeats something too often.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        compiled = re.compile(pattern)
    # Even on an empty text some expressions run for ever. Those are never as plain as the ones that are meant here.
    is_plain = "{" not in pattern and sum(map(pattern.count, "|?*+(")) <= _FEW
    return is_plain and compiled.search("") is not None


_FEW = 8
"""Alternatives, repetitions and groups with which a search in an empty text is short whatever they are."""

_DISCLOSES = "a divergence is disclosed by a claim that cites the guide and whose `check` holds"
_EXCEPTION_HINT = "one of Python's own, one of the table of names, or a dotted path: `package.module.Class`"
