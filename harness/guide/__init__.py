"""The guide that entries are held against: its index, whether the index accounts for every line, and for every claim.

The index (`guide-index.yaml`) says what each line of the guide is; the guide itself is not needed to check that.
"""

from harness.guide.accounting import claims_accounted
from harness.guide.coverage import lines_covered
from harness.guide.facts import claim_info, guide_info
from harness.guide.loading import LoadedIndex, load_index, only_index
from harness.guide.matching import matches_guide
from harness.guide.model import GuideIndex

__all__ = [
    "GuideIndex",
    "LoadedIndex",
    "claim_info",
    "claims_accounted",
    "guide_info",
    "lines_covered",
    "load_index",
    "matches_guide",
    "only_index",
]
