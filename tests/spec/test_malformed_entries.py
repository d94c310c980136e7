from __future__ import annotations

import pytest
from malformed_samples import CASES
from spec_samples import GOOD, GOOD_PATH, SHORT, SHORT_PATH, marked, spoiled

from harness.spec import LoadedEntry, Problem, load_text, render_problem


def found(text: str) -> list[tuple[int, int, str]]:
    problems = load_text(text, SHORT_PATH)
    assert not isinstance(problems, LoadedEntry)
    return [(problem.location.line, problem.location.column, problem.code) for problem in problems]


@pytest.mark.parametrize("name", CASES)
def test_every_problem_of_a_file_is_reported_at_its_place(name: str) -> None:
    text, expected = marked(CASES[name])
    assert expected
    assert sorted(found(text)) == expected


def test_marks_mean_what_they_seem_to_mean() -> None:
    assert marked("a: 1\nb: <<x>>2\n") == ("a: 1\nb: 2\n", [(2, 4, "x")])
    assert found(SHORT.replace("compare: numbers", "compare: number")) == [(19, 10, "unknown-relation")]


def test_the_samples_are_good_before_they_are_spoiled() -> None:
    assert isinstance(load_text(SHORT, SHORT_PATH), LoadedEntry)
    assert isinstance(load_text(GOOD, GOOD_PATH), LoadedEntry)


@pytest.mark.parametrize("name", CASES)
def test_messages_are_ours_and_of_one_line(name: str) -> None:
    problems = load_text(marked(CASES[name])[0], SHORT_PATH)
    assert not isinstance(problems, LoadedEntry)
    for problem in problems:
        shown = render_problem(problem)
        assert "\n" not in problem.message
        assert problem.message.strip()
        assert shown.startswith(f"{problem.location}: error[{problem.code}]: ")
        for foreign in (
            "Input should",
            "Field required",
            "Extra inputs",
            "pydantic",
            "Traceback",
            "valid string",
        ):
            assert foreign not in shown


def hints(text: str) -> str:
    problems = load_text(text, SHORT_PATH)
    assert not isinstance(problems, LoadedEntry)
    return "\n".join(problem.hint or "" for problem in problems)


@pytest.mark.parametrize(
    ("change", "meant"),
    [
        (("title: Log", "tilte: Log"), "title"),
        (("compare: numbers", "compare: nubmers"), "numbers"),
        (("is_usual_number(value)", "is_usual_numbr(value)"), "is_usual_number"),
        (("is_usual_number(value)", "is_usual_number(valeu)"), "value"),
        (("run.log(", "rum.log("), "run"),
        (("    because:", "    stores: [sqlit]\n    because:"), "sqlite"),
        (("    because:", "    recipes: [guid]\n    because:"), "guide"),
        (("    because:", "    versions: {mlfow: '>=3'}\n    because:"), "mlflow"),
        (("    because:", "    disclosed_by: last-values\n    because:"), "last-value"),
        (("value: 2.5", "valu: 2.5"), "value"),
        (
            ("becomes: as_double(value)", "raises: {phase: log, type: MlflowExcepton, match: x}"),
            "MlflowException",
        ),
        (("becomes: as_double(value)", "raises: {phase: lgo, type: KeyError, match: x}"), "log"),
    ],
)
def test_a_slip_of_the_pen_is_recognised(change: tuple[str, str], meant: str) -> None:
    assert f"did you mean `{meant}`?" in hints(spoiled(change))


def test_a_name_of_another_scope_is_said_to_be_one() -> None:
    assert "known only in `log` and `read` of a recipe" in hints(
        spoiled(("usual: is", "usual: client or is"))
    )
    assert "no value yet" in hints(spoiled(("  value: numbers()", "  value: numbers(name)")))
    assert "Python writes `None`" in hints(spoiled(("usual: is", "usual: null or is")))


def test_a_duplicate_key_names_both_places() -> None:
    problems = load_text(SHORT + "compare: json\n", SHORT_PATH)
    assert isinstance(problems, tuple)
    assert problems == (
        Problem(
            "duplicate-key",
            "`compare` is given twice in this mapping",
            problems[0].location,
            "first at line 19, column 1",
        ),
    )
