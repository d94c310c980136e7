"""The names of a report's files. Light, so that commands can name them without loading what makes them."""

from __future__ import annotations

REPORT_FILE = "report.json"
PAGE_FILE = "index.html"
GUIDE_FILE = "guide.html"
SUMMARY_FILE = "summary.md"
JUNIT_FILE = "junit.xml"

FILES = (REPORT_FILE, PAGE_FILE, GUIDE_FILE, SUMMARY_FILE, JUNIT_FILE)
"""All that a run writes into the folder of its report."""

FILES_IN_WORDS = f"{', '.join(FILES[:-1])} and {FILES[-1]}"
"""`report.json, index.html, ... and junit.xml`, for the help of options."""
