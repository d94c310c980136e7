"""The shape of the code: which room may know of which, and what each may use from outside."""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import harness

if sys.version_info >= (3, 11):
    import tomllib
else:
    # pytest needs it there.
    import tomli as tomllib

ROOT = Path(harness.__file__).parent
PROJECT = Path(__file__).parents[1] / "pyproject.toml"

KNOWS = {
    "errors": "",
    "profiles": "",
    "values": "",
    "versions": "",
    "stores.catalogue": "errors",
    "clock": "",
    "workspace": "",
    "compare": "values",
    "domains": "values",
    "expressions": "values",
    "tabular": "expressions",
    "tagging": "expressions",
    "files": "",
    "downloads": "files",
    "served": "downloads files",
    "brackets": "",
    "collation": "",
    "pictures": "",
    "spec": "errors stores.catalogue versions",
    "report": "errors",
    "guide": "errors report spec values",
    "reference": "compare errors report spec stores.catalogue versions",
    "stores": "errors stores.catalogue workspace",
    "absent": "",
    "testbed": "absent clock errors stores versions workspace",
    "paths": "clock compare spec stores testbed values",
    "verify": "clock compare errors guide paths profiles report spec stores testbed values versions",
    "asking": "clock compare errors paths profiles report spec stores stores.catalogue testbed values verify",
    "tracing": "asking clock errors report spec stores.catalogue testbed values verify versions workspace",
    "sharing": "errors report stores stores.catalogue testbed",
    "session": "errors guide profiles report sharing spec stores stores.catalogue testbed verify versions",
    "progress": "profiles report",
    "gathering": "errors report session",
    "plugin": "errors gathering profiles session stores.catalogue verify",
    "cli": "asking compare errors guide profiles progress reference report session spec stores.catalogue tracing "
    "workspace",
}
"""The rooms from the ground up, each with the rooms that it may know of; they all stand above it in this list."""

CLIENTS = {"azureml", "mlflow"}
KNOW_A_CLIENT = {
    "harness.workspace": {"azureml", "mlflow"},
    "harness.stores": {"mlflow"},
    "harness.clock": {"mlflow"},
    "harness.testbed": {"azureml", "mlflow"},
    "harness.paths": {"azureml", "mlflow"},
}
"""The rooms that import a client; from the others no client can be reached but through these."""

INTERNALS = {
    "azureml": {"harness.workspace.clients.sdk_internals", "harness.workspace.clients.plugin_internals"},
    "mlflow": {"harness.stores.mlflow_internals", "harness.workspace.clients.plugin_internals"},
}
"""The modules that may use private names of a client, one for each purpose."""

LONGEST = 400


def module_name(path: Path) -> str:
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


SOURCES = {module_name(path): path.read_text(encoding="utf-8") for path in sorted(ROOT.rglob("*.py"))}
TREES = {name: ast.parse(source) for name, source in SOURCES.items()}
ROOMS = {f"harness.{room}": {f"harness.{known}" for known in rooms.split()} for room, rooms in KNOWS.items()}


def room_of(module: str) -> str:
    """The room that a module is in; the package itself, which is empty, is none."""
    return max((room for room in ROOMS if f"{module}.".startswith(f"{room}.")), key=len, default=module)


def imported(module: str) -> Iterator[str]:
    """Everything that a module imports, wherever in it, as dotted names."""
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} has a relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_every_module_is_in_a_room() -> None:
    assert {room_of(module) for module in SOURCES} - {"harness"} == set(ROOMS)


def test_dependencies_point_downwards() -> None:
    rooms = list(ROOMS)
    assert {
        room: known for room, known in ROOMS.items() if not known <= set(rooms[: rooms.index(room)])
    } == {}


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_knows_only_of_the_rooms_that_it_may(room: str) -> None:
    others = {
        f"{module} imports {name}"
        for module in SOURCES
        if room_of(module) == room
        for name in imported(module)
        if name.startswith("harness.") and room_of(name) not in {room, *ROOMS[room]}
    }
    assert others == set()


def test_only_the_rooms_that_run_a_client_import_it() -> None:
    found = {
        (room_of(module), name.partition(".")[0])
        for module in SOURCES
        for name in imported(module)
        if name.partition(".")[0] in CLIENTS
    }
    assert found == {(room, client) for room, clients in KNOW_A_CLIENT.items() for client in clients}


def test_a_report_can_be_read_where_nothing_else_is_installed() -> None:
    known = {name for module in SOURCES if room_of(module) == "harness.report" for name in imported(module)}
    ours = {room_of(name) for name in known if name.startswith("harness.")}
    theirs = {name.partition(".")[0] for name in known} - set(sys.stdlib_module_names) - {"harness"}
    assert ours == {"harness.report", "harness.errors"}
    assert theirs <= {"pydantic", "rich", "jinja2"}


def is_private(name: str) -> bool:
    return any(part.startswith("_") and not part.startswith("__") for part in name.split("."))


@pytest.mark.parametrize("client", sorted(CLIENTS))
def test_private_modules_of_a_client_are_imported_where_allowed(client: str) -> None:
    found = {
        module
        for module in SOURCES
        for name in imported(module)
        if name.partition(".")[0] == client and is_private(name)
    }
    assert found <= INTERNALS[client]


def test_private_attributes_are_read_of_ones_own_only() -> None:
    """Of which package an object is cannot be told from the source, so no object's private attributes are read."""
    own = {"self", "cls", "super()"}
    found = {
        f"{module}:{node.lineno}: {ast.unparse(node)}"
        for module, tree in TREES.items()
        if not any(module in modules for modules in INTERNALS.values())
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and is_private(node.attr) and ast.unparse(node.value) not in own
    }
    assert found == set()


def test_private_modules_of_pytest_and_hypothesis_are_not_imported() -> None:
    found = {
        f"{module} imports {name}"
        for module in SOURCES
        for name in imported(module)
        if name.startswith(("_pytest", "_hypothesis", "hypothesis.internal", "xdist"))
        or (name.startswith(("pytest.", "hypothesis.")) and is_private(name))
    }
    assert found == set()


def declared() -> set[str]:
    """What the project requires, for whichever Python, without its extras."""
    project = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]
    return {Requirement(text).name for text in project["dependencies"]}


def third_party() -> dict[str, set[str]]:
    """The packages from outside that the project imports, with the modules that do."""
    found: dict[str, set[str]] = {}
    for module in SOURCES:
        for name in imported(module):
            package = name.partition(".")[0]
            # `_typeshed` exists for type checkers only.
            if package not in {*sys.stdlib_module_names, "harness", "_typeshed"}:
                found.setdefault(package, set()).add(module)
    return found


def provided() -> set[str]:
    """The packages and modules that the declared distributions bring, as far as they are installed here."""
    found = set()
    for name in declared():
        with suppress(PackageNotFoundError):  # it is declared for other versions of Python
            found |= {file.parts[0].partition(".")[0] for file in distribution(name).files or ()}
    return found


def test_everything_that_is_imported_is_declared() -> None:
    brought = provided()
    assert {package: modules for package, modules in third_party().items() if package not in brought} == {}


def test_no_module_is_too_long_to_hold_in_the_head() -> None:
    lengths = {module: len(source.splitlines()) for module, source in SOURCES.items()}
    assert {module: length for module, length in lengths.items() if length > LONGEST} == {}


def test_every_module_says_what_it_is_for() -> None:
    silent = {
        module for module, tree in TREES.items() if SOURCES[module].strip() and not ast.get_docstring(tree)
    }
    assert silent == set()


def test_no_source_names_a_place_on_somebodys_machine() -> None:
    places = re.compile(r"/(home|Users|tmp|root|work)/\w")
    assert {module for module, source in SOURCES.items() if places.search(source)} == set()


def test_no_two_files_of_tests_have_one_name() -> None:
    """pytest imports them by their names alone."""
    names = Counter(path.name for path in Path(__file__).parent.rglob("test_*.py"))
    assert [name for name, count in names.items() if count > 1] == []
