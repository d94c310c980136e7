"""The entry format as JSON Schema, for editors; it describes entries that have no `!py` values.

The published file is `entry.schema.json` beside this module; a test holds it equal to what is generated here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from harness.spec.checks import ASPECTS
from harness.spec.model import FORMAT_VERSION, SLUG_PATTERN, Entry
from harness.spec.names import RELATION_NAMES

SCHEMA_FILE = Path(__file__).with_name("entry.schema.json")


def entry_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of an entry."""
    schema = Entry.model_json_schema()
    tidy(schema)
    properties = schema["properties"]
    for compare in (properties["compare"], schema["$defs"]["ReadsAcross"]["properties"]["compare"]):
        compare["enum"] = list(RELATION_NAMES)
    properties["unobserved"]["propertyNames"] = {"pattern": rf"^[^.]+(\.({'|'.join(ASPECTS)}))?$"}
    recipes = properties["mlflow"]
    recipes.pop("patternProperties", None)
    recipes |= {
        "propertyNames": {"pattern": SLUG_PATTERN},
        "additionalProperties": {"$ref": "#/$defs/Recipe"},
    }
    schema["oneOf"] = [{"required": ["guide"]}, {"required": ["sources"]}]
    parts = schema["$defs"]
    parts["Divergence"]["oneOf"] = [{"required": ["becomes"]}, {"required": ["raises"]}]
    parts["Claim"]["oneOf"] = [{"required": ["check"]}, {"required": ["unverifiable"]}]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "title": f"Entry of the conformance harness, format {FORMAT_VERSION}",
    }


def schema_text() -> str:
    """What the published file holds."""
    return json.dumps(entry_schema(), indent=2, ensure_ascii=False) + "\n"


def tidy(part: Any) -> None:
    """Leaves out of a schema what says nothing to an author: titles made of keys, and null where it is refused."""
    if isinstance(part, list):
        for item in part:
            tidy(item)
    if not isinstance(part, dict):
        return
    for key, value in list(part.get("properties", {}).items()):
        value.pop("title", None)
        alternatives = [other for other in value.get("anyOf", ()) if other != {"type": "null"}]
        if len(alternatives) == 1 and key != "cites":
            del value["anyOf"]
            part["properties"][key] = {**alternatives[0], **value}
    if part.get("default", "") is None:
        del part["default"]
    # Releases of pydantic differ in these, which mean the same with and without.
    if "const" in part:
        part.pop("enum", None)
    if len(part.get("allOf", ())) == 1:
        part |= part.pop("allOf")[0]
    if part.get("additionalProperties") is True:
        del part["additionalProperties"]
    for value in part.values():
        tidy(value)


if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
