"""The published JSON Schema of a trace, made from the model; `python -m harness.tracing.schema` writes it anew."""

from __future__ import annotations

import json
from pathlib import Path

from harness.tracing.model import Trace

SCHEMA_FILE = Path(__file__).with_name("trace.schema.json")


def trace_schema() -> dict[str, object]:
    """The schema of what is written: every key that the model has is there, and no other."""
    schema = Trace.model_json_schema(mode="serialization")
    # pydantic 2.7 writes a constant's `enum` beside its `const`; the published file is one for all.
    schema["properties"]["schema_version"].pop("enum", None)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def schema_json() -> str:
    """The schema as the text of the published file."""
    return json.dumps(trace_schema(), indent=1, ensure_ascii=True) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_json(), encoding="utf-8")
