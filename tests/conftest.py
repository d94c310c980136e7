"""What tests that run both clients share: a test bed, and entries made by changing one thing of an honest one."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from harness.plugin import make_sendable
from harness.profiles import Profile
from harness.report.model import Result
from harness.spec import LoadedEntry, load_text
from harness.stores import WITHOUT_SERVICE, Store
from harness.testbed import TestBed, open_testbed

SPECS = Path(__file__).parents[1] / "specs"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What clients log in tests that run entries is sent by workers too."""
    report = yield
    make_sendable(report)
    return report


QUICK = Profile("quick", examples=8, directed=4, all_applied=False, says="just enough to see it run")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder for what is made once and copied: the migrated database."""
    return tmp_path_factory.mktemp("template")


@pytest.fixture(scope="module")
def bed(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestBed]:
    """The one test bed of all tests of a module; those of other modules may need that no workspace is open."""
    with open_testbed(tmp_path_factory.mktemp("bed"), ["sqlite"], template=template) as opened:
        yield opened


@pytest.fixture(scope="module")
def bed_of_all(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestBed]:
    """A test bed with each store for which no other process has to run."""
    with open_testbed(tmp_path_factory.mktemp("all"), WITHOUT_SERVICE, template=template) as opened:
        yield opened


@pytest.fixture
def bed_with(template: Path, tmp_path: Path) -> Callable[..., AbstractContextManager[TestBed]]:
    """Opens a test bed whose stores are the given ones."""

    def open_(store: Store, names: Sequence[str] = ("sqlite",)) -> AbstractContextManager[TestBed]:
        return open_testbed(tmp_path / "own", names, template=template, find_store=lambda name: store)

    return open_


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mounts a file system of a given size (as `mount` takes it); only the superuser can."""
    mounted = []

    def mount(size: str) -> Path:
        folder = tmp_path / "small"
        folder.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
        if shutil.which("mount") is None or subprocess.run(command, capture_output=True).returncode:
            pytest.skip("a file system can be mounted by the superuser only")
        mounted.append(folder)
        return folder

    yield mount
    for folder in mounted:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@dataclass
class Verified:
    """What the checks of an entry gave, each by its name."""

    results: dict[str, Result] = field(default_factory=dict)

    @property
    def not_passed(self) -> dict[str, str]:
        """The first line of what each check says that did not pass."""
        return {
            name: f"{result.outcome}: {result.message.splitlines()[0]}"
            for name, result in self.results.items()
            if result.outcome not in ("passed", "skipped")
        }


@pytest.fixture
def changed_text() -> Callable[[str, Mapping[str, Any]], str]:
    return change


@pytest.fixture
def entry_from() -> Callable[..., LoadedEntry]:
    """An entry from its text, with changes: `{"divergences/order-is-lost/becomes": "[]"}`."""
    return load


@pytest.fixture
def verify() -> Callable[..., Verified]:
    """Carries out the checks of an entry, or those whose name is given."""
    return run_checks


def change(text: str, changes: Mapping[str, Any]) -> str:
    """An entry's text with other values at some places.

    A place is keys with `/` between them. The items of a list go by their `id` or by their index; `+` is a new one.
    What stands at a place that begins with `-` is deleted.
    """
    yaml = YAML()
    data = yaml.load(text)
    for place, value in changes.items():
        *way, last = place.removeprefix("-").split("/")
        found = data
        for step in way:
            found = found[_key(found, step)]
        if place.startswith("-"):
            del found[_key(found, last)]
        elif last == "+":
            found.append(value)
        else:
            found[_key(found, last)] = value
    written = io.StringIO()
    yaml.dump(data, written)
    return written.getvalue()


def _key(found: Any, step: str) -> Any:
    if not isinstance(found, list):
        return step
    by_id = [index for index, item in enumerate(found) if isinstance(item, dict) and item.get("id") == step]
    return by_id[0] if by_id else int(step)


def load(text: str, changes: Mapping[str, Any] | None = None) -> LoadedEntry:
    """An entry from its text, with changes; its id need not be told."""
    text = change(text, changes) if changes else text
    name = text.partition("\nid:")[2].splitlines()[0].strip()
    loaded = load_text(text, Path(f"{name}.yaml"))
    assert isinstance(loaded, LoadedEntry), "\n".join(map(str, loaded))
    return loaded


def run_checks(
    bed: TestBed,
    loaded: LoadedEntry,
    *,
    only: Callable[[str], bool] = lambda name: True,
    profile: Profile = QUICK,
    stores: Sequence[str] = ("sqlite",),
    seed: int = 1,
    until_one_fails: bool = False,
    **ready: Any,
) -> Verified:
    """Plans an entry's checks and carries them out in order."""
    from harness.verify import make_ready, plan

    verified = Verified()
    checks = plan(make_ready(loaded, **ready), stores, None, profile, seed, bed.versions)
    chosen = [check for check in checks if only(check.item.name)]
    assert chosen, f"none of {[check.item.name for check in checks]}"
    for check in chosen:
        verified.results[check.item.name] = check.run(bed)
        if until_one_fails and verified.not_passed:
            break
    return verified
