"""What those who write entries meet: problems as they are shown, skeletons, and the list of names."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_samples import BROKEN, GOOD, write

from harness.cli import main
from harness.spec import RELATION_NAMES, SCOPES, LoadedEntry, all_names, load_entries, load_text
from harness.spec.model import STRUCTURE
from harness.spec.schema import schema_text
from harness.spec.skeleton import SCHEMA_COPY, skeleton

Call = Callable[..., tuple[int, str, str]]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Calls the command in an empty folder: its exit code, what it says, and what it complains of."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    for name in ("GITHUB_ACTIONS", "GITHUB_WORKSPACE", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)

    def called(*arguments: str) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert isinstance(ended.value.code, int)
        return ended.value.code, *capsys.readouterr()

    return called


BROKEN_SHOWN = """\
specs/broken.yaml:3:1: error[unknown-key]: an entry has no key `titel`
 3 | titel: A number
   | ^^^^^
   = did you mean `title`?
"""


def test_problems_show_the_line_and_what_to_do(call: Call) -> None:
    write(Path("specs"), "broken", BROKEN)
    code, out, err = call("check")
    assert (code, out) == (2, "")
    assert BROKEN_SHOWN in err
    assert err.endswith("\n\n4 problems in 1 file\n")
    assert "\x1b" not in err


@pytest.mark.parametrize(
    ("variables", "in_colour"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_on_a_terminal_problems_are_in_colour_unless_that_is_not_wanted(
    call: Call, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], in_colour: bool
) -> None:
    write(Path("specs"), "broken", BROKEN)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    _, _, err = call("check")
    assert ("\x1b[" in err) == in_colour
    assert BROKEN_SHOWN in re.sub(r"\x1b\[[0-9;]*m", "", err)


def test_in_github_actions_problems_are_annotations_too(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    write(Path("specs"), "broken", BROKEN)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(Path.cwd()))
    code, out, err = call("check")
    assert code == 2
    assert out.splitlines()[1] == (
        "::error file=specs/broken.yaml,line=3,col=1,title=unknown-key::an entry has no key `titel`%0A"
        "did you mean `title`?%0A" + out.splitlines()[1].rpartition("%0A")[2]
    )
    assert len(out.splitlines()) == 4
    assert BROKEN_SHOWN in err


def test_a_new_entry_says_what_is_left_to_write(call: Call) -> None:
    code, out, _ = call("new", "set-tag")
    assert code == 0
    assert [line for line in out.splitlines() if line.startswith("  line ")] == [
        "  line 12: `title` is still to be written",
        "  line 15: `sources` is still to be written",
    ]
    problems = load_entries([Path("specs")]).problems
    assert [(problem.code, problem.location.line) for problem in problems] == [("to-do", 12), ("to-do", 15)]
    assert call("check")[0] == 2


@pytest.mark.parametrize(
    "origin", [("--guide", "Log a 'list': of metrics"), ("--source", 'our "own" convention, 2024')]
)
def test_a_new_entry_is_accepted_once_its_texts_are_given(call: Call, origin: tuple[str, str]) -> None:
    assert call("new", "set-tag", "--title", "Set: a tag #1", *origin, "--folder", "more/tags")[0] == 0
    code, out, err = call("check", "more")
    assert (code, out) == (0, "1 entry checked, no problem found\n"), err
    (loaded,) = load_entries([Path("more")]).entries
    assert loaded.entry.title == "Set: a tag #1"
    assert origin[1] in (loaded.entry.guide, *(loaded.entry.sources or ()))
    assert any(example.guide for example in loaded.entry.examples) == (origin[0] == "--guide")


@pytest.mark.parametrize("guide", ["A section", None])
def test_every_part_that_is_left_out_fits_when_it_is_taken_in(guide: str | None) -> None:
    text = skeleton("log-number", title="x", guide=guide, source=None if guide else "y", schema="z")
    taken_in = re.sub(r"(?m)^( *)# (?!yaml-)", r"\1", text)
    assert taken_in.count("\ndivergences:") == 1
    loaded = load_text(taken_in, Path("log-number.yaml"))
    assert isinstance(loaded, LoadedEntry), "\n".join(map(str, loaded))
    assert (len(loaded.entry.divergences), len(loaded.entry.claims)) == (2, 3)
    assert loaded.entry.v1.refuses


def test_a_skeleton_explains_every_key_of_the_format() -> None:
    text = " ".join(skeleton("x", title="x", guide="x", source=None, schema="z").split())
    plain = re.sub(r" (# )*(##)", "", text)
    for part in STRUCTURE.values():
        for name, field in part.model_fields.items():
            if name != "inputs" or part.__name__ == "Entry":
                assert f"{name}: {field.description}" in plain, f"{part.__name__}.{name}"


@pytest.mark.parametrize("text", ["true", "Null", "FALSE"])
def test_a_text_that_yaml_takes_for_something_else_is_quoted(call: Call, text: str) -> None:
    """It stays the text that was given."""
    assert call("new", "set-tag", "--title", text, "--source", text)[0] == 0
    assert call("check", "specs")[0] == 0


def test_nothing_is_written_over(call: Call) -> None:
    path = write(Path("specs"), "good", GOOD)
    code, _, err = call("new", "good")
    assert (code, err) == (2, "specs/good.yaml is there already; nothing was written\n")
    assert path.read_text(encoding="utf-8") == GOOD


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["Log_List"], "`Log_List` cannot be the id of an entry\nwrite `log-list`\nallowed: small letters"),
        (["../x"], "`../x` cannot be the id of an entry\nwrite `x`"),
        (["x", "--guide", "a", "--source", "b"], "give one of `--guide` and `--source`"),
        (["x", "--title", "a\nb"], "`title` has several lines"),
        (["x", "--source", " "], "is empty"),
        (["x\x1b[31m"], "'x\\x1b[31m' cannot be the id"),
    ],
)
def test_what_cannot_be_an_entry_is_not_written(call: Call, arguments: list[str], told: str) -> None:
    code, _, err = call("new", *arguments)
    assert code == 2
    assert told in err
    assert "\x1b" not in err
    assert list(Path().iterdir()) == []


def test_a_folder_that_cannot_be_written_ends_with_3(call: Call) -> None:
    Path("file").touch()
    code, _, err = call("new", "x", "--folder", "file/below")
    assert code == 3
    assert err.startswith("cannot write file/below/x.yaml")


def schema_of(path: Path) -> Path:
    line = path.read_text(encoding="utf-8").splitlines()[0]
    where = line.removeprefix("# yaml-language-server: $schema=")
    assert not Path(where).is_absolute()
    return path.parent / where


def test_outside_a_checkout_entries_share_a_copy_of_the_schema(call: Call) -> None:
    call("new", "one")
    call("new", "two", "--folder", "specs/deeper")
    assert Path("specs", SCHEMA_COPY).read_text(encoding="utf-8") == schema_text()
    assert schema_of(Path("specs/one.yaml")).resolve() == Path("specs", SCHEMA_COPY).resolve()
    assert schema_of(Path("specs/deeper/two.yaml")).resolve() == Path("specs", SCHEMA_COPY).resolve()
    assert not Path("specs/deeper", SCHEMA_COPY).exists()


def test_in_a_checkout_entries_have_the_published_schema(call: Call) -> None:
    published = Path("harness/spec/entry.schema.json")
    published.parent.mkdir(parents=True)
    published.write_text(schema_text(), encoding="utf-8")
    call("new", "one", "--folder", "specs/metrics")
    assert schema_of(Path("specs/metrics/one.yaml")).resolve() == published.resolve()
    assert [path.name for path in Path("specs/metrics").iterdir()] == ["one.yaml"]


def test_the_list_of_names_has_each_once(call: Call) -> None:
    code, out, _ = call("names")
    assert code == 0
    listed = re.findall(r"(?m)^  (\w+)(?: |$)", out)
    assert sorted(listed) == sorted([*(name.name for name in all_names()), *RELATION_NAMES])
    assert all(len(line) <= 100 for line in out.splitlines())


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_lists_what_is_seen_there(call: Call, scope: str) -> None:
    code, out, _ = call("names", scope)
    assert code == 0
    listed = re.findall(r"(?m)^  (\w+)(?: |$)", out)
    assert listed == [name.name for name in all_names() if scope in name.scopes]


def test_one_name_is_shown_with_how_it_is_called(call: Call) -> None:
    code, out, _ = call("names", "steps", "client")
    assert code == 0
    assert out.startswith("steps() -> SearchStrategy[Any]\n")
    assert "Steps of a metric: none at all" in out
    assert "\n\nclient\n  an `MlflowClient` for the store under test\n" in out
    _, out, _ = call("names", "numbers")
    assert out.startswith("numbers(*, largest: int = ...) -> ")
    assert "compare (relations):\n  numbers" in out


def test_a_wrong_name_gets_the_nearest(call: Call) -> None:
    code, out, err = call("names", "is_usal_number", "mlflov", "steps")
    assert (code, out) == (2, "")
    assert "there is no scope or name `is_usal_number`; did you mean `is_usual_number`?" in err
    assert "there is no scope or name `mlflov`; did you mean `mlflow`?" in err


def test_the_names_can_be_read_by_programs(call: Call) -> None:
    _, out, _ = call("names", "--format", "json")
    data = json.loads(out)
    assert {name["name"] for name in data["names"]} == {name.name for name in all_names()}
    assert [relation["name"] for relation in data["relations"]] == list(RELATION_NAMES)
    _, out, _ = call("names", "steps", "--format", "json")
    (name,) = json.loads(out)["names"]
    assert (name["scopes"], name["source"]) == (["strategy"], "harness.domains:steps")
