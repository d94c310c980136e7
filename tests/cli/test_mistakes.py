"""What a person does wrong is told in one message, with an exit code of its own, and before anything is run."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cli_samples import BROKEN, BROKEN_AT, GOOD, harness, write

from harness.cli import main
from harness.cli.engine import run_pytest
from harness.errors import EnvironmentProblem
from harness.progress import Display

Call = Callable[..., tuple[int, str]]


@pytest.fixture
def specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one good entry; the working directory is the one that it is in."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "specs", "good", GOOD)
    return tmp_path / "specs"


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Call:
    """Calls the command in this process; that none of these calls goes on to run anything is part of each test."""

    def nothing_is_run(*_: object) -> int:
        raise AssertionError("pytest was started")

    monkeypatch.setattr("harness.cli.running.run_pytest", nothing_is_run)

    def called(*arguments: str) -> tuple[int, str]:
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        captured = capsys.readouterr()
        assert isinstance(ended.value.code, int)
        said = captured.out + captured.err
        assert "Traceback" not in said
        return ended.value.code, said

    return called


def test_good_entries_are_counted(specs: Path, call: Call) -> None:
    assert call("check") == (0, "1 entry checked, no problem found\n")
    assert call("check", "specs/good.yaml") == (0, "1 entry checked, no problem found\n")


@pytest.mark.parametrize("arguments", [["--help"], ["run", "--help"]])
def test_help_tells_the_exit_codes(call: Call, arguments: list[str]) -> None:
    code, said = call(*arguments)
    assert code == 0
    told = [line.split(maxsplit=1) for line in said.partition("Exit codes:")[2].strip().splitlines()]
    assert [number for number, _ in told] == ["0", "1", "2", "3", "130"]


def test_the_version_is_told(call: Call) -> None:
    code, said = call("--version")
    assert code == 0
    assert said.startswith("harness, version ")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--mapping", "god"], "there is no mapping 'god'. Did you mean good? There are: good"),
        (
            ["--mapping", "x", "--mapping", "gooood"],
            "there is no mapping 'x'. There are: good\nthere is no map",
        ),
        (
            ["--recipe", "guid"],
            "there is no recipe 'guid'. Did you mean guide? There are: guide, recommended",
        ),
        (["--store", "sqlit"], "there is no store 'sqlit'. Did you mean sqlite?"),
        (["--store-uri", "staging=http://127.0.0.1"], "ask for it too, with --store staging"),
        (["--store", "mine", "--store-uri", "mine"], "expected NAME=URI"),
        (["--profile", "fast"], "'fast' is not one of 'dev', 'ci', 'deep'"),
        (["--seed", "x"], "'x' is not a valid integer"),
        (["-n", "-1"], "-1 is not in the range x>=0"),
        (["--sead", "1"], "--seed"),
        (["missing"], "missing"),
        (["missing.yaml"], "missing.yaml"),
    ],
)
def test_a_wrong_option_or_path_ends_with_2(specs: Path, call: Call, arguments: list[str], told: str) -> None:
    paths = [] if arguments[0].startswith("missing") else ["specs"]
    code, said = call("run", *paths, *arguments)
    assert code == 2
    assert told in said


def test_a_folder_without_entries_ends_with_2(tmp_path: Path, call: Call) -> None:
    (tmp_path / "README.md").write_text("no entry")
    for command in ("check", "run"):
        code, said = call(command, str(tmp_path))
        assert code == 2
        assert "there is no entry in this folder" in said


def test_a_place_without_specs_ends_with_2(
    tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for command in ("check", "run"):
        code, said = call(command)
        assert code == 2
        assert "no folder `specs` here" in said


def test_what_goes_together_nowhere_ends_with_2(specs: Path, call: Call) -> None:
    across = GOOD.replace("id: good", "id: across").replace(
        "compare:", "reads_across: {read: 'client.get_run(run_id).data.metrics[\"m\"]'}\ncompare:"
    )
    write(specs, "across", across)
    assert call("run", "--recipe", "reads-across", "--store", "sqlite", "--store", "file") == (
        2,
        "the recipe reads-across of across makes sense on azureml only, which was not asked for\n",
    )


@pytest.mark.parametrize("command", ["check", "run"])
def test_a_broken_entry_ends_with_2_and_all_its_problems(specs: Path, call: Call, command: str) -> None:
    write(specs, "broken", BROKEN)
    code, said = call(command, "specs")
    assert code == 2
    for place, problem in BROKEN_AT.items():
        assert f"\nspecs/broken.yaml:{place}: error[{problem}]: " in f"\n{said}"
    assert "did you mean `title`?" in said
    assert "did you mean `numbers`?" in said
    assert said.endswith("\n4 problems in 1 file\n")


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        ("mlflow", "not installed: mlflow. Install with: pip install mlflow"),
        ("azureml.core", "not installed: azureml-core. Install with: pip install azureml-core"),
        ("azureml", "not installed: azureml-core. Install with: pip install azureml-core"),
    ],
)
def test_a_missing_package_ends_with_3(specs: Path, missing: str, told: str) -> None:
    before = f"""
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name == {missing!r}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Missing())
"""
    assert harness(specs.parent, "run", before=before) == (3, f"{told}\n")


@pytest.mark.parametrize("place", ["file", "file/below", "/proc/report"])
def test_a_report_folder_that_cannot_be_written_ends_with_3(specs: Path, call: Call, place: str) -> None:
    Path("file").touch()
    code, said = call("run", "--report", place)
    assert code == 3
    assert said.startswith(f"cannot write a report into the folder {place}: ")
    assert Path("file").is_file()


@pytest.mark.parametrize("folder", ["with[brackets]", "with::colons"])
def test_a_path_that_pytest_would_take_apart_ends_with_2(specs: Path, call: Call, folder: str) -> None:
    specs.rename(folder)
    code, said = call("run", folder)
    assert code == 2
    assert said.startswith(
        f"{Path(folder, 'good.yaml')}: an entry cannot be run from a path with `[` or `::`"
    )


@pytest.mark.skipif(sys.platform != "linux", reason="there is no /dev/full")
@pytest.mark.parametrize("arguments", ["check", "list", "names", "--help"])
def test_a_standard_output_that_is_full_ends_with_3(specs: Path, arguments: str) -> None:
    before = "import os; os.dup2(os.open('/dev/full', os.O_WRONLY), 1)"
    assert harness(specs.parent, arguments, before=before) == (
        3,
        "cannot write to the standard output: No space left on device\n",
    )


def test_what_the_standard_output_cannot_encode_stands_as_its_escape(specs: Path) -> None:
    write(specs, "accents", GOOD.replace("id: good", "id: accents").replace("A number", "Zah\u0142en"))
    before = "import sys; sys.stdout.reconfigure(encoding='ascii')"
    code, said = harness(specs.parent, "list", before=before)
    assert code == 0
    assert "Zah\\u0142en" in said


def test_any_command_that_is_interrupted_ends_with_130(
    specs: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("harness.cli.authoring.load_with_index", interrupted)
    assert call("check") == (130, "\nstopped from the keyboard\n")


def test_a_working_directory_that_is_gone_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    with pytest.raises(EnvironmentProblem, match="the working directory has been deleted"):
        run_pytest([], Display())


def test_checking_imports_neither_client_nor_what_generates_inputs(specs: Path) -> None:
    before = """
import atexit, sys
heavy = ("mlflow", "azureml", "hypothesis", "numpy", "pytest", "sqlalchemy", "requests")
atexit.register(lambda: print("imported:", [name for name in heavy if name in sys.modules]))
"""
    assert harness(specs.parent, "check", before=before) == (
        0,
        "1 entry checked, no problem found\nimported: []\n",
    )
