"""Which MLflow stores there are, by name and group; what is needed to open one stands in its own module.

This room imports nothing, so that entries can be checked without MLflow.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from urllib.parse import urlsplit

from harness.errors import BadInput, unknown_names

GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "sql": "What MLflow's SQL store keeps, whichever database and way lead to it.",
        "direct": "The client works on the store itself.",
        "local": "Files of this machine.",
        "mlflow": "MLflow's own stores.",
        "remote": "What the client has to say becomes a message to a server.",
        "service": "Azure ML.",
    }
)
"""The names that entries may use for several stores at once, and what they have in common."""


@dataclass(frozen=True)
class StoreInfo:
    """A store under test.

    Attributes:
        name: What people call it (`--store NAME`, `stores:` in an entry).
        groups: The names that entries may use for several stores at once.
        says: One line for people.
        kind: The store of the catalogue that it is like, and whose module opens it; its own name for those.
        variable: The environment variable that says where it is; None for one that the harness makes itself.
        uri: Where it is, as `mlflow.set_tracking_uri` takes it, if somebody has said so.
        is_ours: Whether all that is in it is the run's own; else nothing but the run's own may be touched.
    """

    name: str
    groups: frozenset[str]
    says: str
    kind: str = ""
    variable: str | None = None
    uri: str | None = None
    is_ours: bool = True

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", self.kind or self.name)


STORES: Mapping[str, StoreInfo] = MappingProxyType(
    {
        info.name: info
        for info in (
            StoreInfo(
                name="sqlite",
                groups=frozenset({"sql", "local", "direct", "mlflow"}),
                says="MLflow's SQL store on a SQLite file, used directly by the client (its default since MLflow 3.7).",
            ),
            StoreInfo(
                name="file",
                groups=frozenset({"local", "direct", "mlflow"}),
                says="MLflow's store of plain files, the `mlruns` folder (its default before MLflow 3.7).",
            ),
            StoreInfo(
                name="server",
                groups=frozenset({"sql", "remote", "mlflow"}),
                says="A tracking server (`mlflow server`) on a SQLite file, which serves the artifacts too.",
            ),
            StoreInfo(
                name="azureml",
                groups=frozenset({"remote", "service"}),
                says="Azure ML through the plugin azureml-mlflow, answered by the embedded workspace.",
            ),
            StoreInfo(
                name="postgresql",
                groups=frozenset({"sql", "direct", "mlflow"}),
                says="MLflow's SQL store on PostgreSQL, used directly by the client.",
                variable="HARNESS_POSTGRESQL_URI",
            ),
            StoreInfo(
                name="mysql",
                groups=frozenset({"sql", "direct", "mlflow"}),
                says="MLflow's SQL store on MySQL or MariaDB, used directly by the client.",
                variable="HARNESS_MYSQL_URI",
            ),
        )
    }
)

WITHOUT_SERVICE = tuple(name for name in STORES if name in ("sqlite", "file", "azureml"))
"""The stores for which no other process has to run."""

_KINDS = {
    "http": "server",
    "https": "server",
    "postgresql": "postgresql",
    "mysql": "mysql",
    "sqlite": "sqlite",
    "file": "file",
}


def known_store_names() -> list[str]:
    """Every name that `stores:` accepts: the stores, then the groups."""
    return [*STORES, *sorted({group for info in STORES.values() for group in info.groups})]


def info_of(store: StoreInfo | str) -> StoreInfo:
    """The store, which may be given by its name if it is one of the catalogue."""
    return STORES[store] if isinstance(store, str) else store


def store_matches(names: Sequence[str] | None, store: StoreInfo | str) -> bool:
    """Whether a `stores:` list takes in a store (None takes in all).

    Args:
        names: Names of stores and of groups.
        store: The store; one of the catalogue may be given by its name.
    """
    if names is None:
        return True
    info = info_of(store)
    return any(name == info.kind or name in info.groups for name in names)


def with_uris(given: Sequence[str]) -> Mapping[str, StoreInfo]:
    """The stores that there are when people have said where some are: those of the catalogue, then theirs.

    Args:
        given: What `--store-uri` was given, each as `NAME=URI`.

    Raises:
        BadInput: With all that is wrong.
    """
    stores, problems = dict(STORES), []
    for each in given:
        name, equals, uri = each.partition("=")
        problem = _problem(name, equals, uri)
        if problem:
            problems.append(f"--store-uri {_shown(each)}: {problem}")
            continue
        kind = _KINDS[_scheme(uri)]
        if name not in STORES:
            says = f"A store of your own, reached like `{kind}`."
            stores[name] = replace(STORES[kind], name=name, kind=kind, uri=uri, says=says, is_ours=False)
        elif name == kind and (STORES[name].variable or name == "server"):
            stores[name] = replace(STORES[name], uri=uri, is_ours=STORES[name].variable is not None)
        else:
            told = (
                "the harness makes that store itself"
                if name == kind
                else f"a URI of {kind} is none of {name}"
            )
            problems.append(f"--store-uri {_shown(each)}: {told}; give your store another name")
    if problems:
        raise BadInput("\n".join(problems))
    return MappingProxyType(stores)


def stores_asked_for(names: Sequence[str], given: Sequence[str]) -> tuple[StoreInfo, ...]:
    """The stores to check on, in the order of the catalogue: those of these names, or without any all that it has.

    A store that nobody named need not be there (see `harness.sharing`); one of other people has to be named.

    Args:
        names: The names.
        given: Where stores are, see `with_uris`.

    Raises:
        BadInput: What was said of where a store is makes no sense.
    """
    return tuple(info for name, info in with_uris(given).items() if name in (names or STORES))


def unknown_stores(names: Sequence[str], given: Sequence[str]) -> list[str]:
    """What is wrong with the stores that were asked for, and with where they are said to be; empty when nothing is.

    Args:
        names: What `--store` was given.
        given: What `--store-uri` was given.
    """
    try:
        there = with_uris(given)
    except BadInput as error:
        return str(error).splitlines()
    problems = unknown_names("store", names, list(there))
    unused = [name for name, info in there.items() if name not in STORES and name not in names]
    problems += [
        f"--store-uri {name}=... is not used: ask for it too, with --store {name}" for name in unused
    ]
    return problems


def _problem(name: str, equals: str, uri: str) -> str | None:
    if not equals or not uri:
        return "expected NAME=URI, as in staging=http://127.0.0.1:5000"
    if not re.fullmatch(r"[a-z][a-z0-9-]{0,30}", name):
        return f"{name!r} is no name of a store: small letters, digits and `-`, a letter first"
    if name in GROUPS:
        return f"`{name}` is a group of stores; give your store another name"
    if _scheme(uri) == "azureml":
        return "Azure ML itself is not tested; store azureml is the embedded workspace"
    if _scheme(uri) not in _KINDS:
        return f"the scheme {_scheme(uri)!r} is none of {', '.join(_KINDS)}"
    return None


def _scheme(uri: str) -> str:
    """`postgresql` of `postgresql+psycopg2://...`."""
    return uri.partition(":")[0].partition("+")[0].lower()


def _shown(given: str) -> str:
    """What was given, without a password that may be in it."""
    try:
        password = urlsplit(given.partition("=")[2]).password
    except ValueError:
        return given.partition("=")[0] + "=..."
    return given.replace(f":{password}@", ":...@") if password else given
