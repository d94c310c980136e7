"""Which MLflow stores there are, by name and group; what is needed to open one stands in its own module.

This room imports nothing, so that entries can be checked without MLflow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class StoreInfo:
    """A store under test.

    Attributes:
        name: What people call it (`--store NAME`, `stores:` in an entry).
        groups: The names that entries may use for several stores at once.
        says: One line for people.
    """

    name: str
    groups: frozenset[str]
    says: str


STORES: Mapping[str, StoreInfo] = MappingProxyType(
    {
        info.name: info
        for info in (
            StoreInfo(
                name="sqlite",
                groups=frozenset({"sql", "local", "mlflow"}),
                says="MLflow's SQL store on a SQLite file, used directly by the client (its default since MLflow 3.7).",
            ),
            StoreInfo(
                name="file",
                groups=frozenset({"local", "mlflow"}),
                says="MLflow's store of plain files, the `mlruns` folder (its default before MLflow 3.7).",
            ),
            StoreInfo(
                name="azureml",
                groups=frozenset({"service"}),
                says="Azure ML through the plugin azureml-mlflow, answered by the embedded workspace.",
            ),
        )
    }
)


def known_store_names() -> list[str]:
    """Every name that `stores:` accepts: the stores, then the groups."""
    groups = {group for info in STORES.values() for group in info.groups}
    return [*STORES, *sorted(groups)]


def store_matches(names: Sequence[str] | None, store: str) -> bool:
    """Whether a `stores:` list takes in the store called `store` (None takes in all)."""
    if names is None:
        return True
    groups = STORES[store].groups
    return any(name == store or name in groups for name in names)
