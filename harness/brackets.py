"""Functions of snippets about a folder's name in brackets, which MLflow 3 reads as Python before it looks for models.

They are pure. Nothing here knows MLflow or Azure.

Source: `parse_filter_string` of `mlflow.utils.search_logged_model_utils`; what the drivers take was tried with each.
"""

from __future__ import annotations

import ast
import math
from typing import Literal

__all__ = ["is_taken_in_brackets"]

Driver = Literal["sqlite3", "psycopg", "pymysql"]


def is_taken_in_brackets(name: str, driver: Driver) -> bool:
    """Whether a search for models of this name finds none, and does not fail.

    Args:
        name: The name of a folder. What is not in brackets is a text for every driver.
        driver: What sends the value to the database.
    """
    name = name.strip("'")
    if not (name.startswith("(") and name.endswith(")")):
        return True
    try:
        value = ast.literal_eval(name)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return False
    if isinstance(value, str):
        value = (value,)
    if driver == "sqlite3":
        fits = not isinstance(value, int) or -(2**63) <= value < 2**63
        return fits and isinstance(value, (int, float, bytes, type(None)))
    if driver == "psycopg":
        # A list is compared as an array; a column of texts is compared with no number.
        return value is None or (isinstance(value, (tuple, list)) and _has_only_plain(value))
    return _is_one_value(value)


def _has_only_plain(value: object) -> bool:
    if isinstance(value, (tuple, list)):
        return all(map(_has_only_plain, value))
    return isinstance(value, (str, bytes, int, float, type(None)))


def _is_one_value(value: object) -> bool:
    """Whether pymysql writes the value as one: a list with one value is that value in brackets."""
    if isinstance(value, (tuple, list, set)):
        return len(value) == 1 and _is_one_value(next(iter(value)))
    return not isinstance(value, dict) and not (isinstance(value, float) and math.isinf(value))
