"""A run without pytest: what was planned, what came of it, and what the report says when nothing came."""

from __future__ import annotations

import errno
import os
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, nullcontext
from pathlib import Path
from typing import Any

import pytest
from guide_samples import INDEX

from harness.errors import EXIT_ENVIRONMENT, EXIT_UNEXPLAINED, BadInput, EnvironmentProblem
from harness.report.assembly import exit_code, without_times
from harness.report.model import Result
from harness.session import Options, Session, broken
from harness.stores.catalogue import STORES
from harness.testbed import TestBed
from harness.verify import Check, ItemId
from harness.workspace.errors import HandlerFailed

ENTRY = """\
harness: 1
id: NAME
title: A number
sources: [an entry for tests]
inputs:
  value: st.integers(0, 9)
usual: "True"
examples:
  - {value: 1}
  - {value: 2}
v1:
  log: run.log("m", value)
  read: run.get_metrics()["m"]
mlflow:
  guide:
    log: mlflow.log_metric("m", value)
    read: client.get_run(run_id).data.metrics["m"]
compare: numbers
claims:
  - id: open
    says: It can be seen.
    cites: null
    unverifiable: Only in a browser.
"""

ITEMS = 7


def write(folder: Path, name: str, text: str = ENTRY) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.yaml"
    path.write_text(text.replace("NAME", name), encoding="utf-8")
    return path


@pytest.fixture
def session() -> Iterator[Session]:
    with closing(Session(Options(stores=("sqlite",)))) as opened:
        yield opened


def passed(row: Result) -> Result:
    """The result that a planned item would have had."""
    examples = 100 if row.kind == "property" else 1
    return Result(**{**row.model_dump(), "outcome": "passed", "skipped_because": None, "examples": examples})


def results_of(session: Session) -> dict[str, Result]:
    return {f"{result.kind} {result.id}": result for result in session.report(complete=True).results}


def test_an_index_of_the_guide_has_no_checks_and_stands_in_the_report(
    session: Session, tmp_path: Path
) -> None:
    assert session.checks_of(write(tmp_path, "guide-index", INDEX)) == []
    assert session.checks_of(write(tmp_path, "guide-index", INDEX)) == []
    session.checks_of(write(tmp_path, "one"))
    guide = session.report(complete=True).guide
    assert guide is not None
    assert (guide.title, guide.covered, len(guide.parts)) == ("Counting and telling", 20, 2)
    with closing(Session(session.options)) as other:
        other.take_plan(session.plan_json())
        assert other.report(complete=True).guide == guide


def test_without_an_index_there_is_no_guide(session: Session, tmp_path: Path) -> None:
    session.checks_of(write(tmp_path, "one"))
    assert session.report(complete=True).guide is None
    with closing(Session(session.options)) as other:
        other.take_plan(session.plan_json())
        assert other.report(complete=True).guide is None


@pytest.mark.parametrize(("old", "new"), [("lines: 20", "lines: 21"), ("parts:", "part:")])
def test_an_index_with_holes_is_refused(session: Session, tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(BadInput, match=r"guide-index.yaml:\d+:\d+: error"):
        session.checks_of(write(tmp_path, "guide-index", INDEX.replace(old, new, 1)))


def test_a_second_index_is_refused(session: Session, tmp_path: Path) -> None:
    session.checks_of(write(tmp_path, "one-index", INDEX))
    with pytest.raises(BadInput, match="is an index of the guide too"):
        session.checks_of(write(tmp_path, "other-index", INDEX))


def test_stores_are_those_asked_for_in_the_order_of_the_catalogue() -> None:
    assert Options().stores_under_test == tuple(STORES)
    assert Options(stores=("sqlite",)).stores_under_test == ("sqlite",)


def test_what_was_planned_and_has_no_result_is_not_run(session: Session, tmp_path: Path) -> None:
    assert not session.has_plan
    assert len(session.checks_of(write(tmp_path, "number"))) == ITEMS
    assert session.has_plan
    (first, *others) = session.report(complete=True).results
    session.take_result(passed(first).model_dump_json())
    report = session.report(complete=True)
    assert report.results == (passed(first), *others)
    assert {result.skipped_because for result in others} == {"not-run"}
    assert [verdict.verdict for verdict in report.verdicts] == ["not-verified"]


def test_the_report_is_the_same_in_whichever_order_results_come(session: Session, tmp_path: Path) -> None:
    session.checks_of(write(tmp_path, "number"))
    session.checks_of(write(tmp_path, "another"))
    results = [passed(row) for row in session.report(complete=True).results]
    reports = []
    for order in (results, results[::-1]):
        with closing(Session(session.options)) as gathering:
            gathering.take_plan(session.plan_json())
            for result in order:
                gathering.take_result(result.model_dump_json())
            reports.append(without_times(gathering.report(complete=True)))
    assert reports[0] == reports[1]


def test_a_plan_travels_between_processes(session: Session, tmp_path: Path) -> None:
    session.checks_of(write(tmp_path, "number"))
    with closing(Session(session.options)) as gathering:
        for _ in range(2):
            gathering.take_plan(session.plan_json())
        assert without_times(gathering.report(complete=False)) == without_times(
            session.report(complete=False)
        )


def test_an_item_in_which_a_worker_died_is_an_error(session: Session, tmp_path: Path) -> None:
    session.checks_of(write(tmp_path, "number"))
    session.take_crash("number", "property[guide-sqlite]")
    session.take_crash("number", "no-such-item[guide-sqlite]")
    session.take_crash("another", "sensitivity[guide-sqlite]")
    results = results_of(session)
    assert results.pop("property property").outcome == "error"
    assert {result.outcome for result in results.values()} == {"skipped"}
    assert exit_code(session.report(complete=True)) == EXIT_UNEXPLAINED


def test_a_check_that_a_defect_ended_is_an_error(session: Session, tmp_path: Path) -> None:
    (check, *_) = session.checks_of(write(tmp_path, "number"))
    result = broken(check.item, "Traceback ...", 0.5)
    assert (result.outcome, result.message, result.seconds) == ("error", "Traceback ...", 0.5)
    session.take_result(result.model_dump_json())
    assert exit_code(session.report(complete=True)) == EXIT_UNEXPLAINED


def test_all_problems_of_an_entry_come_at_once(session: Session, tmp_path: Path) -> None:
    text = ENTRY.replace("title:", "titel:").replace("compare: numbers", "compare: nubers")
    with pytest.raises(BadInput) as raised:
        session.checks_of(write(tmp_path, "number", text))
    assert str(raised.value).count("[unknown-key]") == 1
    assert str(raised.value).count("[unknown-relation]") == 1
    assert not session.has_plan


def test_an_expression_of_the_author_that_raises_is_told_with_its_place(
    session: Session, tmp_path: Path
) -> None:
    path = write(tmp_path, "number", ENTRY.replace("{value: 2}", "{value: !py 1 / 0}"))
    with pytest.raises(BadInput, match=rf"{path}:10:5: error\[raised\]: this raised ZeroDivisionError"):
        session.checks_of(path)


def test_two_files_with_one_id_are_not_taken_for_one(session: Session, tmp_path: Path) -> None:
    one, other = (write(tmp_path / folder, "number") for folder in ("one", "other"))
    assert session.checks_of(one)
    assert session.checks_of(one)
    with pytest.raises(BadInput, match=f"{other}: {one} is an entry with the id `number` too"):
        session.checks_of(other)


def test_entries_and_recipes_that_were_not_asked_for_are_not_planned(tmp_path: Path) -> None:
    with closing(Session(Options(("sqlite",), mappings=("number",), recipes=("recommended",)))) as session:
        assert session.checks_of(write(tmp_path, "another")) == []
        assert not session.has_plan
        # Claims hold whatever the recipe is.
        assert [check.item.kind for check in session.checks_of(write(tmp_path, "number"))] == ["claim"]


def test_a_test_bed_that_cannot_be_opened_is_tried_once_and_said_by_each_check(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[Any] = []

    def not_there(*arguments: Any, **options: Any) -> Any:
        tried.append(arguments)
        raise EnvironmentProblem("the store does not answer")

    monkeypatch.setattr("harness.testbed.open_testbed", not_there)
    for check in session.checks_of(write(tmp_path, "number")):
        session.take_result(session.carry_out(check).model_dump_json())
    assert len(tried) == 1
    results = results_of(session)
    assert {result.skipped_because for result in results.values()} == {"unreachable"}
    assert {result.message for result in results.values()} == {"the store does not answer"}
    assert exit_code(session.report(complete=True)) == EXIT_ENVIRONMENT


class Bed:
    """Stands for a test bed of which only the scratch folder is looked at."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = scratch


def checked(session: Session, path: Path, monkeypatch: pytest.MonkeyPatch, run: Any) -> dict[str, Result]:
    """What comes of an entry whose checks all do `run`."""
    scratch = path.parent / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("harness.testbed.open_testbed", lambda *_, **__: nullcontext(Bed(scratch)))
    for check in session.checks_of(path):
        session.take_result(session.carry_out(Check(check.item, run)).model_dump_json())
    return results_of(session)


@pytest.mark.parametrize("error", [RuntimeError, HandlerFailed])
def test_a_full_disk_is_told_by_each_check_and_no_finding(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    ran = []

    def run(bed: TestBed) -> Result:
        ran.append(bed)
        raise error("PATCH x: OperationalError") from sqlite3.OperationalError("database or disk is full")

    results = checked(session, write(tmp_path, "number"), monkeypatch, run)
    assert len(ran) == 1, "it is not tried again"
    assert {result.skipped_because for result in results.values()} == {"unreachable"}
    for result in results.values():
        assert result.message.startswith("cannot write temporary files to ")
        assert "database or disk is full. Make room there" in result.message
    assert exit_code(session.report(complete=True)) == EXIT_ENVIRONMENT


def test_a_failure_while_nothing_can_be_written_is_no_finding(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(bed: TestBed) -> Result:
        bed.scratch.rmdir()
        return broken(ItemId("number", "guide", "sqlite", "property", "property"), "a difference", 0.1)

    results = checked(session, write(tmp_path, "number"), monkeypatch, run)
    assert {result.outcome for result in results.values()} == {"skipped"}
    assert all(os.strerror(errno.ENOENT) in result.message for result in results.values())


def test_a_failure_while_there_is_room_is_a_finding(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(bed: TestBed) -> Result:
        raise RuntimeError("a defect")

    with pytest.raises(RuntimeError, match="a defect"):
        checked(session, write(tmp_path, "number"), monkeypatch, run)
    assert list((tmp_path / "number.yaml").parent.glob("scratch/*")) == []


def test_a_client_that_cannot_be_imported_is_a_problem_of_the_environment(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("harness.session.CLIENTS", {"some-client": "no_such_client.core"})
    with pytest.raises(EnvironmentProblem, match="some-client cannot be imported: ModuleNotFoundError"):
        session.checks_of(write(tmp_path, "number"))


def test_the_users_settings_of_the_clients_are_out_of_sight_until_it_is_closed(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_TRACKING_URI", "http://127.0.0.1:9")
    session.checks_of(write(tmp_path, "number"))
    assert "MLFLOW_TRACKING_URI" not in os.environ
    session.close()
    assert os.environ["MLFLOW_TRACKING_URI"] == "http://127.0.0.1:9"


def test_closing_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    session = Session(Options())
    assert session.shared_template() == session.shared_template()
    assert session.own_folder() != session.own_folder()
    assert len(list(tmp_path.iterdir())) == 3
    session.close()
    assert list(tmp_path.iterdir()) == []


def test_a_worker_does_not_delete_the_folder_that_all_share(tmp_path: Path) -> None:
    session = Session(Options(), template=tmp_path)
    assert session.shared_template() == tmp_path
    session.close()
    assert tmp_path.is_dir()
