"""The MLflow stores under test: one small module each, with one function `open_store`.

`catalogue` says which there are; `base` says what a store is. A new store is a module here and a row there.
"""

from __future__ import annotations

from importlib import import_module
from typing import cast

from harness.stores.base import OpenStore, Place, Store
from harness.stores.catalogue import STORES, StoreInfo, known_store_names, store_matches

__all__ = [
    "STORES",
    "OpenStore",
    "Place",
    "Store",
    "StoreInfo",
    "known_store_names",
    "load_store",
    "store_matches",
]


def load_store(name: str) -> Store:
    """The store called `name`; its module, and so MLflow, is imported only now."""
    return cast("Store", import_module(f"harness.stores.{name}").open_store)
