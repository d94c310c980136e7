"""How answers are laid out on a terminal: labels beside values, in any width. What they say is decided elsewhere."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, TextIO

from harness.report.printing import one_line, printable

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

NARROW = 60
"""Columns below which labels stand above values instead of beside them."""

LONGEST = 600
"""Characters of a value that a terminal shows."""


def terminal(file: TextIO, width: int | None = None) -> Console:
    """A console for a stream: as wide as the terminal, coloured if that is one and NO_COLOR is not set."""
    from rich.console import Console

    return Console(file=file, width=width, highlight=False, markup=False, emoji=False)


def shortened(text: str, longest: int = LONGEST) -> str:
    """A value in one line: its beginning and end if it is long, and then how long it is."""
    text = one_line(text)
    if len(text) <= longest:
        return text
    end = longest // 4
    return f"{text[: longest - end]} ... {text[-end:]} ({len(text):,} characters)"


def title(console: Console, text: str, beside: str = "") -> None:
    """A heading, with plain words behind it."""
    from rich.text import Text

    console.print(Text.assemble((one_line(text), "bold"), f" {one_line(beside)}" if beside else ""))


def sentence(console: Console, text: str, style: str = "", indent: int = 0) -> None:
    """A sentence, wrapped between words."""
    from rich.padding import Padding
    from rich.text import Text

    console.print(Padding(Text(one_line(text), style=style), (0, 0, 0, indent), expand=False))


def labelled(console: Console, rows: Iterable[tuple[str, str | Text]], indent: int = 2) -> None:
    """Values with their labels beside them, or above them where that leaves them too little."""
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    told = [(label, Text(printable(value)) if isinstance(value, str) else value) for label, value in rows]
    widest = max((len(label) for label, _ in told), default=0)
    if console.width < NARROW or widest > console.width * 2 // 5:
        for label, value in told:
            if label:
                console.print(Padding(Text(label, style="dim"), (0, 0, 0, indent), expand=False))
            console.print(Padding(value, (0, 0, 0, indent + 2), expand=False), overflow="fold")
        return
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for label, value in told:
        grid.add_row(label, value)
    console.print(Padding(grid, (0, 0, 0, indent), expand=False))


def code(console: Console, text: str, indent: int = 4) -> None:
    """Python as its author laid it out, every character as it can be seen; lines are not broken."""
    from rich.text import Text

    for line in printable(text).split("\n"):
        console.print(Text(" " * indent + line if line else ""), soft_wrap=True)


def listed(words: Iterable[str], last: str = "and") -> str:
    """`one`, `one and two`, `one, two and three`."""
    *others, end = words
    return f"{', '.join(others)} {last} {end}" if others else end
