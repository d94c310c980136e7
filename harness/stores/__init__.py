"""The MLflow stores under test: one small module each, with one function `open_store`.

`catalogue` says which there are; `base` says what a store is. A new store is a module here and a row there.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from harness.stores.base import OpenStore, Place, Service, Store, StoreLost
from harness.stores.catalogue import (
    GROUPS,
    STORES,
    WITHOUT_SERVICE,
    StoreInfo,
    info_of,
    known_store_names,
    store_matches,
    with_uris,
)

__all__ = [
    "GROUPS",
    "STORES",
    "WITHOUT_SERVICE",
    "OpenStore",
    "Place",
    "Service",
    "Store",
    "StoreInfo",
    "StoreLost",
    "info_of",
    "known_store_names",
    "load_service",
    "load_store",
    "store_matches",
    "with_uris",
]


def load_store(store: StoreInfo | str) -> Store:
    """How a store is opened, one of the catalogue also by name; its module, and so MLflow, is imported only now."""
    opener: Store = _module(info_of(store)).open_store
    return opener


def load_service(info: StoreInfo) -> Service | None:
    """How what its workers share is started; None for a store that shares nothing."""
    return getattr(_module(info), "open_service", None)


def _module(info: StoreInfo) -> Any:
    return import_module(f"harness.stores.{info.kind if info.is_ours else 'given'}")
