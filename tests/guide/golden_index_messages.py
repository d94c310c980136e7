"""What is read for each index that is wrong, kept in `golden/`: one file for each, the whole text.

To write them anew, and then to read what changed: `PYTHONPATH=tests python tests/guide/golden_index_messages.py`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from guide_samples import ENTRIES, GUIDE, INDEX, changed, changed_entries, entry_text, problems_of

from harness.spec import render_problems

GOLDEN = Path(__file__).parent / "golden"

Case = tuple[str, dict[str, str], str | None]

CASES: dict[str, Case] = {
    "a line that is left out": (
        changed("[4, 6, 8, 10, 14, 16, 19]", "[4, 8, 10, 14, 16, 19]"),
        ENTRIES,
        None,
    ),
    "a line that is there twice": (changed("lines: [9, 17]", "lines: [7, 9, 17]"), ENTRIES, None),
    "a line that the guide does not have": (changed("lines: [20]", "lines: [20, 21]"), ENTRIES, None),
    "a range that ends before it begins": (changed("lines: [11, 13]", "lines: [13, 11]"), ENTRIES, None),
    "a range of three numbers": (changed("lines: [11, 13]", "lines: [11, 12, 13]"), ENTRIES, None),
    "a hash that is too short": (changed(INDEX.splitlines()[5], "sha256: 72f83b"), ENTRIES, None),
    "another version": (changed("harness-index: 1", "harness-index: 2"), ENTRIES, None),
    "a key that is misspelt": (changed("published:", "publisht:"), ENTRIES, None),
    "a kind that there is not": (changed("what: links", "what: link"), ENTRIES, None),
    "a statement without claims": (changed("claims: [is-no-number]", "claims: []"), ENTRIES, None),
    "a claim that is misspelt": (changed("[is-no-number]", "[is-no-numbr]"), ENTRIES, None),
    "a claim of no entry": (changed("[is-no-number]", "[tellin/is-no-number]"), ENTRIES, None),
    "a claim of ours": (changed("[nobody-counts, ", "[ours, nobody-counts, "), ENTRIES, None),
    "a claim that no line names": (changed("[nobody-counts, ", "["), ENTRIES, None),
    "a claim that cites elsewhere": (
        INDEX,
        changed_entries("telling", "cites: Counting", "cites: Telling"),
        None,
    ),
    "an entry that is not there": (INDEX, {"counting": ENTRIES["counting"]}, None),
    "an entry without a part": (INDEX, {**ENTRIES, "third": entry_text("third", "Telling", "")}, None),
    "an entry of no section": (INDEX, {**ENTRIES, "third": entry_text("third", "Tell", "")}, None),
    "an entry of another section": (changed("section: Telling", "section: Counting"), ENTRIES, None),
    "two headings that say the same": (changed("title: Telling", "title: Counting"), ENTRIES, None),
    "a guide that has changed": (INDEX, ENTRIES, GUIDE.replace("by hand", "by foot")),
    "a guide with a line more": (INDEX, ENTRIES, GUIDE.replace("# Counting\n", "# Counting\n\n", 1)),
    "a statement that passes for a label": (changed("lines: [9, 17]", "lines: [7, 9, 17]"), ENTRIES, GUIDE),
}


def golden() -> dict[str, str]:
    """The text of each file of `golden/`, by its name without the suffix."""
    return {
        name.replace(" ", "-"): render_problems(problems_of(index, entries, guide))
        for name, (index, entries, guide) in CASES.items()
    }


def main() -> None:
    GOLDEN.mkdir(exist_ok=True)
    for old in GOLDEN.iterdir():
        old.unlink()
    for name, text in golden().items():
        (GOLDEN / f"{name}.txt").write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(f"wrote {len(CASES)} files into {GOLDEN}\n")


if __name__ == "__main__":
    main()
