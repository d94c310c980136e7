"""The guide that entries are held against: its index, whether that accounts for every line and for every claim.

The index (`guide-index.yaml`) says what each line of the guide is; the guide itself is not needed to check that.
Importing this package is cheap; what a report says of the guide is made in `harness.guide.facts`, which is not.
"""

from harness.guide.checking import checked_index
from harness.guide.coverage import lines_covered
from harness.guide.loading import LoadedIndex, load_index, only_index
from harness.guide.matching import matches_guide
from harness.guide.model import GuideIndex

__all__ = [
    "GuideIndex",
    "LoadedIndex",
    "checked_index",
    "lines_covered",
    "load_index",
    "matches_guide",
    "only_index",
]
