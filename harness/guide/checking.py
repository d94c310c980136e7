"""The index among files that were loaded, and everything that is wrong with it or with what it speaks of."""

from __future__ import annotations

from harness.guide.accounting import claims_accounted
from harness.guide.coverage import lines_covered
from harness.guide.loading import LoadedIndex, only_index
from harness.guide.matching import matches_guide
from harness.spec import Loaded, Problem
from harness.spec.problems import in_file_order


def checked_index(loaded: Loaded, guide: str | None = None) -> tuple[LoadedIndex | None, tuple[Problem, ...]]:
    """The index of these files (None where there is none, or none of the right shape), and the problems with it.

    Index and entries are held against each other where all entries are without problems: one that is not there because
    of another mistake would be missed here too.

    Args:
        loaded: What was found in files.
        guide: The text of the guide, to be held against the index too.
    """
    index = only_index(loaded.indexes)
    if not isinstance(index, LoadedIndex):
        return None, index or ()
    problems = list(lines_covered(index))
    if not loaded.problems:
        problems += claims_accounted(index, loaded.entries)
    if guide is not None:
        problems += matches_guide(index, guide)
    return index, in_file_order(problems)
