"""What a script has written where it calls SDK v1, and what is not known of it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from harness.tracing.own_words import arguments_of, in_own_words, is_the_scripts, line_of
from harness.tracing.records import RecordedCall, Site


def called(tmp_path: Path, source: str, call: str, line: int = 1, **arguments: object) -> RecordedCall:
    file = tmp_path / "script.py"
    file.write_text(source, encoding="utf-8")
    return RecordedCall(
        call, Site(str(file), line), "<module>", 0.0, arguments=arguments, given=tuple(arguments)
    )


@pytest.mark.parametrize(
    ("source", "line", "expected"),
    [
        ("run.log('a', x + 1, step=i)", 1, {"name": "'a'", "value": "x + 1", "step": "i"}),
        ("run.log(\n    name=f'{a}',\n    value=b,\n)", 3, {"name": "f'{a}'", "value": "b"}),
        ("for i in x: run.log('a', i); other.info('b')", 1, {"name": "'a'", "value": "i"}),
        # Which of the two, what is in the star, a call by another name, no Python: not known.
        ("run.log('a', 1); run.log('b', 2)", 1, {}),
        ("run.log(*given)", 1, {}),
        ("run.log('a', **given)", 1, {}),
        ("log = run.log; log('a', 1)", 1, {}),
        ("run.log('a', 1", 1, {}),
    ],
)
def test_the_arguments_are_those_of_the_one_call_there(
    tmp_path: Path, source: str, line: int, expected: dict[str, str]
) -> None:
    given = dict.fromkeys(expected or ("name", "value"), 1)
    found = arguments_of(called(tmp_path, source, "Run.log", line, **(given | {"name": "a"})))
    assert {name: ast.unparse(node) for name, node in found.items()} == expected


@pytest.mark.parametrize(
    "source", ["log('a', math.log(x))", "run.log('b', x)", "run.log('a', 2)", "run.log('a', x, step=1)"]
)
def test_words_that_are_not_those_of_the_call_are_not_taken(tmp_path: Path, source: str) -> None:
    assert arguments_of(called(tmp_path, source, "Run.log", name="a", value=1)) == {}


def test_a_call_without_a_file_has_no_words() -> None:
    call = RecordedCall("Run.log", Site("<stdin>", 1), "<module>", 0.0)
    assert (line_of(call), arguments_of(call), in_own_words("name", call, lambda _: True)) == ("", {}, None)


def test_inputs_are_said_in_the_words_of_the_script(tmp_path: Path) -> None:
    row = called(
        tmp_path, "run.log_row('r', a=x[0], b=2)  ", "Run.log_row", name="r", kwargs={"a": 1, "b": 2}
    )
    assert line_of(row) == "run.log_row('r', a=x[0], b=2)"
    rows = "[{**({} if call.kwargs else {'no': 1}), **call.kwargs} for call in calls]"
    assert in_own_words(rows, row, lambda _: True) == "[{'a': x[0], 'b': 2}]"
    assert in_own_words("[call.value for call in others]", row, lambda _: True) is None
    file = called(tmp_path, "run.upload_file(n, p)", "Run.upload_file", name="a", path_or_stream="b")
    assert in_own_words("{name: file}", file, lambda _: True) == "{n: open(p, 'rb').read()}"
    stream = called(tmp_path, "run.upload_file(n, s)", "Run.upload_file", name="a", path_or_stream=object())
    assert in_own_words("{name: file}", stream, lambda _: True) == "{n: s.read()}"
    plot = called(tmp_path, "run.log_image('a', plot=plt)", "Run.log_image", name="a", plot="pyplot")
    assert in_own_words("[{'picture': picture}]", plot, lambda _: True) == "[{'picture': plt.gcf()}]"


def test_what_the_script_did_not_give_is_not_its_own(tmp_path: Path) -> None:
    call = called(tmp_path, "run.log('a', 1)", "Run.log", name="a", value=1)
    assert is_the_scripts("value", call)
    assert is_the_scripts("[call.value for call in calls]", call)
    assert not is_the_scripts("step", call)
    assert not is_the_scripts("'completed'", call)
