"""The format of an index as JSON Schema, for editors.

The published file is `index.schema.json` beside this module; a test holds it equal to what is generated here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from harness.guide.model import INDEX_VERSION, GuideIndex
from harness.spec.schema import tidy

SCHEMA_FILE = Path(__file__).with_name("index.schema.json")


def index_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of an index."""
    schema = GuideIndex.model_json_schema()
    tidy(schema)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": f"Index of a guide for the conformance harness, format {INDEX_VERSION}",
    }


def schema_text() -> str:
    """What the published file holds."""
    return json.dumps(index_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
