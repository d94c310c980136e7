"""Entries: their model, how they are loaded and checked, and the names that their snippets see.

Importing this package is cheap: no client, no Hypothesis, no pytest. Nothing here runs an entry.
"""

from harness.spec.checks import ASPECTS
from harness.spec.load import Loaded, LoadedEntry, check_paths, load_entries, load_text
from harness.spec.model import (
    FORMAT_VERSION,
    READS_ACROSS,
    READS_ACROSS_STORE,
    Claim,
    Divergence,
    Entry,
    Example,
    Raises,
    ReadsAcross,
    Recipe,
    Refusal,
    RefusalRaises,
    V1Side,
    Witness,
)
from harness.spec.name_table import SCOPES, Name
from harness.spec.names import RELATION_NAMES, all_names, names_in, resolve, resolve_exception
from harness.spec.problems import Location, Problem
from harness.spec.rendering import github_annotations, render_problem, render_problems
from harness.spec.snippets import (
    BadSnippet,
    Block,
    PyExpression,
    Snippet,
    build_value,
    compile_block,
    compile_expression,
)

__all__ = [
    "ASPECTS",
    "FORMAT_VERSION",
    "READS_ACROSS",
    "READS_ACROSS_STORE",
    "RELATION_NAMES",
    "SCOPES",
    "BadSnippet",
    "Block",
    "Claim",
    "Divergence",
    "Entry",
    "Example",
    "Loaded",
    "LoadedEntry",
    "Location",
    "Name",
    "Problem",
    "PyExpression",
    "Raises",
    "ReadsAcross",
    "Recipe",
    "Refusal",
    "RefusalRaises",
    "Snippet",
    "V1Side",
    "Witness",
    "all_names",
    "build_value",
    "check_paths",
    "compile_block",
    "compile_expression",
    "github_annotations",
    "load_entries",
    "load_text",
    "names_in",
    "render_problem",
    "render_problems",
    "resolve",
    "resolve_exception",
]
