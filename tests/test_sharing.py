"""Which stores of a run can be had, and what is said of those that cannot."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest

from harness.report.model import Result
from harness.sharing import StoresOfRun
from harness.stores import STORES, StoreInfo, StoreLost, with_uris
from harness.stores.server_process import LOG


def of(*names: str, asked: tuple[str, ...] = ()) -> StoresOfRun:
    return StoresOfRun([STORES[name] for name in names], asked)


def test_a_store_that_is_there_is_not_left_out() -> None:
    assert of("sqlite", "mysql").left_out("mysql", starts_runs=True) is None


@pytest.mark.parametrize(
    ("store", "asked", "reason"),
    [
        ("mysql", (), "unavailable"),
        ("server", (), "unavailable"),
        ("mysql", ("mysql",), "unreachable"),
        # They need nothing but this machine, so something is wrong with it.
        ("sqlite", (), "unreachable"),
        ("azureml", (), "unreachable"),
    ],
)
def test_only_what_nobody_asked_for_may_be_missing(store: str, asked: tuple[str, ...], reason: str) -> None:
    stores = of(store, asked=asked)
    stores.lacking[store] = "it is not there"
    assert stores.left_out(store, starts_runs=False) == (reason, "it is not there")
    assert stores.to_open() == []


def test_a_store_that_was_given_is_to_be_there() -> None:
    stores = StoresOfRun([with_uris(["mysql=mysql+pymysql://127.0.0.1:1"])["mysql"]], ())
    stores.lacking["mysql"] = "it does not answer"
    assert stores.left_out("mysql", starts_runs=False) == ("unreachable", "it does not answer")


def test_a_store_that_was_there_is_missed() -> None:
    stores = of("mysql", "server")
    stores.lose(StoreLost("mysql", "it was lost"))
    assert stores.left_out("mysql", starts_runs=False) == ("unreachable", "it was lost")
    assert stores.left_out("server", starts_runs=False) is None


def test_runs_that_start_anywhere_are_not_started_in_stores_of_other_people() -> None:
    stores = StoresOfRun([with_uris(["staging=http://127.0.0.1"])["staging"]], ("staging",))
    assert stores.left_out("staging", starts_runs=False) is None
    reason, why = stores.left_out("staging", starts_runs=True) or ("", "")
    assert reason == "unavailable"
    assert "not the run's own" in why


def test_what_was_started_is_told_to_the_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HARNESS_MYSQL_URI", raising=False)
    staging = with_uris(["staging=http://127.0.0.1:1"])["staging"]
    infos: list[StoreInfo] = [STORES["sqlite"], STORES["mysql"], staging]
    with ExitStack() as stack:
        one = StoresOfRun(infos, ())
        one.share(["mysql", "staging"], tmp_path / "one", tmp_path, stack)
        worker = StoresOfRun(infos, ())
        assert worker.take(tmp_path) == {"staging": "http://127.0.0.1:1"}
    assert list(worker.lacking) == ["mysql"]


def test_the_log_of_a_service_is_looked_for_where_something_went_wrong(tmp_path: Path) -> None:
    stores = of("server")
    stores.folders.append(tmp_path)
    log = tmp_path / "services" / "server" / LOG
    log.parent.mkdir(parents=True)
    log.write_text("...")
    row = Result(mapping="m", recipe="r", store="server", kind="property", id="property", outcome="passed")
    assert stores.logs([row]) == {}
    assert stores.logs([row.model_copy(update={"outcome": "failed"})]) == {"server": log}
    assert stores.logs([row.model_copy(update={"outcome": "failed", "store": "sqlite"})]) == {}
