"""Opens what a question needs: both clients, quietly, in a folder that is deleted afterwards."""

from __future__ import annotations

import io
import logging
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.testbed import TestBed


@contextmanager
def prepared() -> Iterator[None]:
    """Both clients may be imported and used: quietly, and with none of the user's settings for them.

    MLflow reads some of its settings when it is imported, so what imports it stands inside of this.
    """
    with quiet():
        from harness.stores.base import settings
        from harness.testbed import MLFLOW_SETTINGS

        with (
            tempfile.TemporaryDirectory(prefix="harness-") as storage,
            # Hypothesis keeps what it found out about modules and characters, by default in the working directory.
            settings({**MLFLOW_SETTINGS, "HYPOTHESIS_STORAGE_DIRECTORY": storage}),
        ):
            yield


@contextmanager
def opened(stores: Sequence[str]) -> Iterator[TestBed]:
    """A test bed with these stores, in a folder of its own; to be called inside of `prepared`.

    Raises:
        EnvironmentProblem: A package is missing, or a store cannot be had.
    """
    with tempfile.TemporaryDirectory(prefix="harness-") as folder:
        from harness.testbed import open_testbed

        with open_testbed(Path(folder), stores) as bed:
            yield bed


@contextmanager
def quiet() -> Iterator[None]:
    """What clients print and log goes nowhere: what they do is told by what they give back.

    Whoever has something to say meanwhile says it to a stream that was taken before.
    """
    level = logging.root.manager.disable
    with redirect_stdout(io.StringIO()), redirect_stderr(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.disable(logging.CRITICAL)
        try:
            yield
        finally:
            logging.disable(level)
