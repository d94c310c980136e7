"""The real runs, each made once: most of the time of a run goes to importing the clients."""

from __future__ import annotations

import pytest
from plugin_runs import CRASHING, FAILING, INDEX, TINY, Ended, folder_with, run, verify

PLAIN_TEST = "def test_plain():\n    pass\n"

COMMAND = "from harness.cli import main; main()"

Folders = pytest.TempPathFactory


@pytest.fixture(scope="session")
def alone(tmp_path_factory: Folders) -> Ended:
    """A spec file beside an index of the guide, a plain test and a YAML file that is neither, in one process."""
    folder = folder_with(
        tmp_path_factory.mktemp("alone"),
        tiny__yaml=TINY,
        index__yaml=INDEX,
        settings__yaml="harness-like: 1\n",
        test_plain__py=PLAIN_TEST,
    )
    return verify(folder, "-v", "--junitxml=junit.xml")


@pytest.fixture(scope="session")
def spread(tmp_path_factory: Folders) -> Ended:
    """The same spec file, by two workers of xdist."""
    return verify(folder_with(tmp_path_factory.mktemp("spread"), tiny__yaml=TINY, index__yaml=INDEX), "-n2")


@pytest.fixture(scope="session")
def by_command(tmp_path_factory: Folders) -> Ended:
    """The same spec file by `harness run`, in a folder and an environment whose settings of pytest are hostile."""
    folder = folder_with(
        tmp_path_factory.mktemp("by-command"),
        tiny__yaml=TINY,
        index__yaml=INDEX,
        pytest__ini="[pytest]\naddopts = --no-such-option\n",
        conftest__py="raise RuntimeError('this conftest was imported')\n",
    )
    command = ("run", ".", "--profile=dev", "--store=sqlite", "--report=report")
    return run(folder, "-c", COMMAND, *command, variables={"PYTEST_ADDOPTS": "--no-such-option"})


@pytest.fixture(scope="session")
def selected(tmp_path_factory: Folders) -> Ended:
    """The same spec file, its property alone, with another seed."""
    folder = folder_with(tmp_path_factory.mktemp("selected"), tiny__yaml=TINY)
    return verify(folder, "-k", "property", "--harness-seed=1")


@pytest.fixture(scope="session")
def failing(tmp_path_factory: Folders) -> Ended:
    """A spec file with a difference that nothing explains, stopped there by `-x`."""
    return verify(folder_with(tmp_path_factory.mktemp("failing"), failing__yaml=FAILING), "-x")


@pytest.fixture(scope="session")
def crashed(tmp_path_factory: Folders) -> Ended:
    """A spec file whose recipe ends the process, so that no worker is left."""
    folder = folder_with(tmp_path_factory.mktemp("crashed"), crashing__yaml=CRASHING)
    return verify(folder, "-n1", "--max-worker-restart=0")
