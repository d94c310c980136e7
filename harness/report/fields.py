"""The kinds of field that a report is made of: plain data which goes to JSON and back unchanged."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field


def _encodable(value: object) -> object:
    """Half a surrogate pair is no UTF-8: it becomes its escape, so that no value costs the report."""
    return value.encode("utf-8", "backslashreplace").decode("utf-8") if isinstance(value, str) else value


def by_key(value: dict[str, object]) -> dict[str, object]:
    """The same map in the order of its keys."""
    return {key: value[key] for key in sorted(value)}


# The keys of maps have no rule of their own: how a schema writes one depends on the version of pydantic.
Text = Annotated[str, BeforeValidator(_encodable)]
Name = Annotated[Text, Field(min_length=1)]
Count = Annotated[int, Field(ge=0)]
Seconds = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Instant = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)$")]
Names = tuple[Name, ...]
Counts = Annotated[dict[Text, Count], AfterValidator(by_key)]
Texts = Annotated[dict[Text, Text], AfterValidator(by_key)]
NamesByName = Annotated[dict[Text, Names], AfterValidator(by_key)]


class Plain(BaseModel):
    """Plain data: closed, and never changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_serialization_defaults_required=True)
