"""The language of filters and orders, apart from any service."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.workspace.rules.odata import (
    MISSING,
    AllOf,
    AnyOf,
    Beyond,
    Comparison,
    Field,
    Malformed,
    compile_filter,
    parse_filter,
    parse_order,
)


@dataclass
class Thing:
    name: str | None = None
    size: int | None = None
    tags: dict[str, str | None] = field(default_factory=dict)


FIELDS = {
    "name": Field[Thing](lambda thing, _: thing.name),
    "size": Field[Thing](lambda thing, _: thing.size, int),
    "tags": Field[Thing](lambda thing, key: thing.tags.get(key, MISSING), keyed=True),
}


def holds(text: str, thing: Thing) -> bool:
    return compile_filter(parse_filter(text), FIELDS)(thing)


def is_(name: str, value: str | None, operator: str = "eq", key: str | None = None) -> Comparison:
    return Comparison(name, key, operator, value)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("(ParentRunId eq null)", is_("ParentRunId", None)),
        ("Name eq a", is_("Name", "a")),
        ("(Name eq )", is_("Name", "")),
        ("(Name eq a b)", is_("Name", "a b")),
        ("(Name eq a (b) c)", is_("Name", "a (b) c")),
        ("(Name eq (a or b))", is_("Name", "(a or b)")),
        ("(Name eq nullx)", is_("Name", "nullx")),
        ("(Name eq android or Name eq orange)", AnyOf((is_("Name", "android"), is_("Name", "orange")))),
        ('(Tags/a eq "x")', is_("Tags", "x", key="a")),
        ('(Tags/a eq "")', is_("Tags", "", key="a")),
        ('(Tags/ eq "x")', is_("Tags", "x", key="")),
        ('(Tags/a (b) c eq "say "x" to")', is_("Tags", 'say "x" to', key="a (b) c")),
        ('(Tags/a eq "x" y")', is_("Tags", 'x" y', key="a")),
        ('(Tags/a eq "null")', is_("Tags", "null", key="a")),
        ("Name gt a and Name ne b", AllOf((is_("Name", "a", "gt"), is_("Name", "b", "ne")))),
        ("((Name eq a and Name eq b) and Name eq c)", AllOf(tuple(is_("Name", x) for x in "abc"))),
        (
            "Name eq a and (Name eq b or Name eq c)",
            AllOf((is_("Name", "a"), AnyOf((is_("Name", "b"), is_("Name", "c"))))),
        ),
        (
            "Name eq a or Name eq b and Name eq c",
            AnyOf((is_("Name", "a"), AllOf((is_("Name", "b"), is_("Name", "c"))))),
        ),
        (
            "(Tags/a ne null or Tags/a eq null)",
            AnyOf((is_("Tags", None, "ne", "a"), is_("Tags", None, "eq", "a"))),
        ),
        ("  (Name eq a)  ", is_("Name", "a")),
        ("(" * 64 + "Name eq a" + ")" * 64, is_("Name", "a")),
    ],
)
def test_what_a_filter_says(text: str, meant: object) -> None:
    assert parse_filter(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "Name",
        "Name eq",
        "eq",
        "eq eq",
        "(Name eq a",
        "(Name eq a))",
        "Name is a",
        "Name eq a and ",
        'Tags/a eq "x',
        'Tags/a eq "x" y',
        "Tags/a",
        "and Name eq a",
        "(Name eq a)(Name eq b)",
        "1 eq 1",
        "\x00",
        "(" * 65 + "Name eq a" + ")" * 65,
        "(" * 100_000,
    ],
)
def test_what_is_no_filter(text: str) -> None:
    with pytest.raises(Malformed):
        parse_filter(text)


@pytest.mark.parametrize("text", ["not (Name eq a)", "contains(Name, 'a')", "(startswith(Name, 'a'))"])
def test_what_no_client_sends(text: str) -> None:
    with pytest.raises(Beyond):
        parse_filter(text)


@pytest.mark.parametrize(
    "text", ["Colour eq red", "Tags eq a", "Name/x eq a", "Size eq big", "Size gt 9" + "9" * 5000]
)
def test_what_cannot_be_compared(text: str) -> None:
    with pytest.raises(Malformed):
        compile_filter(parse_filter(text), FIELDS)


@pytest.mark.parametrize(
    ("text", "thing", "held"),
    [
        ("NAME eq a", Thing("a"), True),
        ("Name eq A", Thing("a"), False),
        ("Name ne a", Thing("b"), True),
        ("Name ne a", Thing(), True),
        ("Name eq null", Thing(), True),
        ("Name ne null", Thing(), False),
        ("Name gt a", Thing("b"), True),
        ("Name gt a", Thing(), False),
        ("Name gt null", Thing("a"), False),
        ("Size gt 9", Thing(size=10), True),
        ("Size ge 10", Thing(size=10), True),
        ("Size lt 10", Thing(size=10), False),
        ("Size le 10", Thing(size=10), True),
        ("Tags/a eq null", Thing(tags={"a": None}), True),
        ("Tags/a eq null", Thing(), False),
        ("Tags/a ne null", Thing(), False),
        ('Tags/a ne "x"', Thing(), False),
        ('Tags/a ne "x"', Thing(tags={"a": None}), True),
        ("Tags/a ne null or Tags/a eq null", Thing(tags={"a": None}), True),
        ("Tags/a ne null or Tags/a eq null", Thing(tags={"a": ""}), True),
        ("Tags/a ne null or Tags/a eq null", Thing(tags={"b": ""}), False),
        ("Name eq a or Name eq b or Name eq null", Thing("b"), True),
        ("Name eq a or Name eq b or Name eq null", Thing(), True),
        ("Name eq a or Name eq b", Thing("c"), False),
        ("Name eq a and Size eq 1", Thing("a", 1), True),
        ("Name eq a and Size eq 1", Thing("a", 2), False),
    ],
)
def test_what_a_filter_selects(text: str, thing: Thing, held: bool) -> None:
    assert holds(text, thing) is held


NAMES = st.text(st.characters(blacklist_characters='()"', blacklist_categories=())).filter(
    lambda text: (
        not any(f" {word} " in f"{text} " for word in ("and", "or", "eq", "ne", "gt", "ge", "lt", "le"))
    )
)


@given(NAMES, st.text(st.characters(blacklist_characters='"', blacklist_categories=())))
def test_names_and_values_without_what_ends_them_are_taken_whole(name: str, value: str) -> None:
    assert parse_filter(f'(Tags/{name} eq "{value}")') == is_("Tags", value, key=name)
    assert holds(f'(Tags/{name} eq "{value}")', Thing(tags={name: value}))


PIECES = st.sampled_from(
    [
        "(",
        ")",
        " ",
        " and ",
        " or ",
        "Name",
        "Tags/a",
        "Size",
        " eq ",
        " ne ",
        " gt ",
        '"',
        "null",
        "1",
        "x",
        "not",
    ]
)


@given(st.lists(PIECES, max_size=15).map("".join) | st.text())
def test_any_text_is_a_filter_or_refused(text: str) -> None:
    try:
        test = compile_filter(parse_filter(text), FIELDS)
    except (Malformed, Beyond):
        return
    assert test(Thing("x", 1, {"a": "1"})) in (True, False)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("StartTimeUtc desc", ("StartTimeUtc", True)),
        ("RunId asc", ("RunId", False)),
        ("RunId", ("RunId", False)),
        (" RunId  DESC ", ("RunId", True)),
    ],
)
def test_what_an_order_says(text: str, meant: tuple[str, bool]) -> None:
    assert parse_order(text) == meant


def test_what_is_no_order() -> None:
    for text in ("", "desc x", "RunId down", "1", "\ud800"):
        with pytest.raises(Malformed):
            parse_order(text)
    with pytest.raises(Beyond):
        parse_order("Status desc,RunId asc")
