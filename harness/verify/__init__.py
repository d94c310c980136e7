"""Verification: from an entry and a test bed to results. Runs both clients; knows nothing of pytest.

Read `pipeline` first (one example), then `checks` (the kinds of check), `sensitivity` and `plan`.
"""

from __future__ import annotations

from harness.verify.plan import Check, mapping_info, plan
from harness.verify.ready import ReadyEntry, make_ready
from harness.verify.tally import ItemId

__all__ = ["Check", "ItemId", "ReadyEntry", "make_ready", "mapping_info", "plan"]
