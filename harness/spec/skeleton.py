"""The skeleton of a new entry: an entry that can be checked and run, with every key of the format explained.

The explanations are the descriptions of the model's fields, so they are those of the format that is checked.
"""

from __future__ import annotations

import json
import os
import re
import textwrap
from pathlib import Path

from harness.spec.checks import TO_DO
from harness.spec.complaints import slug_hint
from harness.spec.model import SLUG_PATTERN, STRUCTURE
from harness.spec.problems import shown
from harness.spec.schema import SCHEMA_FILE

SCHEMA_COPY = "harness-entry.schema.json"
"""The schema beside entries that are not in a checkout of the harness; generated, and written anew at will."""

_WIDTH = 110
_PARTS = {part.__name__: part for part in STRUCTURE.values()}
_EXPLAINED = re.compile(r"(?P<prefix> *(?:# +)?)@(?P<part>\w+)\.(?P<field>\w+)")
_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9 ,.'()/_-]*[A-Za-z0-9.)])?")
_WORDS = ("true", "false", "null")
"""What YAML takes for a value that is no text."""

# A line `@Part.field` becomes the description of that field; a test holds that every field has its line.
_TEMPLATE = """\
# yaml-language-server: $schema=$SCHEMA
## This entry logs a number. Make it yours from the top down: write the texts that begin with TODO, change the Python,
## and see after each step what `harness check` says; `harness run` with this file then verifies it with both clients.
## Lines that begin with `##` explain; delete them when you need them no more. Lines that begin with `# ` are parts that
## not every entry has: take the `# ` away from those that yours needs. `harness names` lists what Python sees where.

@Entry.harness
harness: 1
@Entry.id
id: $ID
@Entry.title
title: $TITLE
@Entry.guide
@Entry.sources
$ORIGIN
@Entry.stores
# stores: [sql, azureml]
@Entry.starts_runs
# starts_runs: false

@Entry.inputs
inputs:
  name: st.sampled_from(["loss", "accuracy"])
  value: usual_numbers()
@Entry.usual
usual: is_usual_number(value)
@Entry.unobserved
# unobserved:
#   value.precision: Nobody can read more digits back with SDK v1.

@Entry.examples
examples:
  - {$MARKname: loss, value: 0.25}
  - {name: accuracy, value: 3}
  @Example.guide
  @Example.id
  @Example.clock
  # - {id: as-an-expression, clock: stopped, name: loss, value: !py 2**53}

@Entry.v1
v1:
  @V1Side.log
  log: run.log(name, value)
  @V1Side.read
  read: run.get_metrics()
  @V1Side.refuses
  # refuses:
  #   @Refusal.id
  #   - id: no-such-number
  #     @Refusal.when
  #     when: value > 2**53
  #     @Refusal.raises
  #     @RefusalRaises.type
  #     @RefusalRaises.match
  #     raises: {type: UserErrorException, match: words of the message}
  #     @Refusal.phase
  #     phase: log
  #     @Refusal.witness
  #     witness: {name: loss, value: !py 2**53 + 1}
  #     @Refusal.because
  #     because: SDK v1 takes no number like this.

@Entry.mlflow
mlflow:
  $RECIPE:
    @Recipe.log
    log: mlflow.log_metric(name, value)
    @Recipe.read
    read: client.get_run(run_id).data.metrics
    @Recipe.note
    # note: What one has to know.

@Entry.reads_across
# reads_across:
#   @ReadsAcross.read
#   read: client.get_run(run_id).data.metrics
#   @ReadsAcross.compare
#   compare: numbers
#   @ReadsAcross.note
#   note: What one has to know.

@Entry.compare
compare: numbers

@Entry.divergences
# divergences:
#   @Divergence.id
#   - id: what-is-different
#     @Divergence.when
#     when: is_negative_zero(value)
#     @Divergence.becomes
#     becomes: "{name: 0.0}"
#     @Divergence.witness
#     witness: {name: loss, value: -0.0}
#     @Divergence.because
#     because: The reason why it happens.
#     @Divergence.recipes
#     recipes: [$RECIPE]
#     @Divergence.stores
#     stores: [sqlite]
#     @Divergence.versions
#     versions: {mlflow: ">=2.22"}
#     @Divergence.region
#     region: {value: "st.just(-0.0)"}
#     @Divergence.disclosed_by
#     disclosed_by: what-is-said
#     @Divergence.instead
#     instead: Say so in the guide.
#   - id: what-is-refused
#     when: value > 2**1024
#     @Divergence.raises
#     @Raises.phase
#     @Raises.type
#     @Raises.match
#     raises: {phase: log, type: OverflowError, match: too large}
#     @Divergence.leaves
#     leaves: nothing
#     witness: {name: loss, value: !py 2**1025}
#     because: The reason why it happens.

@Entry.claims
# claims:
#   @Claim.id
#   - id: what-is-said
#     @Claim.says
#     says: A metric has one name.
#     @Claim.cites
#     cites: A section of the guide
#     @Claim.check
#     check: |
#       client.log_metric(run_id, name, value)
#       list(client.get_run(run_id).data.metrics) == [name]
#     @Claim.given
#     given: {name: loss, value: 1}
#     @Claim.stores
#     stores: [sqlite]
#     @Claim.versions
#     versions: {mlflow: ">=2.22"}
#   - id: what-does-not-hold
#     says: A metric can be deleted.
#     cites: null
#     check: hasattr(client, "delete_metric")
#     @Claim.refuted
#     refuted: There is no such call.
#     @Claim.instead
#     instead: Leave it out.
#   - id: what-cannot-be-checked
#     says: The studio shows the metric.
#     @Claim.unverifiable
#     unverifiable: Only the hosted studio can show it.

@Entry.calls
# calls:
#   @Call.call
#   - call: Run.log
#     @Call.when
#     when: is_number(value)
#     @Call.gather
#     gather: [run, name]
#     @Call.inputs
#     inputs: {name: name, value: "calls[-1].value"}
#     @Call.snippet
#     snippet: log
"""


def bad_id(name: str) -> str | None:
    """Why a name cannot be that of an entry, and what could; None if it can."""
    if re.fullmatch(SLUG_PATTERN, name):
        return None
    return f"{shown(name)} cannot be the id of an entry\n{slug_hint(name)}"


def skeleton(name: str, *, title: str | None, guide: str | None, source: str | None, schema: str) -> str:
    """The text of a new entry.

    Args:
        name: Its id, see `bad_id`.
        title: What is logged; left to the author if None.
        guide: The section of the guide that it checks.
        source: Where a mapping beyond the guide comes from; left to the author if neither is given.
        schema: Where editors find the schema, relative to the entry's folder.
    """
    origin = (
        f"guide: {_scalar(guide)}"
        if guide
        else f"sources: [{_scalar(source or f'{TO_DO} where it comes from')}]"
    )
    values = {
        "SCHEMA": schema,
        "ID": name,
        "TITLE": _scalar(title or f"{TO_DO} what is logged"),
        "ORIGIN": origin,
        "MARK": "guide: true, " if guide else "",
        "RECIPE": "guide" if guide else "recommended",
    }
    lines = []
    for line in _TEMPLATE.splitlines():
        explained = _EXPLAINED.fullmatch(line)
        lines += _explanation(**explained.groupdict()) if explained else [line]
    text = "\n".join(lines) + "\n"
    return re.sub(r"\$([A-Z]+)", lambda match: values[match.group(1)], text)


def _explanation(prefix: str, part: str, field: str) -> list[str]:
    """What a field is for, as comments; inside a part that is left out they are comments of that part."""
    told = f"{field}: {_PARTS[part].model_fields[field].description}"
    prefix = f"{prefix}## "
    # A name with a hyphen stays whole, so that it can be searched for.
    return textwrap.wrap(
        told, _WIDTH, initial_indent=prefix, subsequent_indent=f"{prefix}  ", break_on_hyphens=False
    )


def _scalar(text: str) -> str:
    """A text as it is written in a list or after a key."""
    is_plain = _PLAIN.fullmatch(text) and "," not in text and text.lower() not in _WORDS
    return text if is_plain else json.dumps(text, ensure_ascii=False)


def schema_beside(folder: Path) -> tuple[str, Path | None]:
    """Where the entries of a folder find their schema: one that a folder around them has, or else a copy.

    No path of this machine, which would be wrong on another: in a checkout of the harness it is the published file,
    elsewhere a copy that is kept with the entries.

    Returns:
        The path as an entry of this folder writes it, and the file that has to be written first, if any.
    """
    folder = folder.absolute()
    for around in (folder, *folder.parents):
        for found in (around / "harness" / "spec" / SCHEMA_FILE.name, around / SCHEMA_COPY):
            if found.is_file():
                return Path(os.path.relpath(found, folder)).as_posix(), None
    return SCHEMA_COPY, folder / SCHEMA_COPY
