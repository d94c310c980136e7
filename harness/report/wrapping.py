"""Text in lines for a terminal, without the blanks at their ends that cells of a table have."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.text import Text


def hanging(console: Console, first: Text, text: Text, width: int) -> Iterator[Text]:
    """The lines of a text that are all indented as far as `first` is long, which stands before the first of them.

    Args:
        console: Where they are to be printed.
        first: A bullet, a name or an indentation.
        text: What is wrapped; a word that is too long goes on in the next line.
        width: Columns for both together.
    """
    for number, line in enumerate(text.wrap(console, max(width - first.cell_len, 1), overflow="fold")):
        line.rstrip()
        yield Text.assemble(first if number == 0 else " " * first.cell_len, line)
