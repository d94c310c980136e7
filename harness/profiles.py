"""How thorough a run is. Complete in itself: no profile of Hypothesis or of the machine changes what a run does."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Profile:
    """How many inputs are generated.

    Attributes:
        name: `--profile NAME`.
        examples: Inputs for each property.
        directed: Inputs for each divergence, inside its `when`.
        all_applied: Whether it is a failure that the property never came upon a divergence (else it is only said).
        says: One line for people.
    """

    name: str
    examples: int
    directed: int
    all_applied: bool
    says: str


PROFILES: Mapping[str, Profile] = MappingProxyType(
    {
        profile.name: profile
        for profile in (
            Profile("dev", 20, 3, False, "20 inputs for each property: while writing an entry"),
            Profile("ci", 50, 5, False, "50 inputs for each property: on every change"),
            Profile("deep", 1000, 100, True, "1,000 inputs for each property: before a release, or at night"),
        )
    }
)

DEFAULT_PROFILE = "ci"
DEFAULT_SEED = 0


def seed_for(run_seed: int, *item: str) -> int:
    """The seed of one item: it depends on the run's seed and the item's name, and on nothing else of the run."""
    text = "\0".join((str(run_seed), *item))
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")
