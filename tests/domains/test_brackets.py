"""What MLflow reads in the name of a folder in brackets: what each driver was seen to make of it."""

from __future__ import annotations

from typing import get_args

import pytest

from harness.brackets import Driver, is_taken_in_brackets

TAKEN_BY = {
    "plots": "sqlite3 psycopg pymysql",
    "(a": "sqlite3 psycopg pymysql",
    "(None)": "sqlite3 psycopg pymysql",
    "(a)": "",
    "(1 2)": "",
    "(1)(2)": "",
    "(1)": "sqlite3 pymysql",
    "(1.5)": "sqlite3 pymysql",
    "(True)": "sqlite3 pymysql",
    '(b"a")': "sqlite3 pymysql",
    "(99999999999999999999999999)": "pymysql",
    "(1e400)": "sqlite3",
    '("a")': "psycopg pymysql",
    "(1,)": "psycopg pymysql",
    "([1])": "psycopg pymysql",
    "(None,)": "psycopg pymysql",
    "(1,2)": "psycopg",
    '(1,"a")': "psycopg",
    "()": "psycopg",
    "([])": "psycopg",
    "([],)": "psycopg",
    "({})": "",
    "({},)": "",
    "({[]})": "",
    "'(a)'": "",
    "({1})": "pymysql",
    "(1j)": "pymysql",
    "(...)": "pymysql",
}


@pytest.mark.parametrize("driver", get_args(Driver))
@pytest.mark.parametrize(("name", "drivers"), TAKEN_BY.items(), ids=TAKEN_BY)
def test_a_driver_takes_some_values(name: str, drivers: str, driver: Driver) -> None:
    assert is_taken_in_brackets(name, driver) == (driver in drivers.split())
