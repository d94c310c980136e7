from __future__ import annotations

import pytest

from harness.errors import BadInput
from harness.stores.catalogue import (
    GROUPS,
    STORES,
    known_store_names,
    store_matches,
    unknown_stores,
    with_uris,
)


def test_stores_match_by_name_and_by_group() -> None:
    assert store_matches(None, "sqlite")
    assert store_matches(["sqlite"], "sqlite")
    assert store_matches(["other", "sql"], "sqlite")
    assert not store_matches(["other"], "sqlite")
    assert not store_matches([], "sqlite")
    assert {"sqlite", "sql"} <= set(known_store_names())


def test_each_group_says_what_its_stores_have_in_common() -> None:
    assert {group for info in STORES.values() for group in info.groups} == set(GROUPS)
    assert not set(GROUPS) & set(STORES)


@pytest.mark.parametrize(
    ("uri", "kind"),
    [
        ("http://127.0.0.1:5000", "server"),
        ("https://mlflow.example.com", "server"),
        ("postgresql+psycopg2://me@127.0.0.1/db", "postgresql"),
        ("mysql+pymysql://me@127.0.0.1/db", "mysql"),
        ("sqlite:////srv/mlflow.db", "sqlite"),
        ("file:///srv/mlruns", "file"),
    ],
)
def test_a_store_of_other_people_is_like_one_of_the_catalogue(uri: str, kind: str) -> None:
    info = with_uris([f"staging={uri}"])["staging"]
    assert (info.name, info.kind, info.uri, info.is_ours) == ("staging", kind, uri, False)
    assert store_matches([kind], info)
    assert all(store_matches([group], info) for group in STORES[kind].groups)
    assert not store_matches(["azureml"], info)


def test_a_database_server_is_the_harness_own_wherever_it_is() -> None:
    info = with_uris(["postgresql=postgresql://me@127.0.0.1/postgres"])["postgresql"]
    assert (info.uri, info.is_ours) == ("postgresql://me@127.0.0.1/postgres", True)


def test_a_tracking_server_that_was_given_is_not() -> None:
    assert not with_uris(["server=http://127.0.0.1:5000"])["server"].is_ours


def test_all_that_is_wrong_is_told_at_once_and_no_password_with_it() -> None:
    given = [
        "staging",
        "Staging=http://127.0.0.1",
        "sql=http://127.0.0.1",
        "mine=ftp://me:secret@127.0.0.1",
        "cloud=azureml://x",
        "sqlite=sqlite:///x.db",
        "file=http://127.0.0.1",
    ]
    with pytest.raises(BadInput) as raised:
        with_uris(given)
    told = str(raised.value).splitlines()
    assert len(told) == len(given)
    assert "expected NAME=URI" in told[0]
    assert "no name of a store" in told[1]
    assert "is a group" in told[2]
    assert "the scheme 'ftp'" in told[3]
    assert "secret" not in told[3]
    assert "Azure ML itself" in told[4]
    assert "makes that store itself" in told[5]
    assert "a URI of server is none of file" in told[6]


def test_a_store_that_there_is_not_is_told_with_the_nearest() -> None:
    (told,) = unknown_stores(["sqllite"], [])
    assert "there is no store 'sqllite'. Did you mean sqlite?" in told
    assert unknown_stores(["sqlite", "staging"], ["staging=http://127.0.0.1"]) == []


def test_a_store_of_other_people_must_be_asked_for() -> None:
    (told,) = unknown_stores(["sqlite"], ["staging=http://127.0.0.1"])
    assert told == "--store-uri staging=... is not used: ask for it too, with --store staging"
