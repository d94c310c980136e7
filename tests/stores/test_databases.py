"""The stores on a database server, where there is one: the variables of the stores say where."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url

from harness.errors import EnvironmentProblem
from harness.stores import STORES, load_service
from harness.stores.databases import Dialect
from harness.stores.mysql import _MYSQL
from harness.stores.postgresql import _POSTGRESQL
from harness.testbed import open_testbed

DIALECTS = {"postgresql": _POSTGRESQL, "mysql": _MYSQL}


@pytest.fixture(params=DIALECTS)
def store(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    if STORES[name].variable not in os.environ:
        pytest.skip(f"not verified: {STORES[name].variable} is not set, so there is no {name} to test on")
    return name


def names(store: str) -> set[str]:
    """The databases of the harness that are on the server."""
    engine = create_engine(os.environ[STORES[store].variable or ""])
    try:
        with engine.connect() as connection:
            rows = connection.exec_driver_sql(DIALECTS[store].listing)
            return {str(row[0]) for row in rows if str(row[0]).startswith("harness_")}
    finally:
        engine.dispose()


@pytest.mark.once
def test_each_test_bed_has_a_database_that_is_dropped_in_the_end(store: str, tmp_path: Path) -> None:
    # Other workers have databases there at the same time.
    with open_testbed(tmp_path / "one", [store]) as one, open_testbed(tmp_path / "other", [store]) as other:
        stores = [bed.stores[store] for bed in (one, other)]
        own = {make_url(each.client.tracking_uri).database for each in stores}
        assert len(own) == 2
        assert own <= names(store)
        stores[0].client.create_run(stores[0].experiment_id)
        assert [len(each.client.search_runs([each.experiment_id])) for each in stores] == [1, 0]
        assert [each.trouble() for each in stores] == [None, None]
    assert not own & names(store)


@pytest.mark.parametrize("store", ["mysql"], indirect=True)
def test_a_connection_to_mysql_is_that_of_any_process(store: str, tmp_path: Path) -> None:
    with open_testbed(tmp_path, [store]) as bed:
        # Those on which MLflow works, which it shows to nobody.
        engine: Any = bed.stores[store].client._tracking_client.store.engine
        with engine.connect() as one, engine.connect() as other:
            modes = [each.exec_driver_sql("SELECT @@sql_mode").scalar_one() for each in (one, other)]
            collation = one.exec_driver_sql("SELECT @@collation_database").scalar_one()
        assert all("STRICT_TRANS_TABLES" in mode for mode in modes)
        assert collation == "utf8mb4_general_ci"


def test_the_experiments_of_an_example_are_put_aside(store: str, tmp_path: Path) -> None:
    with open_testbed(tmp_path, [store]) as bed:
        opened = bed.stores[store]
        before = {each.name for each in opened.client.search_experiments()}
        assert "Default" in before
        for _ in range(2):
            opened.client.create_experiment("training")
            opened.client.create_run(opened.client.create_experiment("Training and more"))
            opened.put_aside()
            assert {each.name for each in opened.client.search_experiments()} == before
            assert opened.client.get_experiment_by_name("training") is None


def test_what_a_worker_left_is_dropped_with_the_rest(store: str, tmp_path: Path) -> None:
    service = load_service(STORES[store])
    assert service is not None
    with service(tmp_path, None) as uri:
        url = make_url(uri)
        engine = create_engine(os.environ[STORES[store].variable or ""], isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {url.database}_left")
        engine.dispose()
        assert f"{url.database}_left" in names(store)
    assert not [name for name in names(store) if name.startswith(str(url.database))]


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_one_that_is_nowhere_says_how_to_say_where(
    dialect: Dialect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = STORES[dialect.store]
    monkeypatch.delenv(info.variable or "", raising=False)
    service = load_service(info)
    assert service is not None
    with pytest.raises(EnvironmentProblem, match=f"{info.variable} is not set"), service(tmp_path, None):
        pass


@pytest.mark.parametrize(
    ("uri", "told"),
    [
        ("postgresql+psycopg2://me:secret@127.0.0.1:1/db", "cannot be reached|driver is missing"),
        ("postgresql+nothing://127.0.0.1/db", "no URI of a database"),
        ("not a uri", "no URI of a database"),
    ],
)
def test_a_wrong_uri_is_told_without_its_password(uri: str, told: str, tmp_path: Path) -> None:
    service = load_service(STORES["postgresql"])
    assert service is not None
    with pytest.raises(EnvironmentProblem, match=told) as raised, service(tmp_path, uri):
        pass
    assert "secret" not in str(raised.value)
