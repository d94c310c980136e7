"""Commands that run an entry on inputs of one's own: one value, or a search beyond what the entry says."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from harness.cli.common import (
    EXIT_CODES,
    all_known,
    format_option,
    load,
    needed_packages,
    recipe_option,
    seed_option,
    store_option,
)
from harness.errors import EXIT_EXPLAINED, EXIT_INTERRUPTED, EXIT_UNEXPLAINED, BadInput
from harness.stores.catalogue import STORES, WITHOUT_SERVICE, store_matches

if TYPE_CHECKING:
    from harness.spec import LoadedEntry

specs_option = click.option(
    "--specs",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="SPEC",
    help="File or folder with the entry (may be repeated; default: specs).",
)


def chosen(
    id_: str, specs: Sequence[Path], recipes: Sequence[str], stores: Sequence[str]
) -> tuple[LoadedEntry, list[str], list[str]]:
    """The entry that is asked about, and those of its recipes and stores that are asked for.

    Raises:
        BadInput: There is no such entry or recipe, or it makes no sense on such a store.
    """
    entries = {entry.id: entry for entry in load(specs)}
    all_known("mapping", [id_], list(entries))
    entry = entries[id_]
    there = list(entry.entry.recipes)
    all_known("recipe", recipes, there)
    possible = [store for store in STORES if store_matches(entry.entry.stores, store)]
    wrong = [store for store in stores if store not in possible]
    if wrong:
        raise BadInput(
            f"{id_} makes no sense on {', '.join(wrong)}: its `stores` are {', '.join(entry.entry.stores or ())}"
        )
    asked = [recipe for recipe in there if not recipes or recipe in recipes]
    found = {
        recipe: [
            store
            for store in possible
            if store_matches(entry.entry.stores_of(recipe), store) and store in (stores or WITHOUT_SERVICE)
        ]
        for recipe in asked
    }
    nowhere = [recipe for recipe in recipes if not found[recipe]]
    if nowhere:
        bound = ", ".join(entry.entry.stores_of(nowhere[0]) or ())
        raise BadInput(f"the recipe {nowhere[0]} of {id_} makes sense on {bound} only")
    used = {store for names in found.values() for store in names}
    return (
        entry,
        [recipe for recipe in asked if found[recipe]],
        [store for store in possible if store in used],
    )


EXAMPLES = """\b
Examples:
  harness try log-list values='[3, 1, 2.5]'
  harness try log-number name='"loss"' value='2**53 + 1' --recipe guide
"""


@click.command("try", epilog=f"{EXAMPLES}\n{EXIT_CODES}")
@click.argument("id_", metavar="ID")
@click.argument("given", nargs=-1, metavar="INPUT=EXPRESSION...")
@specs_option
@recipe_option
@store_option
@click.option(
    "--clock",
    type=click.Choice(["ticking", "stopped"]),
    help="Only this clock: each call of the client 1 ms after the last, or all within one (default: both).",
)
@click.option(
    "--script", "as_script", is_flag=True, help="Print a Python script that shows it with both clients."
)
@format_option
def try_(
    id_: str,
    given: Sequence[str],
    specs: Sequence[Path],
    recipes: Sequence[str],
    stores: Sequence[str],
    clock: str | None,
    as_script: bool,
    form: str,
) -> None:
    """Show what happens to a value of yours.

    Runs entry ID on inputs of your own, with both clients.

    INPUT is an input of the entry, EXPRESSION is Python (math, np, json and re are there). Inputs that are left out
    are as in the entry's first example.
    """
    entry, recipes, stores = chosen(id_, specs, recipes, stores)
    from harness.asking.inputs import given_inputs

    values = given_inputs(given, list(entry.entry.inputs))
    needed_packages()
    if not as_script:
        click.echo(f"Running both clients on {', '.join(stores)}; this takes some seconds ...", err=True)
    from harness.asking.opened import prepared

    with prepared():
        from harness.asking.question import Question, answer, script_of

        question = Question.of(entry, values, recipes, stores, clock)
        script = script_of(question) if as_script else None
        asked = answer(question) if script is None else None
    if script is not None:
        click.echo(script.told, err=True)
        click.echo(script.text)
    if asked is None:
        return
    if form == "json":
        from harness.asking.answer_view import as_json

        click.echo(json.dumps(as_json(asked), indent=1))
    else:
        from harness.asking.answer_view import show
        from harness.asking.layout import terminal

        show(asked, terminal(sys.stdout))
    sys.exit(EXIT_EXPLAINED if asked.is_explained else EXIT_UNEXPLAINED)


@click.command(epilog=EXIT_CODES)
@click.argument("id_", metavar="ID")
@specs_option
@recipe_option
@store_option
@click.option(
    "--seconds",
    type=click.FloatRange(min=1),
    default=60,
    show_default=True,
    metavar="N",
    help="How long to search; starting the clients and shrinking what was found come on top.",
)
@seed_option
@click.option(
    "--rounds", type=click.IntRange(min=1), metavar="N", help="Also end after so many rounds of inputs."
)
@format_option
def explore(
    id_: str,
    specs: Sequence[Path],
    recipes: Sequence[str],
    stores: Sequence[str],
    seconds: float,
    seed: int,
    rounds: int | None,
    form: str,
) -> None:
    """Search beyond what an entry says.

    That is, for inputs with a difference that the divergences of entry ID do not explain.

    Each finding is shrunk and printed with a divergence to paste into the entry. Inputs that the entry draws come in
    turns with others: of other types and sizes, as far as SDK v1 takes them. Exits with 1 if anything was found.
    """
    entry, recipes, stores = chosen(id_, specs, recipes, stores)
    needed_packages()
    click.echo(f"Searching for {seconds:g} s on {', '.join(stores)}; Ctrl-C ends it sooner ...", err=True)
    from harness.asking.opened import prepared

    with prepared():
        from harness.asking import found_view
        from harness.asking.question import searched

        explored, findings = searched(entry, recipes, stores, seconds=seconds, seed=seed, rounds=rounds)
    if form == "json":
        click.echo(json.dumps(found_view.as_json(explored, findings), indent=1))
    else:
        from harness.asking.layout import terminal

        found_view.show(entry, explored, findings, terminal(sys.stdout))
    if explored.was_stopped:
        sys.exit(EXIT_INTERRUPTED)
    is_clean = not findings and not any(hunt.broken for hunt in explored.hunts)
    sys.exit(EXIT_EXPLAINED if is_clean else EXIT_UNEXPLAINED)
