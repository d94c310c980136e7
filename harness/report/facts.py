"""What a report says of the entries that took part, so that every view can be made from the report alone."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from harness.report.fields import Count, Name, Names, Plain, Text, Texts

Effect = Literal["altered", "refused"]


class Code(Plain):
    """The Python of one side of an entry: what logs, and what reads it back.

    Attributes:
        log: What logs.
        read: What reads it back.
        stores: The stores on which a recipe is checked, where these are not all of the entry's.
        compare: The name of the relation of a recipe, where it is said for this one alone.
    """

    log: Text
    read: Text
    stores: Names = ()
    compare: Name | None = None


class DivergenceInfo(Plain):
    """What the report needs of an entry's divergence.

    Attributes:
        id: Its id in the entry.
        effect: `altered` (something else is read back, or nothing) or `refused` (MLflow raises).
        disclosed_by: The claim that says that the guide tells of it.
        because: Why it is so, in the entry's words.
        recipes: The recipes it applies to.
        stores: The stores, or groups of stores, it applies to; empty for all.
        versions: Package to the version specifier under which it applies; empty for all.
        when: The expression that says for which inputs.
        becomes: The expression of what MLflow gives instead; None where it raises.
        raises: What MLflow raises, as `TYPE in PHASE: PATTERN`; None where it does not.
        witness: Input to the Python expression that builds it: an input for which this makes the difference. `clock` is
            among them where it needs a certain one. Results of kind `witness` and of this id have what it gave.
        instead: What to write instead, where the entry says so in words.
        scripts: For recipes of the guide, a Python script that shows the witness with MLflow.
    """

    id: Name
    effect: Effect
    disclosed_by: Name | None = None
    because: Text
    recipes: Names
    stores: Names = ()
    versions: Texts = Field(default_factory=dict)
    when: Text = ""
    becomes: Text | None = None
    raises: Text | None = None
    witness: dict[Text, Text] = Field(default_factory=dict)
    instead: Text | None = None
    scripts: Texts = Field(default_factory=dict)


class ClaimInfo(Plain):
    """What the report needs of an entry's claim.

    Attributes:
        id: Its id in the entry.
        says: The statement.
        cites: The guide's section which says so; None for a claim of ours.
        refuted: Why it is known not to hold (an erratum of the guide); None when it is to hold.
        unverifiable: Why it cannot be checked; None when it is checked.
        check: The Python that checks it; None when it is not checked.
        instead: What to write instead, where the entry says so in words.
        script: Of what is refuted, a Python script that shows it.
        given: Input to the expression of the value that the check sees, as the entry writes it. `clock` is among them
            where it is a certain one. None where it is not checked, and in reports of before that was kept.
        stores: The stores, or groups of stores, on which it is checked; empty for all.
        versions: Package to the version specifier under which it is checked; empty for all.
    """

    id: Name
    says: Text
    cites: Text | None = None
    refuted: Text | None = None
    unverifiable: Text | None = None
    check: Text | None = None
    instead: Text | None = None
    script: Text | None = None
    given: Texts | None = None
    stores: Names = ()
    versions: Texts = Field(default_factory=dict)


class MappingInfo(Plain):
    """What the report needs of an entry, and what this run planned to do with it.

    Attributes:
        id: The entry's id.
        title: Its title.
        guide: The guide's section; None for an entry beyond the guide.
        recipes: The recipes that this run was to check (with `--recipe`, only those).
        stores: The stores on which this run was to check them. Each pair of recipe and store gets a verdict,
            also if no result of it exists, but for a recipe whose code has other stores. Where empty, the stores are
            those of the results.
        divergences: In the entry's order.
        claims: In the entry's order.
        compare: The relation's name.
        sources: Where an entry beyond the guide comes from.
        inputs: Input to the expression of its strategy.
        usual: The expression that tells usual inputs from edges.
        v1: What a user of SDK v1 writes.
        mlflow: Recipe to what a user of MLflow writes; those of `recipes`.
        unobserved: Inputs, or aspects of inputs, that nobody can read back with SDK v1, with the reason: no verdict
            speaks of them.
        planned: How many results the run was to have for this mapping, whatever was deselected or stopped
            later; with fewer, nothing of the mapping is verified. None if unknown.
        all_recipes: All recipes of the entry, also those that this run was not to check; empty if unknown.
        hashes: Part of the entry that is not told here (its examples, what SDK v1 refuses, ...) to its hash, by which
            a part can be seen to have changed since; empty if unknown.
    """

    id: Name
    title: Text
    guide: Text | None = None
    recipes: Names
    stores: Names = ()
    divergences: tuple[DivergenceInfo, ...] = ()
    claims: tuple[ClaimInfo, ...] = ()
    compare: Name
    sources: tuple[Text, ...] = ()
    inputs: dict[Text, Text] = Field(default_factory=dict)
    usual: Text = ""
    v1: Code | None = None
    mlflow: dict[Text, Code] = Field(default_factory=dict)
    unobserved: Texts = Field(default_factory=dict)
    planned: Count | None = None
    all_recipes: Names = ()
    hashes: Texts = Field(default_factory=dict)


class StatementInfo(Plain):
    """One thing that the guide states.

    Attributes:
        says: What it states, in our words.
        claims: The claims that stand for it, each as `ENTRY/CLAIM`.
    """

    says: Text
    claims: Names


class PassageInfo(Plain):
    """Lines of the guide that belong together.

    Attributes:
        kind: `text` or `code`.
        first: Its first line in the guide.
        last: Its last line.
        states: What a text states.
        claims: The claims about a code, each as `ENTRY/CLAIM`.
    """

    kind: Literal["text", "code"]
    first: Count
    last: Count
    states: tuple[StatementInfo, ...] = ()
    claims: Names = ()


class GuidePart(Plain):
    """What one entry is to check of the guide.

    Attributes:
        entry: The entry's id.
        section: The guide's section.
        passages: Its passages, in the guide's order.
    """

    entry: Name
    section: Text
    passages: tuple[PassageInfo, ...] = ()


class GuideInfo(Plain):
    """The guide that the entries are held against, as its index has it.

    Attributes:
        title: Its title.
        published: Where it was published.
        date: The date that it bears.
        lines: How many lines it has.
        covered: How many of them the index accounts for: as a heading, a passage, or known to state nothing.
        parts: In the guide's order.
    """

    title: Text
    published: Text
    date: Text
    lines: Count
    covered: Count
    parts: tuple[GuidePart, ...]
