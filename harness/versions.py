"""Which versions are installed, and whether a divergence's `versions` take them in. Imports none of the packages."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib import metadata

from packaging.specifiers import SpecifierSet
from packaging.version import Version

PACKAGES = (
    "python",
    "mlflow",
    "azureml-core",
    "azureml-mlflow",
    "sqlalchemy",
    "protobuf",
    "numpy",
    "harness",
)
"""The packages whose version a verdict may depend on; `harness` is this project."""

DISTRIBUTION = "azureml-mlflow-harness"


def installed_versions() -> dict[str, str]:
    """The version of each of `PACKAGES` that is installed; a package that is missing is left out."""
    versions = {"python": platform.python_version()}
    for package in PACKAGES[1:]:
        try:
            versions[package] = metadata.version(DISTRIBUTION if package == "harness" else package)
        except metadata.PackageNotFoundError:
            continue
    return versions


def versions_match(required: Mapping[str, str] | None, installed: Mapping[str, str]) -> bool:
    """Whether every specifier of `required` takes in what is installed; a package that is missing never does."""
    for package, specifier in (required or {}).items():
        version = installed.get(package)
        if version is None or not SpecifierSet(specifier).contains(Version(version), prereleases=True):
            return False
    return True
